"""``python -m helmholtz describe|serve ...``: serves parts of an installed package, by its entry point.

A package offers parts with entry points of the group ``helmholtz.parts``, in its ``pyproject.toml``::

    [project.entry-points."helmholtz.parts"]
    ring = "my_models.ring:Ring"

The name is that of the part, the value a class or a list of classes. The host asks the interpreter for
these, and starts ``python -m helmholtz describe my_models.ring:Ring``.
"""

from __future__ import annotations

import importlib
import sys
from typing import Any, List

from . import serve


def main() -> None:
    verb = sys.argv[1:2]
    if not (verb == ["describe"] and len(sys.argv) == 3 or verb == ["serve"] and len(sys.argv) == 5):
        sys.exit("usage: python -m helmholtz describe MODULE:PART, or serve KIND NAME MODULE:PART; helmholtz calls it")
    entry = sys.argv.pop()
    sys.argv[0] = entry
    serve(*load(entry))


def load(entry: str) -> List[Any]:
    """The classes that an entry point names."""
    module, _, path = entry.partition(":")
    if not path:
        raise ValueError(f"the entry point {entry!r} names no part: it has the form MODULE:CLASS")
    found: Any = importlib.import_module(module)
    for name in path.split("."):
        found = getattr(found, name)
    return list(found) if isinstance(found, (list, tuple)) else [found]


if __name__ == "__main__":
    main()
