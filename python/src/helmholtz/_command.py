"""The command helmholtz, which is a program of its own."""

from __future__ import annotations

import os
import shutil
import sysconfig
from typing import Optional


def find(helmholtz: Optional[str] = None) -> str:
    """The command: the argument, ``HELMHOLTZ``, the one that a wheel has put beside this Python, or that on the PATH."""
    own = os.path.join(sysconfig.get_path("scripts"), "helmholtz")
    command = helmholtz or os.environ.get("HELMHOLTZ") or (own if os.access(own, os.X_OK) else shutil.which("helmholtz"))
    if not command:
        raise FileNotFoundError("the command helmholtz is neither beside this Python nor on the PATH: install the wheel that has it, "
                                "set HELMHOLTZ, or give helmholtz=FILE")
    return command
