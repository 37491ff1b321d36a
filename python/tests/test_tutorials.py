"""The notebooks of docs/tutorials are executed as they stand."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pytest

from conftest import ROOT, command

nbclient = pytest.importorskip("nbclient")
NOTEBOOKS = sorted((ROOT / "docs/tutorials").glob("*.ipynb"))


@pytest.mark.parametrize("file", NOTEBOOKS, ids=[f.stem for f in NOTEBOOKS])
def test_the_notebook(file: Path, tmp_path: Path, monkeypatch: Any) -> None:
    import nbformat
    from jupyter_client.kernelspec import KernelSpecManager
    monkeypatch.setenv("HELMHOLTZ", command())
    monkeypatch.setenv("PATH", os.path.dirname(sys.executable) + os.pathsep + os.environ["PATH"])
    assert "python3" in KernelSpecManager().find_kernel_specs()
    notebook = nbformat.read(file, as_version=4)
    assert not any(c.get("outputs") for c in notebook.cells), "outputs do not belong into the repository"
    nbclient.NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(tmp_path)}}).execute()
    shown = [o for c in notebook.cells if c.cell_type == "code" for o in c.outputs]
    assert any("text/html" in o.get("data", {}) for o in shown if o.output_type == "execute_result") or "plot" not in file.read_text()
