"""What ``helmholtz plugin new`` writes in Python tests and runs as it is."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import helmholtz as hh
import pytest
from conftest import command


def make(folder: Path, *arguments: str) -> str:
    done = subprocess.run(["make", f"PYTHON={sys.executable}", *arguments], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          env={**os.environ, "HELMHOLTZ": command()}, check=False)
    assert done.returncode == 0, done.stdout
    return done.stdout


def test_energy_in_numpy(helmholtz: Any, tmp_path: Path) -> None:
    helmholtz("plugin", "new", "python", "my_ring", "--dir", tmp_path / "my_ring")
    assert "Ran 2 tests" in make(tmp_path / "my_ring", "test")
    make(tmp_path / "my_ring")
    # transfer matrix: Z = l+^16 + l-^16 with J = 1, h = 0.1, T = 1.5
    assert hh.open(tmp_path / "my_ring/my_ring.out")["observables/free_energy"].item() == pytest.approx(-21.814568, abs=0.01)


@pytest.mark.parametrize("kind", ["energy", "model"])
def test_jax(helmholtz: Any, tmp_path: Path, kind: str) -> None:
    helmholtz("plugin", "new", "jax", "mine", "--kind", kind, "--dir", tmp_path / "mine")
    assert "effective_sample_size" in make(tmp_path / "mine")
    found = hh.open(tmp_path / "mine/mine.out")["observables"]
    # a bound that came near: ln Z is that of the reweighted draws
    assert -0.1 < found["free_energy"].item() + found["log_z"].item() < 1.5


def test_install(helmholtz: Any, tmp_path: Path) -> None:
    """Installed for a user, it is found by its name, whatever python3 is there."""
    helmholtz("plugin", "new", "python", "my_ring", "--dir", tmp_path / "my_ring")
    home = {"XDG_CONFIG_HOME": str(tmp_path / "config")}
    make(tmp_path / "my_ring", "install", f"XDG_CONFIG_HOME={tmp_path / 'config'}")
    assert "Ising ring in a field" in helmholtz("plugin", "describe", "my_ring", env={**home, "PATH": "/usr/bin:/bin"})
