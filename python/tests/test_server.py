"""The calls of the protocol on a part in this process, with arrays in the messages."""

from __future__ import annotations

import json
import mmap
import os
from typing import Any

import helmholtz as hh
import numpy as np
import pytest
from helmholtz import wire_pb2 as pb
from helmholtz._server import Server


class Wells(hh.Energy):
    """E = k/2 sum x^2"""
    N: int = hh.key(2, min=1, max=100)
    answer: str = hh.key("good")

    def space(self) -> hh.Space:
        return hh.field(self.N)

    def setup(self) -> None:
        if self.answer == "refused":
            raise hh.Error("is refused", "take another", subject="answer")

    def energy_and_slope(self, x: np.ndarray) -> Any:
        e = (x * x).sum(1) / 2
        if self.answer == "exit":
            raise SystemExit("no")
        return {"good": (e, x), "nothing": None, "one": e, "shape": (e[:, None], x), "bool": (e > 0, x), "masked": (np.ma.masked_greater(e, 0), x), "float32": (e.astype("f4"), x),
                "slope": (e, x.T), "write": self._write(x)}[self.answer]

    def _write(self, x: np.ndarray) -> Any:
        if self.answer == "write":
            x[:] = 0

    def exact(self, beta: float) -> Any:
        return {"log_z": self.N / 2 * np.log(2 * np.pi / beta), "energy": np.float64(np.inf)}, "Gauss"


class Coins(hh.Model):
    """Spins of one parameter"""

    def blocks(self) -> Any:
        return {"b": ()}

    def init(self, seed: int) -> Any:
        return {"b": 0.5}

    def draw(self, seed: int, first: int, n: int) -> Any:
        x = np.sign(hh.noise.uniform(seed, (first, n), self.space.size) - 0.5)
        return x, self.log_prob(x)

    def log_prob(self, x: np.ndarray) -> Any:
        return -np.log1p(np.exp(-2 * self.theta * x)).sum(1)

    def pull(self, x: np.ndarray, w: np.ndarray) -> Any:
        return {"b": (w[:, None] * 2 * x / (1 + np.exp(2 * self.theta * x))).sum()}


def opened(cls: Any, **settings: Any) -> Any:
    methods = Server([Wells, Coins]).methods()
    space = json.dumps({"kind": "spins", "shape": [3]}).encode() if cls is Coins else b""
    reply = methods["Open"](pb.OpenRequest(kind=cls.kind, name=cls.part_name(), settings_json=json.dumps(settings).encode(), space_json=space))
    return methods, reply


def array(name: str, v: Any) -> Any:
    v = np.asarray(v, "<f8")
    return pb.Array(name=name, length=v.size, data=v.tobytes())


def call(methods: Any, row: str, n: int, given: Any, wanted: Any, **more: Any) -> Any:
    r = pb.CallRequest(row=row, n=n, out=[pb.Array(name=k, length=v) for k, v in wanted.items()], **more)
    getattr(r, "in").extend(given)
    return methods["Call"](r)


def floats(a: Any) -> Any:
    return np.frombuffer(a.data, "<f8")


def test_energy() -> None:
    methods, reply = opened(Wells, N=2)
    assert json.loads(reply.spec_json) == {"space": {"kind": "field", "shape": [2]}, "units": "1", "powers": ["slope", "exact"]}
    x = array("x", [[1, 2], [3, 4]])
    assert floats(call(methods, "evaluate", 2, [x], {"energy": 2}).out[0]).tolist() == [2.5, 12.5]
    both = call(methods, "slope", 2, [x], {"slope": 4, "energy": 2})
    assert [a.name for a in both.out] == ["slope", "energy"] and floats(both.out[0]).tolist() == [1, 2, 3, 4]
    exact = json.loads(call(methods, "exact", 0, [], {}, beta=2.0).exact_json)
    assert exact == {"values": {"log_z": pytest.approx(np.log(np.pi))}, "source": "Gauss"}
    assert call(methods, "evaluate", 0, [array("x", [])], {"energy": 0}).error.text == ""


@pytest.mark.parametrize("answer, kind, text", [
    ("nothing", 4, "Wells.energy_and_slope must return 2 arrays, got NoneType"),
    ("one", 4, "Wells.energy_and_slope must return 2 arrays, got ndarray"),
    ("shape", 4, "Wells.energy_and_slope [0] has the shape (2, 1), want (2,)"),
    ("bool", 4, "Wells.energy_and_slope [0] is an array of bool, want real numbers"),
    ("masked", 4, "Wells.energy_and_slope [0] has 2 masked numbers, want a number everywhere"),
    ("slope", 4, "Wells.energy_and_slope [1] has the shape (3, 2), want (2, 3)"),
    ("write", 0, "ValueError: assignment destination is read-only"),
    ("unknown", 0, "KeyError: 'unknown'"),
    ("exit", 0, "SystemExit: no"),
])
def test_mistakes_of_an_author(answer: str, kind: int, text: str) -> None:
    methods, _ = opened(Wells, N=3, answer=answer)
    e = call(methods, "slope", 2, [array("x", np.ones((2, 3)))], {"energy": 2, "slope": 6}).error
    assert (e.kind, e.text, e.op) == (kind, text, "slope")
    if kind == 0:
        assert e.hint.startswith("test_server.py, line ")


