"""The programs and run files of docs/python.md are run as they stand there, with fewer steps."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import helmholtz as hh
from conftest import ROOT, executable


def test_the_page(helmholtz: Any, tmp_path: Path) -> None:
    page = (ROOT / "docs/python.md").read_text()
    programs = re.findall(r"^```python\n(#!.*?\n# (\w+\.py)\n.*?)^```", page, re.M | re.S)
    assert [name for _, name in programs] == ["annni.py", "wells.py", "affine.py", "trap.py", "scales.py"]  # the last is tested in test_torch.py
    for text, name in programs:
        executable(text, tmp_path / name)
    runs = re.findall(r"^```toml\n(.*?)^```", page, re.M | re.S)
    assert len(runs) == 3
    for k, text in enumerate(runs):
        (tmp_path / f"run{k}.toml").write_text(text)
        helmholtz("run", tmp_path / f"run{k}.toml", "--set", "train.steps=10", "--set", "evaluate.samples=500", "--out", tmp_path / f"run{k}.out")
        r = hh.open(tmp_path / f"run{k}.out")
        f = r["observables/free_energy"]
        assert f.units == ["J", "1", "hbar omega"][k] and r["observables"][f.ancillary_variables].item() > 0
    assert "conforms: tests passed: " in helmholtz("plugin", "test", tmp_path / "annni.py", "--set", "N=8")
    # a newcomer's program has some thirty lines
    assert len([line for line in programs[0][0].splitlines() if line.strip()]) <= 30


def test_the_reference() -> None:
    """docs/python-reference.md is what the docstrings say: `make python-reference` writes it."""
    made = subprocess.run([sys.executable, str(ROOT / "python/reference.py")], check=True, capture_output=True, text=True).stdout
    assert made == (ROOT / "docs/python-reference.md").read_text()
    for name in hh.__all__:  # each with a text of its own
        if name != "noise":
            assert re.search(rf"^### `(class )?helmholtz\.{name}\b.*`\n\n\w", made, re.M), f"{name} has no docstring"
