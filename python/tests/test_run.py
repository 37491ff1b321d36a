"""Runs and pictures from Python."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import helmholtz as hh
import numpy as np
import pytest
from helmholtz import _toml

from conftest import command


class Twist(hh.Energy):
    """Ring of spins with an alternating field"""
    N: int = hh.key(min=2, max=100, help="spins")
    h: float = hh.key(0.5, help="field")
    strength: float = hh.key(1.0, name="lambda", help="coupling")

    def space(self) -> hh.Space:
        return hh.spins(self.N, periodic=True)

    def energy(self, x: np.ndarray) -> np.ndarray:
        return -self.strength * (x * np.roll(x, 1, axis=1)).sum(axis=1) - self.h * (x * (-1) ** np.arange(self.N)).sum(axis=1)


class Staggered(hh.Observer):
    """Staggered magnetisation of a ring"""

    def observables(self) -> Any:
        return [hh.Observable("staggered", extensive=True)]

    def observe(self, x: np.ndarray, energy: Any, log_p: Any) -> Any:
        return {"staggered": (x * (-1) ** np.arange(x.shape[1])).sum(axis=1)}


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HELMHOLTZ", command())


SMALL = {"train": {"steps": 5, "batch": 100}, "evaluate": {"samples": 1000}, "verbose": False}


def test_parts_of_the_command_and_the_file_that_they_make() -> None:
    r = hh.run(model=("van", {"depth": 1}), energy=("ising", {"L": 3}), temperature=2.5, out="small", **SMALL)
    assert set(Path("small").iterdir()) > {Path("small/run.toml"), Path("small/results.h5")}
    assert not list(Path().glob(".helmholtz-*")) and r["run"].attrs["name"] == "ising"
    f = r["observables/free_energy"]
    assert np.isfinite(r["observables"][f.ancillary_variables].item()) and f.item() < 0
    again = hh.run(model=("van", {"depth": 1}), energy=("ising", {"L": 3}), temperature=2.5, out="small", **SMALL)
    assert again["run"].attrs["run_id"] == r["run"].attrs["run_id"]  # it was complete
    with pytest.raises(hh.RunError, match="other settings") as e:
        hh.run(model=("van", {"depth": 1}), energy=("ising", {"L": 4}), temperature=2.5, out="small", **SMALL)
    assert e.value.code == 2 and "L = 4" in e.value.file


def test_instances_and_classes_of_this_process() -> None:
    r = hh.run(model=("van", {"depth": 1}), energy=Twist(N=6, strength=0.5), beta=1.0, estimators=[Staggered], **SMALL)
    text = Path("twist.out/run.toml").read_text()
    assert "lambda = 0.5" in text and "N = 6" in text and 'plugin = "staggered"' in text
    assert abs(r["observables/staggered"].item()) <= 6
    assert "served by a process that somebody else had started" in str(np.asarray(r["run"]["warnings"]).item())


def test_a_sweep_and_its_pictures(capsys: Any) -> None:
    r = hh.run(model=("van", {"depth": 1}), energy=(Twist, {"N": 4}), beta=1.0, sweep={"ensemble.beta": np.array([0.5, 1.0])},
               name="twisted", **{**SMALL, "verbose": True})
    assert r["observables/energy"].shape == (2,) and "2 of 2 points" in capsys.readouterr().out
    pictures = hh.plot("twisted.out")
    assert Path("twisted.out/energy.svg") in [p.relative_to(Path.cwd()) if p.is_absolute() else p for p in pictures]
    assert pictures._repr_html_().count("data:image/svg+xml;base64,") == len(pictures) > 0


def test_mistakes_are_named() -> None:
    with pytest.raises(hh.RunError, match="energy.q is not a known key"):
        hh.run(model="van", energy=("ising", {"L": 3, "q": 1}), beta=1, **SMALL)
    with pytest.raises(TypeError, match="energy is 3; give a name"):
        hh.run(model="van", energy=3, beta=1)
    with pytest.raises(TypeError, match="train is 5, and must be a table"):
        hh.run(model="van", energy="ising", beta=1, train=5)
    with pytest.raises(RuntimeError, match="missing.out"):
        hh.plot("missing.out")
    with pytest.warns(UserWarning, match="FAILED"):
        hh.run(model=("van", {"depth": 1}), energy=("ising", {"L": 3}), beta=1,
               expect={"free_energy": {"value": 0.0, "sigma": 3, "source": "wrong on purpose"}}, **SMALL)


@pytest.mark.parametrize("value, text", [
    (True, "true"), (3, "3"), (np.int64(3), "3"), (0.1, "0.1"), (1e-300, "1e-300"), (float("inf"), "inf"), ("a\"b\\\n\x7f", '"a\\"b\\\\\\n\\u007F"'),
    ([1, [2.0]], "[1, [2.0]]"), (np.ones(2), "[1.0, 1.0]"), ({"a b": 1, "c": None}, '{ "a b" = 1 }'), (Path("x/y"), '"x/y"')])
def test_values_in_toml(value: Any, text: str) -> None:
    assert _toml.value(value, "x") == text
