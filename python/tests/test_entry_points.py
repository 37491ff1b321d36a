"""Packages that are installed and offer parts."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any, Dict

import pytest

PARTS = """
import helmholtz as hh

print("printed while it is imported")

class Pair(hh.Energy):
    '''Two spins of a package'''
    version = "2.1.0"
    J: float = hh.key(1.0)
    def space(self): return hh.spins(2)
    def energy(self, x): return -self.J * x[:, 0] * x[:, 1]

class Triple(Pair):
    '''Three spins of a package'''
    def space(self): return hh.spins(3)
"""

RUN = """
[model]
plugin = "van"
depth = 1
[energy]
plugin = "{name}"
[ensemble]
beta = 0.4
[train]
steps = 3
batch = 100
[evaluate]
samples = 500
"""


@pytest.fixture
def installed(tmp_path: Path) -> Dict[str, str]:
    """A folder as pip leaves it, for the interpreter of these tests."""
    site = tmp_path / "site"
    (site / "pairs_of_mine").mkdir(parents=True)
    (site / "pairs_of_mine" / "__init__.py").write_text("")
    (site / "pairs_of_mine" / "parts.py").write_text(PARTS)
    info = site / "pairs_of_mine-2.1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: pairs-of-mine\nVersion: 2.1.0\n")
    (info / "entry_points.txt").write_text(
        "[console_scripts]\npairs = pairs_of_mine:main\n[helmholtz.parts]\npair = pairs_of_mine.parts:Pair\n"
        "triple = pairs_of_mine.parts:Triple\ngone = pairs_of_mine.parts:Gone\n")
    return {"PYTHONPATH": os.pathsep.join([str(site), *filter(None, [os.environ.get("PYTHONPATH")])]), "HELMHOLTZ_PYTHON": sys.executable}


def test_parts_of_packages_are_found_listed_and_run(helmholtz: Any, installed: Dict[str, str], tmp_path: Path) -> None:
    listed = helmholtz("plugin", "list", env=installed)
    assert "pairs_of_mine/__init__.py (pairs_of_mine.parts:Pair of pairs-of-mine 2.1.0) " in listed
    assert "Two spins of a package" in listed and "Three spins of a package" in listed
    assert "describe plugin: pairs_of_mine.parts:Gone of pairs-of-mine 2.1.0" in listed and "has no attribute 'Gone'" in listed
    for name in ("pair", "triple"):
        file = tmp_path / f"{name}.toml"
        file.write_text(RUN.format(name=name))
        helmholtz("run", file, "--out", tmp_path / f"{name}.out", env=installed)
    assert "pairs_of_mine.parts:Pair" in helmholtz("plugin", "describe", "pair", env=installed)
    helmholtz("plugin", "test", "triple", env=installed)


def test_a_package_is_locked_with_all_its_files(helmholtz: Any, installed: Dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "pair.toml"
    file.write_text(RUN.format(name="pair"))
    helmholtz("lock", file, env=installed)
    text = (tmp_path / "pair.lock.toml").read_text()
    assert 'file = "pairs_of_mine/__init__.py"' in text and '"pairs_of_mine/parts.py" = ' in text
    helmholtz("check", file, env=installed)
    parts = tmp_path / "site" / "pairs_of_mine" / "parts.py"
    parts.write_text(parts.read_text() + "# changed\n")
    assert "parts.py has sha256" in helmholtz("check", file, env=installed, status=2)


def test_without_a_package_nothing_is_found(helmholtz: Any, tmp_path: Path) -> None:
    file = tmp_path / "pair.toml"
    file.write_text(RUN.format(name="pair"))
    assert "energy pair: there is no such energy" in helmholtz("check", file, env={"HELMHOLTZ_PYTHON": sys.executable}, status=2)
