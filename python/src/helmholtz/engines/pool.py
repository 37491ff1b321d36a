"""A pool of processes that evaluate one configuration at a time.

An engine is a function of x, shape (N, 3), that returns E and dE/dx. Each worker builds one of its own from a factory, named
by module and function, and answers configurations as they come. What a configuration's digits are is the engine's
business alone: who evaluates it, and what was evaluated before, is not to be seen, as long as the engine keeps no
memory. A worker sends each result by itself, so that one that dies is known to have died of the first that is missing.
"""

from __future__ import annotations

import importlib
import multiprocessing.connection as connection
import os
import pickle
import signal
import socket
import struct
import subprocess
import sys
from typing import Any, Callable, Dict, List, Mapping, Optional, Tuple

import numpy as np

#: an engine: (x, whether the slope is wanted) to E and dE/dx, which is None where it is not wanted
Engine = Callable[[np.ndarray, bool], Tuple[float, Optional[np.ndarray]]]

# Configurations that a worker is sent at a time, at most: fewer would wait for the pipe at 0.1 ms of work each, more
# would leave workers idle at the end of a batch of 100.
CHUNK = 16

_HEAD = struct.Struct("<4q")  # of a batch: whether slopes are wanted, and its shape; its numbers follow
_FAILED = 1  # first byte of a reply about a failure; eight zeros stand before numbers


class Failure(Exception):
    """A configuration that could not be evaluated, or with ``index`` None an engine that could not be built.

    :ivar index: its number in the batch
    :ivar text: the cause
    :ivar died: whether the process ended
    """

    def __init__(self, index: Optional[int], text: str, died: bool = False) -> None:
        super().__init__(text)
        self.index, self.text, self.died = index, text, died


class Pool:
    """Workers that evaluate batches.

    :param factory: ``"module:function"``; the function is called in each worker with ``arguments``, and returns an :data:`Engine`
    :param workers: how many processes
    """

    def __init__(self, factory: str, arguments: Mapping[str, Any], workers: int) -> None:
        self._order = pickle.dumps((factory, dict(arguments)))
        self._count = workers
        self._workers: List[_Worker] = []

    def evaluate(self, x: np.ndarray, slope: bool) -> Tuple[np.ndarray, Optional[np.ndarray]]:
        """E, shape (n,), and dE/dx of x, shape (n, N, 3); the :class:`Failure` of the first configuration that fails."""
        n = len(x)
        energy, gradient = np.empty(n), np.empty(x.shape) if slope else None
        size = max(1, min(CHUNK, -(-n // self._count)))
        chunks = [(k, min(k + size, n)) for k in range(0, n, size)][::-1]
        self._start(min(self._count, len(chunks)))
        failures: List[Failure] = []
        idle, busy = list(self._workers), {}  # type: ignore[var-annotated]
        while chunks or busy:
            # the chunks before one that failed were all given out: the first failure is the same for any number of workers
            while chunks and idle and not failures:
                worker, (lo, hi) = idle.pop(), chunks.pop()
                busy[worker.link] = worker
                try:
                    worker.give(x[lo:hi], slope, lo, hi)
                except OSError:
                    pass  # it has ended, as is found when its results are read
            if not busy:
                break
            for link in connection.wait(list(busy)):
                worker = busy[link]
                try:
                    if worker.take(energy, gradient):
                        idle.append(busy.pop(link))
                except Failure as e:
                    failures.append(e)
                    del busy[link]
                    self._drop(worker)
        if failures:
            raise min(failures, key=lambda f: -1 if f.index is None else f.index)
        return energy, gradient

    def close(self) -> None:
        """Ends the workers."""
        for worker in list(self._workers):
            self._drop(worker)

    def _start(self, count: int) -> None:
        while len(self._workers) < count:
            self._workers.append(_Worker(self._order))

    def _drop(self, worker: "_Worker") -> None:
        self._workers.remove(worker)
        worker.end()


class _Worker:
    """One process, and the configurations it was given: ``next`` to ``end`` of the batch are not answered yet."""

    def __init__(self, order: bytes) -> None:
        mine, other = socket.socketpair()
        program = f"import sys; sys.path[:] = {sys.path!r}; from helmholtz.engines.pool import work; work({other.fileno()})"
        with other:
            self.process = subprocess.Popen([sys.executable, "-c", program], pass_fds=[other.fileno()], stdin=subprocess.DEVNULL, stdout=2)
        self.link = connection.Connection(mine.detach())
        self.next = self.last = 0
        self._order: Optional[bytes] = order

    def give(self, x: np.ndarray, slope: bool, first: int, last: int) -> None:
        self.next, self.last = first, last
        if self._order is not None:
            self.link.send_bytes(self._order)
            self._order = None
        self.link.send_bytes(_HEAD.pack(slope, *x.shape) + np.ascontiguousarray(x, "<f8").tobytes())

    def take(self, energy: np.ndarray, gradient: Optional[np.ndarray]) -> bool:
        """Reads one result; true when it was the last that the worker owes."""
        try:
            reply = self.link.recv_bytes()
        except (EOFError, OSError):
            raise Failure(self.next, f"the process that evaluated it ended {self._status()}", died=True) from None
        if reply[0] == _FAILED:
            failure: Dict[str, Any] = pickle.loads(reply[1:])
            raise Failure(None if failure["building"] else self.next, failure["text"])
        numbers = np.frombuffer(reply, "<f8", offset=8)
        energy[self.next] = numbers[0]
        if gradient is not None:
            gradient[self.next] = numbers[1:].reshape(gradient.shape[1:])
        self.next += 1
        return self.next == self.last

    def _status(self) -> str:
        try:
            code = self.process.wait(10)
        except subprocess.TimeoutExpired:
            return "its connection"
        if code < 0:
            return f"by the signal {signal.Signals(-code).name}"
        return f"with the status {code}"

    def end(self) -> None:
        self.link.close()
        self.process.kill()
        self.process.wait()


def work(descriptor: int) -> None:
    """The life of a worker: build, then evaluate until the other end closes."""
    link = connection.Connection(descriptor)
    try:
        engine = _build(link)
        while engine is not None:
            message = link.recv_bytes()
            slope, *shape = _HEAD.unpack_from(message)
            for x in np.frombuffer(message, "<f8", offset=_HEAD.size).reshape(shape):
                _answer(link, engine, x, bool(slope))
    except (EOFError, OSError):
        pass
    os._exit(0)  # threads of libraries are not waited for


def _build(link: Any) -> Optional[Engine]:
    factory, arguments = pickle.loads(link.recv_bytes())
    module, function = factory.split(":")
    try:
        return getattr(importlib.import_module(module), function)(**arguments)
    except Exception as e:
        link.send_bytes(_failed(e, building=True))
        return None


def _answer(link: Any, engine: Engine, x: np.ndarray, slope: bool) -> None:
    try:
        energy, gradient = engine(x.copy(), slope)
        numbers = np.concatenate([[energy], np.zeros(0) if gradient is None else np.ravel(gradient)]).astype("<f8")
    except Exception as e:
        link.send_bytes(_failed(e, building=False))
        return
    link.send_bytes(bytes(8) + numbers.tobytes())


def _failed(e: Exception, building: bool) -> bytes:
    text = f"{type(e).__name__}: {e}" if str(e) else type(e).__name__
    return bytes([_FAILED]) + pickle.dumps({"text": text, "building": building})
