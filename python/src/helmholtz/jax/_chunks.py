"""Batches in chunks of one fixed size.

A compiled function of the whole batch would be compiled anew for each n, and its digits
for configuration i could depend on n. So batches are cut into chunks of a fixed size, the
last of which is filled up with copies of its last configuration. JAX works on a few of them
at a time, while earlier ones are put together; sums over chunks are made in their order.
"""

from __future__ import annotations

import os
from collections import deque
from typing import Any, Callable, Deque, Iterator, List, Sequence, Tuple

import numpy as np

from ._lazy import module

#: configurations of a chunk on a CPU: the least that a share of a batch has. More would
#: fill up chunks for nothing, fewer cost calls. A multiple of all widths of vectors, so
#: that digits do not depend on the place in a chunk.
CPU = 64
#: on a GPU, which larger chunks fill
GPU = 2048


class Chunks:
    """The size of chunks on the device that JAX has, and how many are begun before the first is awaited."""

    def __init__(self) -> None:
        self.gpu = module("jax").default_backend() != "cpu"
        self.size = GPU if self.gpu else CPU
        self._ahead = 2 if self.gpu else 2 * (os.cpu_count() or 1)

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

    def ahead(self, begun: Iterator[Any]) -> Iterator[Any]:
        """The results of an iterator that begins work with each step, some steps later."""
        waiting: Deque[Any] = deque()
        for result in begun:
            waiting.append(result)
            if len(waiting) > self._ahead:
                yield waiting.popleft()
        yield from waiting

    def map(self, f: Callable[..., Any], *arrays: np.ndarray, shapes: Sequence[Tuple[int, ...]]) -> List[np.ndarray]:
        """f of all chunks of arrays of n rows: its results, of n rows and those shapes, put together."""
        n = len(arrays[0])
        results = [np.empty((n, *shape)) for shape in shapes]
        begun = ((b, f(*(self.fill(a[b[0]:b[1]]) for a in arrays))) for b in self.cut(0, n))
        for (lo, hi), found in self.ahead(begun):
            for r, v in zip(results, found):
                r[lo:hi] = np.asarray(v)[:hi - lo]
        return results
