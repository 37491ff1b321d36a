"""Runs from Python: a run file, the command, and the results."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path
from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple, Type, Union

from . import _command, _toml
from ._start import refuse_in_plugin
from .part import Part
from .results import open as open_results

#: exit codes of the command that leave results: all done, and something in [expect] not met
_DONE, _UNMET = 0, 4
_LAST_LINES = 20


class RunError(RuntimeError):
    """A run that did not end well.

    :ivar code: exit status of the command (``helmholtz run --help`` says what they mean)
    :ivar file: text of the run file
    """

    def __init__(self, text: str, code: int, file: str) -> None:
        super().__init__(text)
        self.code, self.file = code, file


def run(*, energy: Any, model: Any = None, beta: Optional[float] = None, temperature: Optional[float] = None,
        estimators: Sequence[Any] = (), objective: Any = None, name: str = "", out: Union[str, "os.PathLike[str]", None] = None,
        resume: str = "auto", arguments: Sequence[str] = (), helmholtz: Optional[str] = None, verbose: bool = True,
        **tables: Any) -> Any:
    """Trains a model on a Hamiltonian and returns the results, as :func:`open` does.

    >>> r = hh.run(model=("van", {"depth": 2}), energy=("ising", {"L": 8}), beta=0.44,
    ...            train={"steps": 500, "batch": 500})
    >>> r["observables/free_energy"].item()

    A part is the name of one that helmholtz finds, ``"ising"``; that with its keys, ``("ising", {"L": 8})``; a table of a run file,
    ``{"plugin": "annni", "path": "annni.py", "N": 16}``; an instance, ``Annni(N=16)``; or a class, alone or with keys, as
    ``(Affine, {"width": 16})``. Classes and instances take part as they are here, in this process, be they written in a cell of a
    notebook: the run attaches to it (:func:`attach`). Their results say so, as nobody can tell later of which code they were.

    The run is that of a file, with all checks, and can be continued: the same call goes on where it was interrupted, and
    returns at once where it is complete.

    :param beta: inverse temperature, in units of 1/energy; or give ``temperature``, or a table ``ensemble``
    :param estimators: parts of the kind estimator, besides the standard ones
    :param name: of the run; by default that of the energy
    :param out: run folder; by default NAME.out
    :param resume: ``"never"`` removes what is in the folder; with ``"auto"``, other settings than those there are an error
    :param arguments: further ones of ``helmholtz run``
    :param verbose: print what the command prints
    :param tables: further tables of the run file: ``train``, ``evaluate``, ``sweep={"ensemble.beta": [0.3, 0.4]}``, ... A dot in
        a key is that of TOML.
    :raises RunError: where the run fails or is stopped; what was computed stays in the folder
    """
    refuse_in_plugin("hh.run")
    for argument, given in (("estimators", estimators), ("arguments", arguments)):
        if isinstance(given, (str, Mapping)):
            raise TypeError(f"{argument} is {given!r}, want a list: [{given!r}]")
    if out is not None and not os.fspath(out):
        raise ValueError("out is an empty name; leave it out for NAME.out, or give a folder")
    classes: List[Type[Part]] = []
    file: Dict[str, Any] = {"run": {"name": name, **tables.pop("run", {})}}
    for table, part in (("model", model), ("energy", energy), ("objective", objective)):
        if part is not None:
            file[table] = _table(part, table, classes)
    ensemble = {"beta": beta, "temperature": temperature, **tables.pop("ensemble", {})}
    if any(v is not None for v in ensemble.values()):
        file["ensemble"] = ensemble
    file.update({k: v for k, v in tables.items() if v is not None})
    if estimators:
        file["estimator"] = [_table(e, "estimators", classes) for e in estimators]
    file["run"]["name"] = file["run"]["name"] or file["energy"].get("plugin", "run")
    folder = Path(out if out is not None else f"{file['run']['name']}.out")
    code, said = _perform(_toml.write(file), folder, ["--resume", resume, *arguments], classes, _command.find(helmholtz), verbose)
    if code == _UNMET:
        warnings.warn("the results are not as [expect] says:\n" + said, stacklevel=2)
    elif code != _DONE:
        raise RunError(f"helmholtz run ended with status {code}:\n{said}", code, _toml.write(file))
    return open_results(folder)


def _table(part: Any, where: str, classes: List[Type[Part]]) -> Dict[str, Any]:
    """The table of a run file for a part; a class is one that the run has to attach to."""
    settings: Mapping[str, Any] = {}
    if isinstance(part, tuple) and len(part) == 2 and isinstance(part[1], Mapping):
        part, settings = part
    if isinstance(part, Part):
        from .keys import keys_of
        settings = {**{k.name: getattr(part, k.attribute) for k in keys_of(type(part)).values()}, **settings}
        part = type(part)
    if isinstance(part, type) and issubclass(part, Part):
        same = [c for c in classes if (c.kind, c.part_name()) == (part.kind, part.part_name())]
        if same and same[0] is not part:
            raise TypeError(f"{where}: two classes are called {part.kind} {part.part_name()}; set their attribute name")
        if not same:
            classes.append(part)
        return {"plugin": part.part_name(), **settings}
    if isinstance(part, str):
        return {"plugin": part, **settings}
    if isinstance(part, Mapping):
        return {**part, **settings}
    raise TypeError(f"{where} is {part!r}; give a name, a table, a class or an instance, or one of these with its keys: (\"van\", {{\"depth\": 2}})")


def _perform(text: str, folder: Path, arguments: Sequence[str], classes: Sequence[Type[Part]], command: str,
             verbose: bool) -> Tuple[int, str]:
    """Runs the command on a run file and returns its status and the last that it said.

    The file stands in the current folder, from which it may name other files, as long as the run takes; the run folder keeps a copy.
    """
    with contextlib.ExitStack() as stack:
        if classes:
            from ._attach import Attachment
            stack.enter_context(Attachment(*classes, quiet=True))
        file = stack.enter_context(tempfile.NamedTemporaryFile("w", suffix=".toml", prefix=".helmholtz-", dir=".", encoding="utf-8"))
        file.write(text)
        file.flush()
        process = subprocess.Popen([command, "run", os.path.basename(file.name), "--out", os.fspath(folder), *arguments],
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, text=True, encoding="utf-8", errors="replace")
        last: List[str] = []
        assert process.stdout is not None
        while True:
            try:
                for line in process.stdout:
                    last = last[1 - _LAST_LINES:] + [line]
                    if verbose:
                        print(line, end="", flush=True)
                return process.wait(), "".join(last)
            except KeyboardInterrupt:  # of a notebook this process alone is told
                process.send_signal(signal.SIGINT)  # it ends its step and writes a checkpoint
                print("interrupted; the step ends and a checkpoint is written", file=sys.stderr)
