"""Pictures of results, as ``helmholtz plot`` draws them."""

from __future__ import annotations

import base64
import os
import subprocess
from pathlib import Path
from typing import List, Optional, Union

from . import _command


class Pictures(List[Path]):
    """Files of pictures, which a notebook shows."""

    def _repr_html_(self) -> str:
        return "\n".join(f'<img alt="{p.stem}" style="max-width: 100%" src="data:image/svg+xml;base64,'
                         f'{base64.b64encode(p.read_bytes()).decode()}">' for p in self)


def plot(path: Union[str, "os.PathLike[str]"], *arguments: str, helmholtz: Optional[str] = None) -> Pictures:
    """Draws the training curve, array observables and samples of a run folder, or the observables of a sweep over its keys.

    >>> hh.plot("ising.out")

    The pictures are left in the folder, as SVG and PNG, and shown where this is the last line of a cell.

    :param arguments: further ones of ``helmholtz plot``
    :returns: paths of the SVG files
    """
    done = subprocess.run([_command.find(helmholtz), "plot", os.fspath(path), *arguments], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr.strip())
    return Pictures(Path(line) for line in done.stdout.splitlines() if line.endswith(".svg"))
