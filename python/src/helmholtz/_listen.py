"""What a host is told of parts, and the server that it calls (docs/wire.md, sections 1 and 2)."""

from __future__ import annotations

import os
import sys
from typing import Any, Callable, Sequence, Type

from ._files import own_files
from .part import Part

PROTOCOL = 2
_PREFIX = "helmholtz-plugin-"


def check(taker: str, parts: Sequence[Any]) -> None:
    """Refuses what is no class of a part, in the name of the function that takes it."""
    for p in parts:
        if not (isinstance(p, type) and issubclass(p, Part) and p.kind):
            raise TypeError(f"{taker} takes classes derived of hh.Energy, hh.Model, hh.Observer or hh.Objective, got {p!r}")


def description(*parts: Type[Part], files: bool = True) -> Any:
    """What ``describe`` prints, as a document."""
    name = os.path.basename(sys.argv[0])
    return {"name": name[len(_PREFIX):] if name.startswith(_PREFIX) else name, "version": parts[0].version if parts else "0",
            "protocols": [PROTOCOL], "parts": [p.manifest() for p in parts], "files": own_files(parts) if files else {}}


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
