"""What JAX has compiled stays on disk, so that a plugin which starts again, in the next point of a sweep or after a kill, need not compile.

It is the compilation cache of JAX, in the user's cache folder, by the processor: home folders are shared by machines that differ. Entries that are a month
old are removed. What JAX cannot read, it compiles, and warns.
"""

from __future__ import annotations

import hashlib
import os
import platform
import time
from pathlib import Path
from typing import Any

#: seconds of compiling from which on a program is kept; 1 by default of JAX, which would compile most of ours again
_WORTH = 0.1
_MONTH = 30 * 86400


def keep(jax: Any) -> None:
    """Switches the cache on, unless the user has chosen one or none (``JAX_COMPILATION_CACHE_DIR``, ``JAX_ENABLE_COMPILATION_CACHE``)."""
    if jax.config.jax_compilation_cache_dir is not None or not jax.config.jax_enable_compilation_cache:
        return
    try:
        folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "helmholtz" / "jax" / _processor()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not os.access(folder, os.W_OK):
            return
        for entry in folder.iterdir():
            if entry.stat().st_mtime < time.time() - _MONTH:
                entry.unlink()
    except (OSError, RuntimeError):  # no home, no room, or another process was faster
        return
    jax.config.update("jax_compilation_cache_dir", str(folder))
    if "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS" not in os.environ:
        jax.config.update("jax_persistent_cache_min_compile_time_secs", _WORTH)


def _processor() -> str:
    """A name of what this processor can do."""
    try:
        with open("/proc/cpuinfo") as f:
            can = next((line for line in f if line.startswith(("flags", "Features"))), "")
    except OSError:
        can = ""
    return f"{platform.machine()}-{hashlib.sha256(can.encode()).hexdigest()[:12]}"
