"""The conformance suite of the framework, on a part written in Python."""

from __future__ import annotations

import inspect
import json
import stat
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, List, Optional, Type, Union

from . import _command
from ._start import refuse_in_plugin
from .part import Part
from .spaces import Space


def test(part: Union[Part, Type[Part]], *, space: Optional[Space] = None, helmholtz: Optional[str] = None,
         only: str = "", transport: str = "", tolerance: float = 0.0, verbose: bool = True, **settings: Any) -> None:
    """Runs ``helmholtz plugin test`` on a part, and raises ``AssertionError`` where it does not hold.

    >>> hh.test(Phi4, L=4)
    >>> hh.test(RealNVP, space=hh.field(6), layers=2)

    Values are finite and repeatable, batches of any size agree, symmetries are what they
    claim, slopes and gradients match central differences, densities are normalised and
    samples follow them, each through shared memory and through messages.

    :param part: a class, with its settings as keywords, or an instance
    :param space: of the configurations; needed by all but energies
    :param helmholtz: the command; by default ``HELMHOLTZ``, that of the wheel, or that on the PATH
    :param only: a regular expression of the tests to run
    :param transport: ``"shm"`` or ``"bytes"``; by default both are tested
    :param tolerance: relative, of values computed in two ways; 0 for the suite's own
    """
    refuse_in_plugin("hh.test")
    if not (isinstance(part, Part) or isinstance(part, type) and issubclass(part, Part)) or not part.kind:
        raise TypeError(f"hh.test takes a class derived of hh.Energy, hh.Model, hh.Observer or hh.Objective, or an instance of one, got {part!r}")
    if isinstance(part, Part):
        settings = {**{k.name: getattr(part, k.attribute) for k in _keys(type(part))}, **settings}
        space, part = space or (None if part.kind == "energy" else part.space), type(part)  # type: ignore[attr-defined]
    command = _command.find(helmholtz)
    with tempfile.TemporaryDirectory() as folder:
        arguments = [command, "plugin", "test", str(_launcher(part, Path(folder))), "--kind", part.kind, "--part", part.part_name()]
        for name, value in settings.items():
            arguments += ["--set", f"{name}={json.dumps(value)}"]
        if space is not None:
            arguments += ["--space", json.dumps(space.document)]
        arguments += ["--run", only] if only else []
        arguments += ["--transport", transport] if transport else []
        arguments += ["--tolerance", repr(tolerance)] if tolerance else []
        _report(subprocess.run(arguments, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False), verbose)


test.__test__ = False  # type: ignore[attr-defined]  # pytest takes it for a test of whoever imports it


def _report(done: "subprocess.CompletedProcess[str]", verbose: bool) -> None:
    if verbose:
        print(done.stdout, end="")
    if done.returncode:
        raise AssertionError(done.stdout if not verbose else "the part does not conform; see above")


def _keys(cls: Type[Part]) -> List[Any]:
    from .keys import keys_of
    return list(keys_of(cls).values())


def _launcher(cls: Type[Part], folder: Path) -> Path:
    """An executable that serves a class from the file that defines it, by this Python."""
    try:
        file = Path(inspect.getfile(cls)).resolve()
    except (OSError, TypeError):
        raise TypeError(f"{cls.__name__} is defined in no file; write it into one, from where the plugin's process imports it") from None
    script = folder / f"helmholtz-plugin-{cls.part_name()}"
    script.write_text(f"""#!{sys.executable}
import helmholtz, importlib.util, sys
sys.path[:0] = {[str(file.parent), *filter(None, sys.path)]!r}
spec = importlib.util.spec_from_file_location({file.stem!r}, {str(file)!r})
module = importlib.util.module_from_spec(spec)
sys.modules[spec.name] = module
spec.loader.exec_module(module)
helmholtz.serve(module.{cls.__qualname__})
""")
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    return script
