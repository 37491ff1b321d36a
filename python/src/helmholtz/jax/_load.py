"""JAX, set up for float64 and equal digits."""

from __future__ import annotations

import ctypes
import importlib
import os
from typing import Any

from .. import _start

# Vector instructions of the host (docs/wire.md), as XLA calls them.
_LEVELS = {"generic": "SSE4_2", "avx2": "AVX2"}


# Of mallopt(3): where glibc begins to map memory of its own for an array, and how much it leaves free at the end of the heap.
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3


def _settings() -> None:
    """In a plugin, sums in matrix products do not depend on how many threads there are. What the user sets stays.

    The memory of arrays stays with the process when they are freed: each call would get new pages of the system otherwise, which takes a
    quarter of a training step of millions of parameters.
    """
    if not _start.started_by_host():
        return
    try:
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(_M_MMAP_THRESHOLD, 1 << 30)
        mallopt(_M_TRIM_THRESHOLD, (1 << 31) - 1)
    except (AttributeError, OSError):  # another C library
        pass
    flags = os.environ.get("XLA_FLAGS", "")
    if "xla_cpu_multi_thread_eigen" not in flags:
        flags += " --xla_cpu_multi_thread_eigen=false"
    level = _LEVELS.get(os.environ.get("HELMHOLTZ_KERNELS", ""))
    if level and "xla_cpu_max_isa" not in flags:
        flags += f" --xla_cpu_max_isa={level}"
    os.environ["XLA_FLAGS"] = flags.strip()


def module(name: str) -> Any:
    """A module of JAX, with float64 switched on."""
    _settings()
    try:
        import jax
    except ImportError:
        raise ImportError("JAX is missing: install helmholtz-physics with the extra [jax], or jax[cuda12] for a GPU") from None
    if not jax.config.jax_enable_x64:
        jax.config.update("jax_enable_x64", True)
    return importlib.import_module(name)
