"""Keys: from annotations to the description, and from settings to attributes."""

from __future__ import annotations

import json
from typing import Dict, List

import helmholtz as hh
import numpy as np
import pytest
from helmholtz.keys import keys_of


class Base(hh.Energy):
    """A chain
    of two lines.

    And more."""
    N: int = hh.key(min=2, max=10, help="sites", unit="")
    J: float = 1


class Part(Base):
    lam: float = hh.key(0.5, name="lambda", above=0, below=1)
    shape: str = hh.key("ring", choices=["ring", "line"])
    ks: List[float] = hh.key([1, 2.5])
    on: bool = True


def test_names_of_the_library_are_refused() -> None:
    with pytest.raises(TypeError, match="the name 'shape' is an attribute of helmholtz's own class"):
        keys_of(Part)


class Good(Base):
    lam: float = hh.key(0.5, name="lambda", above=0, below=1)
    form: str = hh.key("ring", choices=["ring", "line"], only={"key": "on", "values": ["true"]})
    ks: List[float] = hh.key([1, 2.5])
    on: bool = True
    masses: Dict[str, float] = hh.key({}, above=0)


def test_documents() -> None:
    m = Good.manifest()
    assert (m["kind"], m["name"]) == ("energy", "good")
    assert Base.manifest()["summary"] == "A chain of two lines."
    assert m["params"] == [
        {"name": "N", "type": "int", "help": "sites", "default": None, "required": True, "min": 2, "max": 10},
        {"name": "J", "type": "float", "help": "J", "default": 1.0},
        {"name": "lambda", "type": "float", "help": "lambda", "default": 0.5, "above": 0, "below": 1},
        {"name": "form", "type": "string", "help": "form", "default": "ring", "choices": ["ring", "line"],
         "only": {"key": "on", "values": ["true"]}},
        {"name": "ks", "type": "floats", "help": "ks", "default": [1.0, 2.5]},
        {"name": "on", "type": "bool", "help": "on", "default": True},
        {"name": "masses", "type": "table", "help": "masses", "default": {}, "above": 0}]
    assert isinstance(m["params"][1]["default"], float)


def test_values() -> None:
    part = Good(N=3.0, **{"lambda": 0.25})
    assert (part.N, part.J, part.lam, part.form, part.ks, part.on) == (3, 1.0, 0.25, "ring", [1.0, 2.5], True)
    assert isinstance(part.N, int)
    assert Good(N=3, lam=0.75).lam == 0.75
    assert Good(N=3, masses={"He": 4}).masses == {"He": 4.0}


def test_numbers_of_numpy() -> None:
    class OfNumPy(Base):
        h: float = np.float32(0.5)
        on: bool = np.bool_(True)
        k: float = hh.key(np.float64(1), min=np.float32(0.5))
    part = OfNumPy(N=np.int64(3), J=np.float32(2))
    assert (part.N, part.J, part.h, part.on, part.k) == (3, 2.0, 0.5, True, 1.0)
    assert [type(v) for v in (part.N, part.J, part.h, part.on)] == [int, float, float, bool]
    json.dumps(OfNumPy.manifest())


@pytest.mark.parametrize("given, text", [
    ({}, "N: is required: sites"),
    ({"N": 1}, "N: must be at least 2, got 1"),
    ({"N": 11}, "N: must be at most 10, got 11"),
    ({"N": 2.5}, "N: must be an integer, got 2.5"),
    ({"N": True}, "N: must be an integer, got True"),
    ({"N": float("inf")}, "N: must be an integer, got inf"),
    ({"N": 2, "J": "a"}, "J: must be a number, got 'a'"),
    ({"N": 2, "J": float("nan")}, "J: must be a number, got nan"),
    ({"N": 2, "lambda": 1}, "lambda: must be below 1, got 1.0"),
    ({"N": 2, "form": "star"}, "form: must be one of ring, line, got 'star'"),
    ({"N": 2, "ks": 1.0}, "ks: must be an array, got 1.0"),
    ({"N": 2, "masses": [1]}, "masses: must be a table of numbers, got [1]"),
    ({"N": 2, "masses": {"He": "four"}}, "masses.He: must be a number, got 'four'"),
    ({"N": 2, "masses": {"He": 0}}, "masses: must be above 0, got 0.0"),
    ({"N": 2, "n": 1}, "n: is not a known key of Good (its keys: N, J, lambda, form, ks, on, masses)"),
])
def test_mistakes(given: dict, text: str) -> None:
    with pytest.raises(hh.Error) as e:
        Good(**given)
    assert str(e.value) == text and e.value.kind == "invalid"


def test_classes_that_cannot_be() -> None:
    class Reserved(hh.Energy):
        path: str = ""

    class Typed(hh.Energy):
        value: complex = 1j

    class Default(hh.Energy):
        n: int = hh.key(1, min=2)

    class Untyped(hh.Energy):
        n = hh.key(1, min=2)
    for cls, text in ((Untyped, "Untyped.n is a key without a type: write n: float"), (Reserved, "cannot be called 'path'"), (Typed, "keys are bool, int"), (Default, "the default of n: must be at least 2")):
        with pytest.raises(TypeError, match=text):
            cls.manifest()


def test_names_of_parts() -> None:
    class LatticeGas(hh.Energy):
        """A gas"""
    assert LatticeGas.manifest()["name"] == "lattice-gas"
    with pytest.raises(TypeError, match="hh.serve takes classes"):
        hh.serve(LatticeGas())  # type: ignore[arg-type]
