"""Of which files a plugin is made, besides its script: what a lock file pins, and what a run keeps in its results."""

from __future__ import annotations

import os
import sys
import sysconfig
from pathlib import Path
from typing import Any, Dict, Iterable, Iterator, Set

#: folders of packages and caches that are no source
_SKIPPED = ("__pycache__", "node_modules")


def own_files(parts: Iterable[Any]) -> Dict[str, str]:
    """Absolute paths by names that are the same wherever the plugin is installed.

    These are the modules that have been imported by now and are neither of Python nor installed beside
    others in ``site-packages``, and wherever they are the modules of the parts themselves; of a package
    all files below its folder. Names begin with that of the module or package. The script is not among them.
    """
    script = os.path.realpath(getattr(sys.modules.get("__main__"), "__file__", None) or "")
    of_parts = {p.__module__.split(".")[0] for p in parts} - {"__main__"}
    foreign = _foreign()
    files: Dict[str, str] = {}
    for name in sorted({m.split(".")[0] for m in list(sys.modules)} - {"__main__", __package__}):
        module = sys.modules.get(name)
        if module is None:
            continue
        path = getattr(module, "__file__", None)
        folders = [os.path.realpath(f) for f in getattr(module, "__path__", [])]
        if name not in of_parts and _below(os.path.realpath(path or (folders or [""])[0]), foreign):
            continue
        if path and not folders:
            files[os.path.basename(path)] = os.path.realpath(path)
        for folder in folders:
            for file in _walk(Path(folder)):
                if path is None and file.suffix != ".py":  # no package of its own making: a folder that has modules
                    continue
                files[f"{name}/{file.relative_to(folder).as_posix()}"] = str(file)
    return {name: path for name, path in sorted(files.items()) if os.path.realpath(path) != script}


def _foreign() -> Set[str]:
    """Folders of Python and of what is installed; "" is that of modules without a file."""
    paths = sysconfig.get_paths()
    found = {os.path.realpath(paths[k]) for k in ("stdlib", "platstdlib", "purelib", "platlib")}
    found |= {os.path.realpath(p) for p in sys.path if os.path.basename(p) in ("site-packages", "dist-packages")}
    return found | {""}


def _below(path: str, folders: Set[str]) -> bool:
    return path in folders or any(f and path.startswith(f + os.sep) for f in folders)


def _walk(folder: Path) -> Iterator[Path]:
    for entry in sorted(folder.iterdir()):
        if entry.name.startswith(".") or entry.name in _SKIPPED:
            continue
        if entry.is_dir():
            if (entry / "pyvenv.cfg").exists():
                continue
            yield from _walk(entry)
        elif entry.is_file():
            yield entry
