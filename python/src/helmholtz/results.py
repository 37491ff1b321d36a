"""Results of runs: observables with their errors in xarray, and trained parameters by name."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Dict, Union

import numpy as np

_FILES = ("results.h5", "sweep.h5")


def _missing(what: str) -> ImportError:
    return ImportError(f"{what} is needed to read results: install helmholtz-physics with the extra [data]")


def open(path: Union[str, "os.PathLike[str]"]) -> Any:
    """The results of a run folder, a folder of a sweep, or a file of either, as an ``xarray.DataTree``.

    >>> r = hh.open("ising.out")
    >>> f = r["observables/free_energy"]
    >>> f.item(), r["observables"][f.ancillary_variables].item(), f.units

    Every observable NAME has ``NAME_stderr`` beside it, and where they are known ``NAME_exact``
    and others (docs/results.md); ``r["history"]`` has the training, ``r["run"].attrs`` the
    settings. All is read into memory, so a run may go on. An xarray before 2024.10 has no
    trees: then a ``Dataset`` of the observables is returned.
    """
    try:
        import xarray as xr
    except ImportError:
        raise _missing("xarray") from None
    file = _file(Path(path))
    _refuse_other(file)
    engine = _engine()
    if not hasattr(xr, "open_datatree"):
        with xr.open_dataset(file, group="observables", engine=engine) as d:
            return d.load()
    tree = xr.open_datatree(file, engine=engine)
    try:
        return tree.load()
    finally:
        tree.close()


def _refuse_other(file: Path) -> None:
    """Refuses what is no HDF5 file in words that name it."""
    import builtins
    with builtins.open(file, "rb") as f:
        if f.read(8) != b"\x89HDF\r\n\x1a\n":
            raise ValueError(f"{file} is no HDF5 file; give a run folder, or the results.h5 or a checkpoint in one")


def _engine() -> str:
    import importlib.util
    for name, module in (("h5netcdf", "h5netcdf"), ("netcdf4", "netCDF4")):
        if importlib.util.find_spec(module) is not None:
            return name
    raise _missing("h5netcdf or netCDF4")


def _file(path: Path) -> Path:
    if path.is_file():
        return path
    for name in _FILES:
        if (path / name).is_file():
            return path / name
    raise FileNotFoundError(f"{path} has neither {' nor '.join(_FILES)}: is it the folder of a run that has begun?")


def checkpoint(path: Union[str, "os.PathLike[str]"]) -> Dict[str, np.ndarray]:
    """The parameters of the newest checkpoint in a run folder, or of a checkpoint file, by the model's names.

    Blocks without a name are called by their numbers. The step is that of the file's attribute ``step``.
    """
    try:
        import h5py
    except ImportError:
        raise _missing("h5py") from None
    file = Path(path)
    if not file.exists():
        raise FileNotFoundError(f"{file}: there is no such folder or file")
    if file.is_dir():
        files = sorted(file.glob("checkpoint-*.h5"), key=lambda f: int(f.stem.split("-")[1]))
        if not files:
            raise FileNotFoundError(f"{file} has no checkpoint-*.h5")
        file = files[-1]
    _refuse_other(file)
    with h5py.File(file, "r") as f:
        if "model/params" not in f:
            raise ValueError(f"{file} is no checkpoint: it has no parameters of a model")
        blocks = sorted(f["model/params"].items(), key=lambda item: int(item[1].attrs.get("offset", 0)))
        return {_text(d.attrs.get("name", name)): np.asarray(d) for name, d in blocks}


def _text(name: Any) -> str:
    return name.decode() if isinstance(name, bytes) else str(name)