def test_float32_is_taken() -> None:
    methods, _ = opened(Wells, N=3, answer="float32")
    assert floats(call(methods, "slope", 1, [array("x", np.ones(3))], {"energy": 1, "slope": 3}).out[0]).tolist() == [1.5]


def test_mistakes_of_a_caller() -> None:
    _, reply = opened(Wells, N=0)
    assert (reply.error.kind, reply.error.subject, reply.error.text) == (1, "N", "must be at least 1, got 0")
    _, reply = opened(Wells, answer="refused")
    assert (reply.error.kind, reply.error.subject, reply.error.hint, reply.error.op) == (1, "answer", "take another", "open")
    methods, _ = opened(Wells, N=1)
    assert call(methods, "links", 1, [], {}).error.kind == 3
    assert methods["Draw"](pb.DrawRequest(seed=1, n=1)).error.kind == 3
    assert methods["Open"](pb.OpenRequest(kind="energy", name="wells")).error.text == "this process has opened wells already"


def test_model_and_its_batches() -> None:
    methods, reply = opened(Coins)
    assert json.loads(reply.spec_json)["blocks"] == [{"name": "b", "shape": [1]}]
    theta = methods["Init"](pb.InitRequest(seed=1, theta=pb.Array(name="theta", length=1))).theta
    assert floats(theta).tolist() == [0.5]
    out = [pb.Array(name="x", length=15), pb.Array(name="log_p", length=5)]
    drawn = methods["Draw"](pb.DrawRequest(seed=3, n=5, batch_id=9, theta=theta, out=out))
    x, w = floats(drawn.out[0]), np.arange(5.0)
    by_x = call(methods, "pull", 5, [array("x", x)], {"grad": 1}, bar=[array("log_p", w)])
    by_id = call(methods, "pull", 5, [], {"grad": 1}, bar=[array("log_p", w)], batch_id=9)
    assert floats(by_x.out[0]) == floats(by_id.out[0]) != 0
    part = pb.CallRequest(row="pull", n=2, batch_id=9, total=5, shares=1, bar=[array("log_p", w[:2])], out=[pb.Array(name="grad", length=1)])
    setattr(part, "from", 3)
    alone = call(methods, "pull", 2, [array("x", x[9:])], {"grad": 1}, bar=[array("log_p", w[:2])])
    assert floats(methods["Call"](part).out[0]) == floats(alone.out[0])
    assert call(methods, "pull", 5, [], {"grad": 1}, bar=[array("log_p", w)], batch_id=8).unknown_batch


def test_lost_noise() -> None:
    methods, _ = opened(Coins)
    e = call(methods, "path_pull", 1, [], {"grad": 1}, bar=[array("x", [1, 1, 1]), array("log_p", [1])], batch_id=4).error
    assert (e.kind, e.hint) == (1, "draw again")


def test_parts_whose_digits_change_say_so() -> None:
    class Loose(Wells):
        """Wells"""
        bitwise = False
    assert Loose(N=1).spec()["not_bitwise"] is True and "not_bitwise" not in Wells(N=1).spec()


class InPlace(Wells):
    """Writes its slope where the host wants it"""
    name = "in-place"

    def _evaluate_with_slope(self, c: Any) -> Any:
        x = c["x"]
        slope = c.room("slope", x.shape)
        assert np.shares_memory(slope, c.places["slope"]) and not np.shares_memory(c.room("slope", (7,)), c.places["slope"])
        slope[:] = x
        return {"energy": (x * x).sum(1) / 2, "slope": slope}


@pytest.mark.skipif(not hasattr(os, "memfd_create"), reason="there is no shared memory")
def test_results_in_shared_memory() -> None:
    fd = os.memfd_create("test")
    os.ftruncate(fd, 4096)
    shared = np.frombuffer(mmap.mmap(fd, 4096))
    segment = pb.Segment(generation=1, size=4096)
    x = [[1.0, 2.0], [3.0, 4.0]]
    for cls in Wells, InPlace:
        methods = Server([cls]).methods()
        assert methods["Open"](pb.OpenRequest(kind="energy", name=cls.part_name(), settings_json=b'{"N": 2}', shared_file=f"/proc/self/fd/{fd}",
                                              segment=segment)).shared
        shared[:] = np.nan
        shared[:4] = np.ravel(x)
        request = pb.CallRequest(row="slope", n=2, segment=segment, out=[pb.Array(name="energy", length=2, offset=64), pb.Array(name="slope", length=4, offset=128)])
        getattr(request, "in").append(pb.Array(name="x", length=4, offset=0))
        reply = methods["Call"](request)
        assert [(a.name, a.length, a.data) for a in reply.out] == [("energy", 2, b""), ("slope", 4, b"")], reply.error
        assert shared[8:10].tolist() == [2.5, 12.5] and shared[16:20].tolist() == [1, 2, 3, 4]
        assert np.isnan(shared[[10, 15, 20]]).all()  # and nothing else is touched
    os.close(fd)
