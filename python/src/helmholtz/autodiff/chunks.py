"""Batches in chunks of one fixed size.

A compiled function of the whole batch would be compiled anew for each n, and its digits
for configuration i could depend on n. So batches are cut into chunks of a fixed size, the
last of which is filled up with copies of its last configuration. A library may work on a few of
them at a time, while earlier ones are put together; sums over chunks are made in their order.
"""

from __future__ import annotations

from collections import deque
from typing import Any, Callable, Deque, Iterator, List, NamedTuple, Sequence, Tuple

import numpy as np

#: configurations of a chunk on a CPU: the least that a share of a batch has. More would
#: fill up chunks for nothing, fewer cost calls. A multiple of all widths of vectors, so
#: that digits do not depend on the place in a chunk.
CPU = 64
#: on a GPU, which larger chunks fill
GPU = 2048


class Chunks(NamedTuple):
    """How batches are cut and put together.

    :ivar size: configurations of a chunk
    :ivar begun: how many chunks are begun before the first is awaited
    :ivar numpy: waits for an array of the library, and returns it as one of numpy
    """

    size: int
    begun: int
    numpy: Callable[[Any], np.ndarray]

    def cut(self, lo: int, hi: int) -> Iterator[Tuple[int, int]]:
        """Borders of the chunks of the configurations lo to hi - 1."""
        return ((a, min(a + self.size, hi)) for a in range(lo, hi, self.size))

    def fill(self, a: np.ndarray) -> np.ndarray:
        """Part of a batch as a chunk, filled up with copies of its last row."""
        missing = self.size - len(a)
        return np.concatenate([a, np.repeat(a[-1:], missing, axis=0)]) if missing else np.asarray(a)

    def weights(self, w: np.ndarray) -> np.ndarray:
        """Cotangents as a chunk, filled up with zeros."""
        return np.concatenate([w, np.zeros((self.size - len(w), *w.shape[1:]))]) if len(w) < self.size else np.asarray(w)

    def ahead(self, started: Iterator[Any]) -> Iterator[Any]:
        """The results of an iterator that begins work with each step, some steps later."""
        waiting: Deque[Any] = deque()
        for result in started:
            waiting.append(result)
            if len(waiting) > self.begun:
                yield waiting.popleft()
        yield from waiting

    def put(self, found: Iterator[Tuple[Tuple[int, int], Sequence[Any]]], n: int,
            shapes: Sequence[Tuple[int, ...]]) -> List[np.ndarray]:
        """Results of chunks with their borders, put together: n rows, of those shapes."""
        results = [np.empty((n, *shape)) for shape in shapes]
        for (lo, hi), values in self.ahead(found):
            for r, v in zip(results, values):
                r[lo:hi] = self.numpy(v)[:hi - lo]
        return results

    def map(self, f: Callable[..., Any], *arrays: np.ndarray, shapes: Sequence[Tuple[int, ...]]) -> List[np.ndarray]:
        """f of all chunks of arrays of n rows: its results, of n rows and those shapes, put together."""
        n = len(arrays[0])
        return self.put(((b, f(tuple(self.fill(a[b[0]:b[1]]) for a in arrays))) for b in self.cut(0, n)), n, shapes)
