"""A process that Helmholtz started is taken over before anything else is imported.

A library that prints while it is imported would garble the one line that the
host reads from standard output, and a signal meant for the host would end the
plugin before the host can write its checkpoint. So importing :mod:`helmholtz`
first is enough: standard output is set aside, prints go to standard error,
which the host keeps in its log, and the signals of batch systems are ignored.
In any other process nothing happens.

The memory of arrays stays with the process when they are freed. glibc would give it back to the system and get
new pages with the next call, which takes up to a third of a training step of millions of parameters.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from typing import IO, Optional

# Names of mallopt(3): how much is left free at the end of the heap, from which size on an array is no part of it, and how
# many heaps there are.
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8

COOKIE_KEY = "HELMHOLTZ_PLUGIN"
COOKIE = "helmholtz-wire-d2c1a04e"

#: the standard output that the host reads, None in a process that no host started
handshake: Optional[IO[str]] = None


def started_by_host() -> bool:
    """Whether the host started this process to describe or to serve a part."""
    return os.environ.get(COOKIE_KEY) == COOKIE and sys.argv[1:2] in (["describe"], ["serve"])


def refuse_in_plugin(function: str) -> None:
    """Refuses what starts the host in a process that it started: a program that is imported for its parts would start itself
    again and again."""
    if started_by_host():
        raise RuntimeError(f"{function} is called in a process that helmholtz started for the parts of this file: put it into another file "
                           'or a notebook; for hh.test, below if __name__ == "__main__" is enough')


def take() -> None:
    """Set standard output aside, ignore the signals that are meant for the host, and keep freed memory."""
    global handshake
    if handshake is not None or not started_by_host():
        return
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2"):
        try:
            signal.signal(getattr(signal, name), signal.SIG_IGN)
        except ValueError:  # not the main thread: the host blocks them until then
            pass
    _keep_memory()
    handshake = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(line_buffering=True)  # prints stand before the traceback that follows them


def _keep_memory() -> None:
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError):  # another C library
        return
    for name, value in ((_M_TRIM_THRESHOLD, (1 << 31) - 1), (_M_MMAP_THRESHOLD, 1 << 30)):
        mallopt(name, value)


take()
