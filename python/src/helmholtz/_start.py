"""A process that Helmholtz started is taken over before anything else is imported.

A library that prints while it is imported would garble the one line that the
host reads from standard output, and a signal meant for the host would end the
plugin before the host can write its checkpoint. So importing :mod:`helmholtz`
first is enough: standard output is set aside, prints go to standard error,
which the host keeps in its log, and the signals of batch systems are ignored.
In any other process nothing happens.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import IO, Optional

COOKIE_KEY = "HELMHOLTZ_PLUGIN"
COOKIE = "helmholtz-wire-d2c1a04e"

#: the standard output that the host reads, None in a process that no host started
handshake: Optional[IO[str]] = None


def started_by_host() -> bool:
    """Whether the host started this process to describe or to serve a part."""
    return os.environ.get(COOKIE_KEY) == COOKIE and sys.argv[1:2] in (["describe"], ["serve"])


def take() -> None:
    """Set standard output aside and ignore the signals that are meant for the host."""
    global handshake
    if handshake is not None or not started_by_host():
        return
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2"):
        try:
            signal.signal(getattr(signal, name), signal.SIG_IGN)
        except ValueError:  # not the main thread: the host blocks them until then
            pass
    handshake = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(line_buffering=True)  # prints stand before the traceback that follows them


take()
