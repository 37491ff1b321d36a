"""What a plugin does before it is served."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

COOKIE = {"HELMHOLTZ_PLUGIN": "helmholtz-wire-d2c1a04e"}


def test_describe_prints_json_alone_and_imports_no_jax(plugin: Any) -> None:
    done = subprocess.run([sys.executable, "-X", "importtime", str(plugin("jax_phi4")), "describe"], capture_output=True, text=True,
                          env={**os.environ, **COOKIE}, check=True)
    assert json.loads(done.stdout)["parts"][0]["name"] == "jax-phi4"
    assert "a library that prints" in done.stderr
    imported = {line.split("|")[-1].strip() for line in done.stderr.splitlines() if line.startswith("import time:")}
    assert "numpy" in imported and not imported & {"jax", "grpc", "xarray", "h5py"}


def test_started_by_hand(plugin: Any) -> None:
    file = plugin("numpy_ising")
    done = subprocess.run([str(file)], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "energy numpy-ising: Ising ferromagnet on a torus" in done.stderr and f'path = "{file}"' in done.stderr


def test_other_processes_are_left_alone() -> None:
    program = "import helmholtz, signal; print(signal.getsignal(signal.SIGTERM) == signal.SIG_DFL)"
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout == "True\n"
