"""Parts of this process in runs that are started elsewhere: for debuggers and notebooks (docs/wire.md, section 1)."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import sys
import tempfile
import threading
from typing import Any, Optional, Type

from ._start import refuse_in_plugin
from ._listen import check, description, handshake, listen
from .part import Part

KEY = "HELMHOLTZ_REATTACH"


def attach(*parts: Type[Part]) -> "Attachment":
    """Lets runs use the parts of this process, which go on being what they are here: classes of a notebook, code under a debugger.

    >>> door = hh.attach(Ising)          # prints the line to export where helmholtz is started
    >>> door.close()

    Runs that are started from this process (``hh.run``, ``!helmholtz run``) need no line: the variable
    ``HELMHOLTZ_REATTACH`` is set here. Any number of runs may use it, one after another or at the same time; each makes a
    part of its own of the class as it was when this was called. A part goes before all others of its name, and no call
    has a limit of time. The results say that the files of such a part are not known.
    """
    return Attachment(*parts)


class Attachment:
    """Parts that wait for runs, until ``close()`` or the end of a ``with`` block.

    :ivar door: the socket at which they wait
    """

    def __init__(self, *parts: Type[Part], quiet: bool = False) -> None:
        refuse_in_plugin("hh.attach")
        check("hh.attach", parts)
        self._description = json.dumps(description(*parts, files=False), allow_nan=False).encode() + b"\n"
        self._parts, self._number, self._lock = parts, 0, threading.Lock()
        self._folder = tempfile.mkdtemp(prefix="helmholtz-attach-")  # of this user alone
        self.door = os.path.join(self._folder, "door")
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(self.door)
        self._listener.listen(16)
        threading.Thread(target=self._wait, daemon=True, name="helmholtz-attach").start()
        before = os.environ.get(KEY)
        os.environ[KEY] = self.door + (os.pathsep + before if before else "")
        if not quiet:
            print(self.line, flush=True)

    @property
    def line(self) -> str:
        """What a shell is to be told."""
        return f"export {KEY}={os.environ.get(KEY, self.door)}"

    def close(self) -> None:
        """Waits no more. A run that uses the parts goes on as long as this process does."""
        left = [d for d in os.environ.get(KEY, "").split(os.pathsep) if d not in ("", self.door)]
        if left:
            os.environ[KEY] = os.pathsep.join(left)
        else:
            os.environ.pop(KEY, None)
        self._listener.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def __enter__(self) -> "Attachment":
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()

    def _wait(self) -> None:
        while True:
            try:
                host, _ = self._listener.accept()
            except OSError:  # closed
                return
            threading.Thread(target=self._answer, args=(host,), daemon=True).start()

    def _answer(self, host: socket.socket) -> None:
        """One host: the description, or a server of its own as long as it keeps the connection."""
        with host, host.makefile("rb") as lines:
            asked = lines.readline(64)
            if asked == b"describe\n":
                host.sendall(self._description)
            elif asked == b"serve\n":
                with self._lock:
                    self._number += 1
                    place = os.path.join(self._folder, str(self._number))
                server = listen(self._parts, place, lambda: None)
                try:
                    host.sendall(handshake(place).encode())
                    lines.read()  # until the host closes it
                except OSError:
                    pass  # it is gone
                finally:
                    server.stop(0)


def wait(parts: Any) -> None:
    """The argument ``attach`` of a plugin: prints the line to export, and waits until a signal ends it."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    door: Optional[Attachment] = None
    try:
        door = Attachment(*parts)
        threading.Event().wait()
    except KeyboardInterrupt:
        pass
    finally:
        if door is not None:
            door.close()
    sys.stdout.flush()
    os._exit(0)  # threads of libraries are not waited for
