"""What tests share: the command, parts of the folder parts as executables, and runs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Callable

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parent.parent


def command() -> str:
    """The command helmholtz: HELMHOLTZ, or the one that make build leaves."""
    file = os.environ.get("HELMHOLTZ", str(ROOT / "bin" / "helmholtz"))
    if not os.access(file, os.X_OK):
        pytest.fail(f"{file} is missing: make build, or set HELMHOLTZ")
    return file


@pytest.fixture
def helmholtz() -> Callable[..., str]:
    """Runs the command with arguments, expects its status, or one of several, and returns all that it printed."""
    def run(*arguments: Any, status: Any = 0, env: Any = None) -> str:
        done = subprocess.run([command(), *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              env={**os.environ, **(env or {})}, check=False)
        assert done.returncode in (status if isinstance(status, tuple) else (status,)), done.stdout
        return done.stdout
    return run


@pytest.fixture
def plugin(tmp_path: Path) -> Callable[[str], Path]:
    """A program of the folder parts as an executable of this Python."""
    def make(name: str) -> Path:
        return executable((HERE / "parts" / f"{name}.py").read_text(), tmp_path / f"helmholtz-plugin-{name}")
    return make


def executable(program: str, file: Path) -> Path:
    lines = program.splitlines(keepends=True)
    if lines[0].startswith("#!"):
        lines = lines[1:]
    file.write_text(f"#!{sys.executable}\n" + "".join(lines))
    file.chmod(0o755)
    return file
