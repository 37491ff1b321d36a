"""Loops of JAX over the chunks of a run.

A chunk has to have the same digits in a run of any length, and the compiler rounds a b + c once or twice, as it fuses operations.
So the number of turns is an argument of the program: the body of the loop is neither unrolled nor fused with anything around it. And an axis of
chunks, or of sums, has a length of two at least: where it is one, the compiler leaves out the index, and fuses otherwise.
"""

from __future__ import annotations

import threading
from typing import Any, Callable, Dict, List, NamedTuple, Optional, Set, Tuple

import numpy as np

from ..autodiff.chunks import Run
from ._load import module


class Loop(NamedTuple):
    """How a program goes through a run.

    :ivar size: configurations of a chunk
    :ivar most: chunks that arrays have room for
    :ivar turns: how many there are, an argument of the program; None where runs have one chunk, and there is no loop
    """

    size: int
    most: int
    turns: Any

    def cut(self, arrays: Any) -> Any:
        """A tree of arrays with one row for each configuration, and of numbers, as one with an axis of chunks in front of arrays."""
        return _map(lambda a: a.reshape(self.most, -1, *a.shape[1:]) if a.ndim else a, arrays)

    def chunk(self, tree: Any, i: Any) -> Any:
        """Chunk i of such a tree."""
        return _map(lambda a: _lax().dynamic_index_in_dim(a, i, keepdims=False) if a.ndim else a, tree)

    def each(self, of: Callable[[Any], Any]) -> Any:
        """of(i) of all chunks, with an axis of chunks in front."""
        jax = module("jax")
        begin = _map(lambda a: jax.numpy.zeros((self.most, *a.shape), a.dtype), jax.eval_shape(of, np.int32(0)))
        return self._go(lambda i, found: _map(lambda f, a: _lax().dynamic_update_index_in_dim(f, a, i, 0), found, of(i)), begin)

    def rows(self, of: Callable[[Any], Any]) -> Any:
        """The same, of results with one row for each configuration, without the axis of chunks."""
        return _map(lambda a: a.reshape(-1, *a.shape[2:]), self.each(of))

    def sums(self, of: Callable[[Any], Any], to: Any, count: int, like: Any) -> Any:
        """Sums of of(i), trees like ``like``, over chunks in their order: chunk i adds to sum to[i] of count.

        Leaves, flat, shape (count, ..): side by side, unless there is one sum, which is long.
        """
        jax = module("jax")

        def turn(i: Any, found: Any) -> Any:
            def add(f: Any, a: Any) -> Any:
                return _lax().dynamic_update_index_in_dim(f, _lax().dynamic_index_in_dim(f, to[i], keepdims=False) + a, to[i], 0)
            return _map(add, found, of(i))
        found = self._go(turn, _map(lambda a: jax.numpy.zeros((count, *a.shape)), like))
        leaves = [leaf.reshape(count, -1) for leaf in jax.tree_util.tree_leaves(found)]
        return leaves if count == 1 else [jax.numpy.concatenate(leaves, axis=1)]

    def _go(self, turn: Callable[[Any, Any], Any], begin: Any) -> Any:
        return turn(0, begin) if self.turns is None else _lax().fori_loop(0, self.turns, turn, begin)


class Program:
    """A compiled function of runs, f(loop, params, arrays), or f(loop, params, arrays, kept, to, count) of one with sums.

    It is compiled once for each number of chunks, whichever threads call it first.

    :param loops: runs may have several chunks of this size, otherwise one of any size
    """

    def __init__(self, f: Callable[..., Any], size: int, loops: bool) -> None:
        def run(params: Any, arrays: Any, kept: Any, turns: Any, to: Any, most: int, count: int) -> Any:
            loop = Loop(size, most, turns)
            return f(loop, params, arrays) if to is None else f(loop, params, arrays, kept, to, count)
        self._run = module("jax").jit(run, static_argnums=(5, 6))
        self._size, self._loops = size, loops
        self._ready: Set[Tuple[int, int, int]] = set()
        self._lock = threading.Lock()

    def __call__(self, params: Any, arrays: Any, rows: int, run: Optional[Run] = None, kept: Any = None) -> Any:
        """
        :param rows: configurations in the arrays
        :param run: of a program with sums
        :param kept: results of :meth:`Loop.each` of another program
        """
        turns = most = max(rows // self._size, 1)
        if self._loops and most == 1:
            most, arrays = 2, _map(lambda a: np.concatenate([a, a]) if np.ndim(a) else a, arrays)
        # There are as many sums as chunks, the last of them zero, so that few programs are compiled.
        count, to = (0, None) if run is None else (1 if run.alone else most, np.resize(np.array(run.sums, np.int32), most))
        given = params, arrays, kept, np.int32(turns) if self._loops else None, to, most, count
        if (rows, most, count) in self._ready:
            return self._run(*given)
        with self._lock:
            found = self._run(*given)
            self._ready.add((rows, most, count))
        return found


def dependent(jax: Any, f: Callable[[Any], List[Any]], x: Any) -> Tuple[List[int], List[Optional[int]]]:
    """Which of the arrays that f(x) returns depend on x, each once, and for each array its place among them, None of one that does not.

    By the operations that f is made of; of one with a part that depends, all results are said to.
    """
    traced = jax.make_jaxpr(f)(x).jaxpr
    known, found, place = {id(v) for v in traced.invars}, [], []
    for e in traced.eqns:
        if any(id(v) in known for v in e.invars):
            known.update(id(v) for v in e.outvars)
    first: Dict[int, int] = {}
    for k, v in enumerate(traced.outvars):
        if id(v) in known and id(v) not in first:
            first[id(v)] = len(found)
            found.append(k)
        place.append(first.get(id(v)))
    return found, place


def _map(f: Callable[..., Any], *trees: Any) -> Any:
    return module("jax").tree_util.tree_map(f, *trees)


def _lax() -> Any:
    return module("jax.lax")
