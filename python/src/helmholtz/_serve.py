"""Life of a plugin: describe, attach, serve, end (docs/wire.md, sections 1 and 2)."""

from __future__ import annotations

import json
import os
import sys
import threading
from typing import Any, Type

from . import _attach, _start
from ._listen import check, description, handshake, listen
from .part import Part


def serve(*parts: Type[Part]) -> None:
    """Serves parts to the host that started this process, and returns only by ending it.

    The last line of a plugin::

        if __name__ == "__main__":
            hh.serve(Phi4)

    With the argument ``describe`` it prints the parts' descriptions; with ``attach`` it waits for
    runs that are told of it, as :func:`attach` does; started by hand without it says what it is and
    exits with status 2. What the plugin prints goes to the log of the run.
    """
    check("hh.serve", parts)
    if sys.argv[1:] == ["describe"]:
        out = _start.handshake or sys.stdout
        json.dump(description(*parts), out, indent=1, allow_nan=False)
        out.write("\n")
        out.flush()
        sys.exit(0)
    if sys.argv[1:] == ["attach"]:
        _attach.wait(parts)
    if _start.handshake is None:
        _explain(parts)
        sys.exit(2)
    _run(parts)


def _explain(parts: Any) -> None:
    print(f"{os.path.basename(sys.argv[0])} is a plugin of helmholtz; helmholtz starts it. It serves:", file=sys.stderr)
    for p in parts:
        m = p.manifest()
        print(f"  {m['kind']} {m['name']}: {m['summary']}", file=sys.stderr)
    print(f"Name it in a run file by plugin = NAME and path = \"{sys.argv[0]}\",\n"
          f"print its description with: {sys.argv[0]} describe\n"
          f"or let runs attach to it with: {sys.argv[0]} attach", file=sys.stderr)
    if not os.access(sys.argv[0], os.X_OK):
        print(f"It is not executable yet: chmod +x {sys.argv[0]}", file=sys.stderr)


def _run(parts: Any) -> None:
    parent = os.getppid()
    stop = threading.Event()
    socket = os.path.join(os.environ["PLUGIN_UNIX_SOCKET_DIR"], "socket")
    server = listen(parts, socket, stop.set)
    assert _start.handshake is not None
    _start.handshake.write(handshake(socket))
    _start.handshake.flush()
    while not stop.wait(1):
        if os.getppid() != parent:  # the host is gone
            os._exit(1)
    server.stop(0.2).wait(1)  # the reply to Shutdown goes out first
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)  # threads of libraries are not waited for
