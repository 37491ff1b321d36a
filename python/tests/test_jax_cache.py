"""What JAX compiled in a plugin is found by the next."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, List

import pytest
from helmholtz._start import COOKIE, COOKIE_KEY
from helmholtz.jax import _cache

PROGRAM = """
import helmholtz as hh
from helmholtz.jax import jax, jnp
print(jax.jit(lambda x: jnp.sin(x).sum())(jnp.arange(3.0)).item())
"""


def compiled(cache: Path, **env: str) -> str:
    """What a process that the host started prints, with this folder for caches."""
    env = {**os.environ, COOKIE_KEY: COOKIE, "XDG_CACHE_HOME": str(cache), "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0", **env}
    done = subprocess.run([sys.executable, "-c", PROGRAM, "serve"], env=env, check=True, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    return done.stderr  # which has what is printed


def entries(folder: Path) -> List[str]:
    return sorted(f.name for f in folder.rglob("*-cache"))


def test_a_program_is_compiled_once(tmp_path: Path) -> None:
    first = compiled(tmp_path / "a")
    found = entries(tmp_path / "a" / "helmholtz" / "jax")
    assert [f for f in found if f.startswith("jit__lambda")]
    assert compiled(tmp_path / "a") == first  # no warnings, and the same digits
    assert entries(tmp_path / "a") == found

    own = tmp_path / "own"
    assert compiled(tmp_path / "b", JAX_COMPILATION_CACHE_DIR=str(own)) == first
    assert entries(own) and not entries(tmp_path / "b")
    assert compiled(tmp_path / "c", JAX_ENABLE_COMPILATION_CACHE="0") == first and not entries(tmp_path / "c")
    (tmp_path / "file").touch()
    assert compiled(tmp_path / "file") == first  # where there can be none


def test_entries_grow_old(tmp_path: Path, monkeypatch: Any) -> None:
    jax = pytest.importorskip("jax")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    was = jax.config.jax_compilation_cache_dir, jax.config.jax_persistent_cache_min_compile_time_secs
    folder = tmp_path / "helmholtz" / "jax" / _cache._processor()
    folder.mkdir(parents=True)
    for name, days in ("old", 31), ("new", 29):
        (folder / name).touch()
        os.utime(folder / name, (time.time() - days * 86400,) * 2)
    try:
        _cache.keep(jax)
        assert jax.config.jax_compilation_cache_dir == str(folder) and [f.name for f in folder.iterdir()] == ["new"]
    finally:
        jax.config.update("jax_compilation_cache_dir", was[0])
        jax.config.update("jax_persistent_cache_min_compile_time_secs", was[1])
