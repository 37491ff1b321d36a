"""Parts of this process in runs of the command; files that a plugin is made of."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path
from typing import Any

import helmholtz as hh
import numpy as np
import pytest

from conftest import executable

RUN = """
[model]
plugin = "van"
depth = 1
[energy]
plugin = "ring-of-mine"
N = 6
[ensemble]
beta = 0.4
[train]
steps = 20
batch = 100
[evaluate]
samples = 1000
"""


class RingOfMine(hh.Energy):
    """Ising ring"""
    N: int = hh.key(min=2, max=100, help="spins")
    calls = 0

    def space(self) -> hh.Space:
        return hh.spins(self.N, periodic=True)

    def energy(self, x: np.ndarray) -> np.ndarray:
        RingOfMine.calls += 1
        return -(x * np.roll(x, 1, axis=1)).sum(axis=1)


PROGRAM = """
import sys
sys.path.insert(0, {folder!r})
import helmholtz as hh
from test_attach import RingOfMine
hh.serve(RingOfMine)
"""


@pytest.mark.parametrize("transport", ["shm", "bytes"])
def test_a_class_of_this_process_takes_part(helmholtz: Any, tmp_path: Path, transport: str, capsys: Any) -> None:
    file = tmp_path / "ring.toml"
    file.write_text(RUN)
    RingOfMine.calls = 0
    with hh.attach(RingOfMine) as door:
        assert capsys.readouterr().out == f"export HELMHOLTZ_REATTACH={door.door}\n"
        for out in ("1.out", "2.out"):
            assert "energy ring-of-mine 0.1.0 is the one that waits at" in \
                helmholtz("run", file, "--out", tmp_path / out, env={"HELMHOLTZ_TRANSPORT": transport})
    assert RingOfMine.calls > 40  # a call for each step, in this process
    assert "HELMHOLTZ_REATTACH" not in os.environ and not os.path.exists(door.door)
    started = executable(PROGRAM.format(folder=str(Path(__file__).parent)), tmp_path / "ring.py")
    helmholtz("run", file, "--set", f"energy.path={started}", "--out", tmp_path / "started.out")
    first, second, third = (hh.open(tmp_path / out) for out in ("1.out", "2.out", "started.out"))
    assert first["observables"].ds.identical(second["observables"].ds)
    np.testing.assert_array_equal(first["observables/free_energy"], third["observables/free_energy"])


def test_the_argument_attach_waits_for_runs_and_ends_by_a_signal(helmholtz: Any, tmp_path: Path) -> None:
    file = tmp_path / "ring.toml"
    file.write_text(RUN)
    program = executable(PROGRAM.format(folder=str(Path(__file__).parent)), tmp_path / "ring.py")
    waiting = subprocess.Popen([program, "attach"], stdout=subprocess.PIPE, text=True)
    try:
        assert waiting.stdout is not None
        key, _, door = waiting.stdout.readline().strip().partition("=")
        assert key == "export HELMHOLTZ_REATTACH"
        helmholtz("run", file, "--out", tmp_path / "ring.out", env={"HELMHOLTZ_REATTACH": door})
        assert waiting.poll() is None  # the run did not end it
    finally:
        waiting.send_signal(signal.SIGTERM)
        assert waiting.wait(20) == 0
    assert not os.path.exists(os.path.dirname(door))


def test_only_parts_can_be_attached() -> None:
    with pytest.raises(TypeError, match="hh.attach takes classes"):
        hh.attach(RingOfMine(N=4))  # type: ignore[arg-type]


def test_a_lock_has_modules_and_packages_of_its_own(helmholtz: Any, tmp_path: Path) -> None:
    package = tmp_path / "tables"
    package.mkdir()
    (package / "__init__.py").write_text("from pathlib import Path\nJ = float((Path(__file__).parent / 'J.txt').read_text())\n")
    (package / "J.txt").write_text("1.0")
    (tmp_path / "units_of_mine.py").write_text("UNIT = 'J'\n")
    program = executable("import helmholtz as hh, numpy, tables, units_of_mine\n"
                         + 'class RingOfMine(hh.Energy):\n    N: int = hh.key(min=2, max=100, help="spins")\n'
                         + "    def space(self): return hh.spins(self.N)\n"
                         + "    def energy(self, x): return -tables.J * x.sum(axis=1)\nhh.serve(RingOfMine)\n", tmp_path / "ring.py")
    file = tmp_path / "ring.toml"
    file.write_text(RUN)
    there = ("--set", f"energy.path={program}")
    assert "energy ring-of-mine 0.1.0: ring.py and 3 more" in helmholtz("lock", file, *there)
    text = (tmp_path / "ring.lock.toml").read_text()
    assert all(f'"{name}" = ' in text for name in ("tables/__init__.py", "tables/J.txt", "units_of_mine.py")), text
    assert str(tmp_path) not in text
    helmholtz("check", file, *there)
    (package / "J.txt").write_text("2.0")
    assert "J.txt has sha256" in helmholtz("run", file, *there, status=2)
    (package / "J.txt").write_text("1.0")
    (package / "more.txt").write_text("")
    assert "more.txt, which is not in" in helmholtz("run", file, *there, status=2)
