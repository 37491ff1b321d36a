"""JAX, set up for float64 and equal digits."""

from __future__ import annotations

import importlib
import os
from typing import Any

from .. import _start
from . import _cache

# Vector instructions of the host (docs/wire.md), as XLA calls them.
_LEVELS = {"generic": "SSE4_2", "avx2": "AVX2"}


def _flags() -> None:
    """In a plugin, sums in matrix products do not depend on how many threads there are. What the user sets stays."""
    if not _start.started_by_host():
        return
    flags = os.environ.get("XLA_FLAGS", "")
    if "xla_cpu_multi_thread_eigen" not in flags:
        flags += " --xla_cpu_multi_thread_eigen=false"
    level = _LEVELS.get(os.environ.get("HELMHOLTZ_KERNELS", ""))
    if level and "xla_cpu_max_isa" not in flags:
        flags += f" --xla_cpu_max_isa={level}"
    os.environ["XLA_FLAGS"] = flags.strip()


def _in_this_thread(jax: Any) -> None:
    """A call of a part awaits what it computes: handing that to another thread, and being woken by it, is time lost."""
    if "JAX_CPU_ENABLE_ASYNC_DISPATCH" not in os.environ:
        jax.config.update("jax_cpu_enable_async_dispatch", False)


def module(name: str) -> Any:
    """A module of JAX, with float64 switched on."""
    _flags()
    try:
        import jax
    except ImportError:
        raise ImportError("JAX is missing: install helmholtz-physics with the extra [jax], or jax[cuda12] for a GPU") from None
    if not jax.config.jax_enable_x64:
        jax.config.update("jax_enable_x64", True)
        if _start.started_by_host():
            _cache.keep(jax)
            _in_this_thread(jax)
    return importlib.import_module(name)
