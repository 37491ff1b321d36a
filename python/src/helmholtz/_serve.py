"""Life of a plugin: describe, serve, end (docs/wire.md, sections 1 and 2)."""

from __future__ import annotations

import json
import os
import sys
import threading
from typing import Any, Callable, Sequence, Type

from . import _start
from ._files import own_files
from .part import Part

PROTOCOL = 2
_PREFIX = "helmholtz-plugin-"


def serve(*parts: Type[Part]) -> None:
    """Serves parts to the host that started this process, and returns only by ending it.

    The last line of a plugin::

        if __name__ == "__main__":
            hh.serve(Phi4)

    With the argument ``describe`` it prints the parts' descriptions; with ``attach`` it waits for
    runs that are told of it, as :func:`attach` does; started by hand without it says what it is and
    exits with status 2. What the plugin prints goes to the log of the run.
    """
    for p in parts:
        if not (isinstance(p, type) and issubclass(p, Part) and p.kind):
            raise TypeError(f"hh.serve takes classes derived of hh.Energy, hh.Model, hh.Observer or hh.Objective, got {p!r}")
    if sys.argv[1:] == ["describe"]:
        out = _start.handshake or sys.stdout
        json.dump(description(*parts), out, indent=1, allow_nan=False)
        out.write("\n")
        out.flush()
        sys.exit(0)
    if sys.argv[1:] == ["attach"]:
        from . import _attach
        _attach.wait(parts)
    if _start.handshake is None:
        _explain(parts)
        sys.exit(2)
    _run(parts)


def description(*parts: Type[Part], files: bool = True) -> Any:
    """What ``describe`` prints, as a document."""
    name = os.path.basename(sys.argv[0])
    return {"name": name[len(_PREFIX):] if name.startswith(_PREFIX) else name, "version": parts[0].version if parts else "0",
            "protocols": [PROTOCOL], "parts": [p.manifest() for p in parts], "files": own_files(parts) if files else {}}


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


def handshake(socket: str) -> str:
    """The line by which a host learns where a server is."""
    return f"1|{PROTOCOL}|unix|{socket}|grpc\n"


def listen(parts: Sequence[Type[Part]], socket: str, stop: Callable[[], None]) -> Any:
    """A server of gRPC at a unix socket, started, for one host; ``stop`` is called when it asks to end."""
    import grpc  # only a plugin that is served needs it
    from concurrent import futures

    from ._server import Server

    def shutdown(_request: bytes, _context: Any) -> bytes:
        stop()
        return b""

    def method(function: Callable[[Any], Any], request: Any) -> Any:
        return grpc.unary_unary_rpc_method_handler(lambda r, _context: function(r), request.FromString,
                                                   lambda reply: reply.SerializeToString())

    from . import wire_pb2 as pb
    requests = {"Open": pb.OpenRequest, "Call": pb.CallRequest, "Init": pb.InitRequest, "Draw": pb.DrawRequest,
                "State": pb.StateRequest}
    methods = {name: method(f, requests[name]) for name, f in Server(parts).methods().items()}
    server = grpc.server(futures.ThreadPoolExecutor(2), options=[
        ("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)])
    server.add_generic_rpc_handlers((
        grpc.method_handlers_generic_handler("helmholtz.v2.Part", methods),
        grpc.method_handlers_generic_handler("plugin.GRPCController", {
            "Shutdown": grpc.unary_unary_rpc_method_handler(shutdown)}),
    ))
    server.add_insecure_port("unix:" + socket)
    server.start()
    return server
