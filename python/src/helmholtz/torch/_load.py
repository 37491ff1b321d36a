"""PyTorch, set up for float64 and equal digits."""

from __future__ import annotations

import importlib
import os
from typing import Any

from .. import _start


def module(name: str) -> Any:
    """A module of PyTorch, with float64 as its default type.

    In a plugin it computes with one thread, so that sums do not depend on how many there are; where the user sets
    ``OMP_NUM_THREADS``, with that many.
    """
    try:
        import torch
    except ImportError:
        raise ImportError("PyTorch is missing: install helmholtz-physics with the extra [torch]") from None
    if torch.get_default_dtype() != torch.float64:
        torch.set_default_dtype(torch.float64)
        if _start.started_by_host():
            torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS") or 1))
    return importlib.import_module(name)
