"""The suite of the framework, on good parts and on parts with a mistake each."""

from __future__ import annotations

import importlib.util
import re
import shlex
from pathlib import Path
from typing import Any

import helmholtz as hh
import pytest

from conftest import ROOT, command

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


def mistakes() -> list[Any]:
    """The rows of docs/conformance.md of mistakes in Python: part, mistake, arguments, test, what is said."""
    text = (ROOT / "docs/conformance.md").read_text().split("\n### In Python\n")[1].split("\n### ")[0]
    rows = []
    for line in text.splitlines():
        cells = [c.strip() for c in line.strip().strip("|").split("|")]
        if len(cells) == 5 and "`" in cells[1]:
            name = cells[1].split("`")[1]
            rows.append(pytest.param(cells[0].split()[-1], name, shlex.split(cells[2].strip("`")), cells[3], cells[4],
                                     id="-".join((cells[0].split()[-1], name, cells[3])).replace(" ", "_")))
    assert rows
    return rows


@pytest.mark.parametrize("name, mistake, arguments, test, said", mistakes())
def test_mistakes_are_found(plugin: Any, helmholtz: Any, name: str, mistake: str, arguments: Any, test: str, said: str) -> None:
    """The test that the table names fails, in the words that stand there."""
    program = plugin({"jax-velocity": "jax_fields", "jax-score": "jax_fields", "broken-dot": "jax_dot"}.get(name, "broken"))
    printed = helmholtz("plugin", "test", program, "--part", name, "--set", f'mistake="{mistake}"', "--transport", "shm", "--run", f"^{test}$",
                        *arguments, status=1)
    assert f"FAIL shm/{test.replace('_', ' ')}: it does not hold that " in printed
    assert re.search(re.escape(said).replace(r"\.\.", ".*"), printed), printed


@pytest.mark.parametrize("cls, settings", [
    ("Wells", {}), ("Ring", {"N": 24}), ("Coins", {"space": hh.spins(16)}), ("Biased", {"space": hh.field(6)}),
    ("Watcher", {"space": hh.spins(4)}), ("Judge", {"space": hh.field(2)}),
])
def test_without_the_mistake_they_conform(cls: str, settings: Any) -> None:
    hh.test(part("broken", cls), helmholtz=command(), mistake="none", verbose=False, **settings)
