"""Run files from dictionaries."""

from __future__ import annotations

import json
import os
import re
from typing import Any, Dict, List, Mapping

_BARE = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*")


def write(tables: Mapping[str, Any]) -> str:
    """A run file of tables by name, each a mapping, or a list of mappings for ``[[name]]``. A dot in a key is TOML's own."""
    lines: List[str] = []
    for name, table in tables.items():
        many = isinstance(table, (list, tuple))
        for t in table if many else [table]:
            if not isinstance(t, Mapping):
                raise TypeError(f"{name} is {t!r}, and must be a table: a dictionary of keys, or a list of such")
            lines.append(f"[[{name}]]" if many else f"[{name}]")
            lines += [f"{_key(k)} = {value(v, f'{name}.{k}')}" for k, v in t.items() if v is not None]
            lines.append("")
    return "\n".join(lines)


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _text(name)


def _text(s: str) -> str:
    return json.dumps(s, ensure_ascii=False).replace("\x7f", "\\u007F")


def value(v: Any, name: str) -> str:
    """A value in TOML; ``name`` is for messages."""
    if hasattr(v, "tolist"):  # of numpy, JAX, PyTorch
        v = v.tolist()
    if isinstance(v, bool):
        return "true" if v else "false"
    if isinstance(v, int):
        return str(v)
    if isinstance(v, float):
        return repr(v)  # inf and nan, too, are as in TOML
    if isinstance(v, (str, os.PathLike)):
        return _text(os.fspath(v))
    if isinstance(v, (list, tuple, range)):
        return "[" + ", ".join(value(e, name) for e in v) + "]"
    if isinstance(v, Mapping):
        items: Dict[str, Any] = {k: e for k, e in v.items() if e is not None}
        return "{ " + ", ".join(f"{_key(k)} = {value(e, f'{name}.{k}')}" for k, e in items.items()) + " }"
    raise TypeError(f"{name} is {v!r}, which a run file cannot have: give a number, a string, a bool, a list or a dictionary")
