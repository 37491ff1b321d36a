"""Slips that authors make, and what they are told."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import helmholtz as hh
import numpy as np
import pytest
from helmholtz import wire_pb2 as pb
from helmholtz._server import Server

from conftest import command


class Base(hh.Energy):
    """An energy of four spins"""

    def space(self) -> Any:
        return hh.spins(4)

    def energy(self, x: np.ndarray) -> Any:
        return x.sum(axis=1)


def opened(cls: Any, **request: Any) -> Any:
    server = Server([cls])
    reply = server.methods()["Open"](pb.OpenRequest(kind=cls.kind, name=cls.part_name(), settings_json=b"{}", **request))
    return reply if reply.HasField("error") else server


def text(e: Any) -> str:
    return f"{e.text} ({e.hint})" if e.hint else e.text


def slip(**attributes: Any) -> Any:
    return type("Slip", (Base,), {"__doc__": "x", **attributes})


@pytest.mark.parametrize("attributes, told", [
    ({"symmetries": "z2"}, "Slip.symmetries is 'z2', want a list or tuple of texts (write ('z2',))"),
    ({"symmetries": 3}, 'Slip.symmetries is 3, want a list or tuple of texts (write as ("z2", "translation"))'),
    ({"space": lambda self: None}, "Slip.space returned None, and no space (as hh.spins(16) and hh.field(4, 4) make them)"),
    ({"space": lambda self: (4,)}, "Slip.space returned (4,), and no space (as hh.spins(16) and hh.field(4, 4) make them)"),
    ({"space": lambda self: hh.spins((2, 2))}, "hh.spins: a length is a whole number, got (2, 2) (hh.spins(2, 2) has one for each axis)"),
    ({"space": lambda self: hh.levels(2.5, 4)}, "hh.levels: a length is a whole number, got 2.5 (hh.levels(4, 4) has one for each axis)"),
    ({"space": lambda self: hh.field(-1)}, "hh.field: a space has positive lengths, got (-1,)"),
])
def test_an_energy_that_cannot_be_opened(attributes: Any, told: str) -> None:
    assert text(opened(slip(**attributes)).error) == told


def test_methods_that_are_missing() -> None:
    class Nowhere(hh.Energy):
        """x"""
    assert text(opened(Nowhere).error) == "Nowhere has no method space"

    class Aimless(hh.Objective):
        """x"""
        reports = {"loss": "x"}
    system = b'{"energy": {"space": {"kind": "spins", "shape": [4]}}}'
    assert text(opened(Aimless, system_json=system).error) == "Aimless has no method cotangents"


def test_lengths_that_are_whole() -> None:
    assert hh.spins(np.int64(4), 8 / 2).shape == (4, 4)  # type: ignore[arg-type]
    assert hh.particles(2, 3, box=np.ones(3)).box == (1, 1, 1)
    with pytest.raises(hh.Error, match="got 4.7"):
        hh.spins(4.7)  # type: ignore[arg-type]


def test_arrays_where_lists_are_said() -> None:
    spec = slip(start=np.ones((3, 4)), symmetries=np.array(["z2"]))().spec()
    assert spec["start"] == [1.0] * 12 and spec["symmetries"] == ["z2"]


def test_exact_values_that_are_no_numbers() -> None:
    e = slip(exact=lambda self, beta: ({"log_z": np.array([1.0])}, "me"))()
    with pytest.raises(hh.Error, match=r"Slip.exact: log_z is array\(\[1.\]\), want a number"):
        e.rows()["exact"](type("C", (), {"beta": 1.0}))


@pytest.mark.parametrize("returned, told", [
    (None, "Mean.observe returned nothing (is there a return?)"),
    (np.ones(2), "Mean.observe is a ndarray, want a dictionary with 'm'"),
    ({"n": np.ones(2)}, "Mean.observe has no 'm' (it is to have 'm')"),
    ({"m": np.ones(2), "n": np.ones(2)}, "Mean.observe has 'n' (it is to have 'm')"),
    ({"m": None}, "Mean.observe 'm' is None (the argument log_p is, unless the class has source = \"model\")"),
])
def test_what_an_observer_returns(returned: Any, told: str) -> None:
    class Mean(hh.Observer):
        """x"""

        def observables(self) -> Any:
            return [hh.Observable("m")]

        def observe(self, x: Any, energy: Any, log_p: Any) -> Any:
            return returned
    with pytest.raises(hh.Error) as e:
        Mean(hh.spins(4)).rows()["observe"](_call({"x": np.ones((2, 4))}))
    assert str(e.value) == told


def _call(columns: Any) -> Any:
    from helmholtz.part import Call
    from helmholtz.shares import Place
    return Call("observe", Place.of(0, 2, 0, 0), columns, {})


def test_observables_and_spaces_that_are_no_lists() -> None:
    class One(hh.Observer):
        """x"""
        spaces = "spins"

        def observables(self) -> Any:
            return hh.Observable("m")
    with pytest.raises(hh.Error, match=r"One.observables returned Observable\(.*, want a list of hh.Observable"):
        One(hh.spins(4)).spec()
    with pytest.raises(hh.Error, match=r"One.spaces is 'spins', want a list or tuple of texts \(write \('spins',\)\)"):
        One.manifest()


@pytest.mark.parametrize("returned, told", [
    (None, "Loss.cotangents must return 2 arrays, got NoneType"),
    (({"loss": 1.0}, {"log_p": np.ones(2)}, 3), "Loss.cotangents must return 2 arrays, got 3 of them"),
    ((1.0, {"log_p": np.ones(2)}), "Loss.cotangents [0] is a float, want a dictionary with 'loss'"),
    (({"loss": 1.0}, np.ones(2)), "Loss.cotangents [1] is a ndarray, want a dictionary with 'log_p'"),
    (({"los": 1.0}, {"log_p": np.ones(2)}), "Loss.cotangents [0] has no 'loss' (it is to have 'loss')"),
    (({"loss": 1.0}, {"logp": np.ones(2)}), "Loss.cotangents [1] has no 'log_p' (it is to have 'log_p')"),
    (({"loss": 1.0}, {"log_p": 0.0}), "Loss.cotangents [1] 'log_p' has the shape (), want (2,) (one number of each configuration, the total of it)"),
    (({"loss": np.ones(2)}, {"log_p": np.ones(2)}), "Loss.cotangents [0] 'loss' has the shape (2,), want ()"),
])
def test_what_an_objective_returns(returned: Any, told: str) -> None:
    with pytest.raises(hh.Error) as e:
        _cotangents(returned)
    assert str(e.value) == told


def test_a_loss_may_be_an_array_of_one() -> None:
    assert _cotangents(({"loss": np.array([2.0])}, {"log_p": np.ones(2)}))["numbers"].tolist() == [2.0]


def _cotangents(returned: Any) -> Any:
    class Loss(hh.Objective):
        """x"""
        reports = {"loss": "x"}

        def cotangents(self, batch: Any, whole: Any, beta: float) -> Any:
            return returned
    return Loss(hh.spins(4)).rows()["cotangents"](_call({"log_p@all": np.ones(2), "energy@all": np.ones(2), "beta": np.ones(1)}))


@pytest.mark.parametrize("leaf, told", [
    ("jnp.arange(4) % 2", "init: w is an array of int64 (what init returns is trained: make constants, as masks, in setup, and numbers that are trained floats)"),
    ("jnp.ones(4) > 0", "init: w is an array of bool"),
    ("jnp.ones(4) * 1j", "init: w is an array of complex128 (parameters are real: return its real and imaginary part)"),
])
def test_parameters_that_are_no_real_numbers(leaf: str, told: str) -> None:
    from helmholtz.jax import jnp

    class Slipped(hh.jax.Flow):
        """x"""

        def init(self, key: Any) -> Any:
            return {"a": jnp.zeros(4, jnp.float32), "w": eval(leaf, {"jnp": jnp})}
    with pytest.raises(hh.Error) as e:
        Slipped(hh.field(4))
    assert str(e.value).startswith(told)


@pytest.mark.parametrize("line", ["hh.run(energy=E, beta=1)", "hh.test(E)", "hh.attach(E)"])
def test_a_program_that_starts_the_host_as_it_is_read(line: str, tmp_path: Path, helmholtz: Any) -> None:
    file = tmp_path / "again.py"
    file.write_text(f'''#!{sys.executable}
import helmholtz as hh
class E(hh.Energy):
    """x"""
    def space(self): return hh.spins(2)
    def energy(self, x): return x.sum(1)
{line}
hh.serve(E)
''')
    file.chmod(0o755)
    said = helmholtz("plugin", "describe", file, status=3)
    assert f"{line.split('(')[0]} is called in a process that helmholtz started for the parts of this file: put it into another file" in said


def test_results_that_are_none(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no such folder or file"):
        hh.checkpoint(tmp_path / "nosuch.out")
    text = tmp_path / "a.txt"
    text.write_text("no numbers")
    for read in (hh.open, hh.checkpoint):
        with pytest.raises(ValueError, match="a.txt is no HDF5 file; give a run folder"):
            read(text)


def test_arguments_of_run_and_test() -> None:
    with pytest.raises(TypeError, match=r"estimators is 'energy', want a list: \['energy'\]"):
        hh.run(model="van", energy="ising", estimators="energy", helmholtz=command())
    with pytest.raises(ValueError, match="out is an empty name"):
        hh.run(model="van", energy="ising", out="", helmholtz=command())
    with pytest.raises(TypeError, match="hh.test takes a class derived of hh.Energy, .*, got 'ring'"):
        hh.test("ring")  # type: ignore[arg-type]
