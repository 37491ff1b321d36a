"""The suite of the framework, on good parts and on parts with a mistake each."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import helmholtz as hh
import pytest

from conftest import command

PARTS = Path(__file__).parent / "parts"


def part(file: str, cls: str) -> Any:
    spec = importlib.util.spec_from_file_location(file, PARTS / f"{file}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    import sys
    sys.modules[file] = module  # annotations are looked up there
    spec.loader.exec_module(module)
    return getattr(module, cls)


@pytest.mark.parametrize("file, cls, settings", [
    ("numpy_ising", "NumpyIsing", {"L": 3}),
    ("jax_phi4", "JaxPhi4", {"L": 3}),
    ("numpy_product", "NumpyProduct", {"space": hh.spins(5)}),
    ("numpy_product", "Gauss", {"space": hh.field(2)}),
    ("numpy_product", "Second", {"space": hh.spins(4), "most": 3}),
    ("numpy_product", "Variance", {"space": hh.spins(4)}),
    ("jax_nvp", "JaxNvp", {"space": hh.field(1, 2, lattice=""), "couplings": 2, "width": 4, "transport": "shm"}),
    ("jax_nvp", "Network", {"space": hh.spins(4), "transport": "bytes"}),
    # 20 and 40 steps there and back miss by some 1e-10 and 1e-7
    ("jax_fields", "JaxVelocity", {"space": hh.field(2), "width": 6, "transport": "shm", "tolerance": 1e-8}),
    ("jax_fields", "JaxScore", {"space": hh.field(2), "width": 6, "transport": "bytes", "tolerance": 1e-5}),
])
def test_good_parts(file: str, cls: str, settings: Any) -> None:
    hh.test(part(file, cls), helmholtz=command(), **settings)


def test_an_instance_brings_its_settings() -> None:
    hh.test(part("numpy_ising", "NumpyIsing")(L=3, J=-2), helmholtz=command(), verbose=False)


@pytest.mark.parametrize("cls, mistake, settings, text", [
    ("Wells", "slope", {}, "slope"),
    ("Wells", "symmetry", {}, "translation"),
    ("Wells", "batch", {}, "energy alone and in a batch"),
    ("Wells", "kept", {}, "energy alone and in a batch"),
    ("Wells", "shape", {}, "has the shape"),
    ("Wells", "complex", {}, "an array of complex128, want real numbers"),
    ("Wells", "nan", {}, "NaN"),
    ("Wells", "none returned", {}, "must return 2 arrays"),
    ("Biased", "norm", {"space": hh.field(2)}, "shm/normalisation"),
    ("Biased", "sign", {"space": hh.field(2)}, "gradient"),
    ("Biased", "n", {"space": hh.field(2)}, "of a shorter batch"),
])
def test_mistakes_are_found(cls: str, mistake: str, settings: Any, text: str) -> None:
    with pytest.raises(AssertionError) as e:
        hh.test(part("broken", cls), helmholtz=command(), mistake=mistake, verbose=False, **settings)
    assert text in str(e.value) and "FAIL" in str(e.value)


@pytest.mark.parametrize("cls, mistake, text", [("JaxVelocity", "det", "/map"), ("JaxScore", "noise", "sigma/a goes from")])
def test_mistakes_of_fields_are_found(cls: str, mistake: str, text: str) -> None:
    with pytest.raises(AssertionError) as e:
        hh.test(part("jax_fields", cls), space=hh.field(2), helmholtz=command(), mistake=mistake, tolerance=1e-5, transport="shm",
                only="map|noising", verbose=False, width=6)
    assert text in str(e.value) and "FAIL" in str(e.value)


@pytest.mark.parametrize("cls, settings", [("Wells", {}), ("Biased", {"space": hh.field(2)})])
def test_without_the_mistake_they_conform(cls: str, settings: Any) -> None:
    hh.test(part("broken", cls), helmholtz=command(), mistake="none", verbose=False, **settings)
