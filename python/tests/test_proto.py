"""wire_pb2.py is what the pinned compiler makes of the protocol."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROTO = ROOT / "framework/internal/wire/wirepb/wire.proto"


def test_generated_code_is_up_to_date(tmp_path: Path) -> None:
    pytest.importorskip("grpc_tools", reason="make test-python has it")
    subprocess.run([sys.executable, "-m", "grpc_tools.protoc", f"-Ihelmholtz/wire.proto={PROTO}", f"--python_out={tmp_path}",
                    "helmholtz/wire.proto"], check=True)
    made, kept = ((folder / "helmholtz/wire_pb2.py").read_text() for folder in (tmp_path, ROOT / "python/src"))
    assert made == kept, "the protocol changed: make python-proto"
