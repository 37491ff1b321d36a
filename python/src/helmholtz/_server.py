"""The calls of the protocol, answered by one part (docs/wire.md, section 3)."""

from __future__ import annotations

import json
import sys
import threading
import traceback
from typing import Any, Callable, Dict, Mapping, NamedTuple, Optional, Sequence, Type

import numpy as np

from . import wire_pb2 as pb
from ._memory import Memory, shaped
from .errors import Error, unforeseen
from .model import ModelBase
from .part import Answer, Call, Part
from .shares import Place
from .spaces import Space
from .walkers import Chains, Walker


#: rows that are about more than configurations
_WITHOUT = ("exact", "cotangents", "state_log_p")


class Drawn(NamedTuple):
    """The batch drawn last: what the host calls it, and where it came from."""

    id: int
    seed: int
    first: int
    columns: Mapping[str, np.ndarray]  # those of configurations, which calls by its name come without

    @property
    def n(self) -> int:
        return len(self.columns["x"])

    def part(self, first: int, n: int) -> Dict[str, np.ndarray]:
        """The columns of n configurations from a number on."""
        at = first - self.first
        return {name: v[at:at + n] for name, v in self.columns.items()}


class Server:
    """Serves one of some parts, the one that Open names; one call at a time."""

    def __init__(self, parts: Sequence[Type[Part]]) -> None:
        self._parts = parts
        self._lock = threading.Lock()
        self._memory = Memory()
        self._part: Optional[Part] = None
        self._rows: Dict[str, Answer] = {}
        self._drawn: Optional[Drawn] = None
        self._noise_known = False  # no parameters were loaded since

    def methods(self) -> Dict[str, Callable[[Any], Any]]:
        """The service's methods by name, each from request to reply; none raises."""
        return {"Open": self._answering("open", pb.OpenReply, self.open), "Call": self._answering("", pb.CallReply, self.call),
                "Init": self._answering("initialise", pb.InitReply, self.init),
                "Draw": self._answering("sample", pb.DrawReply, self.draw),
                "State": self._answering("state", pb.StateReply, self.state)}

    def _answering(self, op: str, reply: Any, method: Callable[[Any], Any]) -> Callable[[Any], Any]:
        def answer(r: Any) -> Any:
            with self._lock:
                name = op or r.row
                try:
                    return method(r)
                except Error as e:
                    return reply(error=_error(e, name))
                except BaseException as e:  # a bug of the plugin, which must not end it; sys.exit would end this thread alone, without an answer
                    traceback.print_exc()
                    sys.stderr.flush()
                    return reply(error=_error(unforeseen(e), name))
        return answer

    def open(self, r: Any) -> Any:
        if self._part is not None:
            raise Error(f"this process has opened {self._part.part_name()} already", kind="internal")
        try:
            cls = next(p for p in self._parts if (p.kind, p.part_name()) == (r.kind, r.name))
        except StopIteration:
            raise Error(f"this plugin has no {r.kind} {r.name}", kind="mismatch") from None
        settings = json.loads(r.settings_json or b"{}")
        settings.pop("precision", None)
        part: Any
        if cls.kind == "energy":
            part = cls(**settings)
        elif cls.kind == "model":
            part = cls(Space(json.loads(r.space_json)), **settings)  # type: ignore[call-arg]
        else:
            space = Space(json.loads(r.space_json or b"null") or _space_of(r.system_json))
            part = cls(space, json.loads(r.system_json or b"{}"), **settings)  # type: ignore[call-arg]
        spec = part.spec()
        self._rows, self._part = part.rows(), part
        return pb.OpenReply(spec_json=_json(spec), shared=self._memory.offer(r.shared_file, r.segment))

    def init(self, r: Any) -> Any:
        model = self._model(r)
        return pb.InitReply(theta=self._memory.answer(pb.Array, r.theta, model.start(r.seed)))

    def draw(self, r: Any) -> Any:
        model = self._model(r)
        self._drawn = None
        chains = 0
        if isinstance(model, Walker):
            results, chains = model.walk(r.seed, r.first, r.n, r.total or r.n), r.n
        elif r.n:
            results = dict(zip(("x", "log_p"), model.draw_batch(r.seed, r.first, Place.of(r.first, r.n, r.total, r.shares).cut())))
        else:
            results = {"x": np.empty((0, *model.shape())), "log_p": np.empty(0)}
        out = [self._memory.answer(pb.Array, a, results[a.name]) for a in r.out]
        self._drawn = Drawn(r.batch_id, r.seed, r.first, {name: v for name, v in results.items() if name in ("x", "k")})
        self._noise_known = True
        return pb.DrawReply(out=out, chains=chains, notices_json=_notices(model))

    def state(self, r: Any) -> Any:
        model = self._model(r)
        if not isinstance(model, Walker):
            raise Error(f"{model.part_name()} has no Markov chains", kind="unsupported")
        if r.HasField("set"):
            model.chains = model.checked(Chains.unpack(getattr(r, "set"), self._memory))
        return pb.StateReply(state=model.chains.pack(pb, self._memory))

    def call(self, r: Any) -> Any:
        part = self._ready(r)
        if r.row not in self._rows:
            raise Error(f"{part.part_name()} does not have it", kind="unsupported")
        columns = self._columns(getattr(r, "in"), part)
        first, n, seed = getattr(r, "from"), r.n, 0
        if r.row == "path_pull":
            seed, first = self._noise(r)
            columns.update(self._drawn.part(first, n))  # type: ignore[union-attr]  # _noise has looked
        elif r.batch_id:
            if self._drawn is None or self._drawn.id != r.batch_id:
                return pb.CallReply(unknown_batch=True)
            first = first if n != self._drawn.n else self._drawn.first
            if not 0 <= first - self._drawn.first <= self._drawn.n - n:
                return pb.CallReply(unknown_batch=True)
            columns.update(self._drawn.part(first, n))
        if n == 0 and r.row not in _WITHOUT:  # nobody has to think of empty batches
            return pb.CallReply(out=[self._memory.answer(pb.Array, a, np.zeros(a.length)) for a in r.out])
        call = Call(r.row, Place.of(first, n, r.total, r.shares), columns, self._columns(r.bar, part),
                    beta=r.beta, seed=seed, first=first, places=self._places(r.out, part))
        results = self._rows[r.row](call)
        if "exact" in results:
            return pb.CallReply(exact_json=_json(results["exact"]))
        return pb.CallReply(out=[self._memory.answer(pb.Array, a, results[a.name]) for a in r.out], notices_json=_notices(part))

    def _noise(self, r: Any) -> Any:
        """Seed and first number of the draw that a pull along its samples is about."""
        if self._drawn is None or not self._noise_known or self._drawn.id != r.batch_id or not r.batch_id:
            raise Error("the batch is not the one that was drawn last, its noise is lost", "draw again")
        first = self._drawn.first if r.n == self._drawn.n else getattr(r, "from")
        if not 0 <= first - self._drawn.first <= self._drawn.n - r.n:
            raise Error("the batch is no part of the one that was drawn last", "draw again")
        return self._drawn.seed, first

    def _columns(self, arrays: Any, part: Part) -> Dict[str, np.ndarray]:
        return {a.name: shaped(self._memory.read(a), a.name, part.shape()) for a in arrays}

    def _places(self, arrays: Any, part: Part) -> Dict[str, np.ndarray]:
        found = ((a.name, self._memory.place(a)) for a in arrays)
        return {name: shaped(v, name, part.shape()) for name, v in found if v is not None}

    def _ready(self, r: Any) -> Part:
        """The open part, with the memory and the parameters of a request."""
        if self._part is None:
            raise Error("nothing was opened yet", kind="internal")
        self._memory.follow(r.segment)
        if not isinstance(r, pb.InitRequest) and r.HasField("theta"):
            assert isinstance(self._part, ModelBase)
            self._noise_known = False
            self._part.load(self._memory.read(r.theta).copy())
        return self._part

    def _model(self, r: Any) -> ModelBase:
        part = self._ready(r)
        if not isinstance(part, ModelBase):
            raise Error(f"{part.part_name()} is no model", kind="unsupported")
        return part


def _space_of(system: bytes) -> Mapping[str, Any]:
    """The space of what an objective is built for."""
    return json.loads(system)["energy"]["space"]


def _notices(part: Part) -> bytes:
    """What a model has noticed since it was asked last, nothing of other parts."""
    found = part.notices() if isinstance(part, ModelBase) else []
    return _json(found) if found else b""


def _json(document: Any) -> bytes:
    return json.dumps(document, allow_nan=False, default=_plain).encode()


def _plain(value: Any) -> Any:
    """Numbers and arrays of numpy as JSON."""
    if isinstance(value, (np.ndarray, np.generic)):
        return value.tolist()
    raise TypeError(f"{value!r} is in a spec, and is no JSON")


def _error(e: Error, op: str) -> Any:
    return pb.Error(kind=e.number, op=op, subject=e.subject, text=e.text, hint=e.hint)
