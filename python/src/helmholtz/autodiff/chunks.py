"""Batches in chunks of one fixed size, and runs of chunks.

A compiled function of the whole batch would be compiled anew for each n, and its digits
for configuration i could depend on n. So batches are cut into chunks of a fixed size, the
last of which is filled up with copies of its last configuration.

A call costs the same whatever its size. So it is about a *run* of chunks, which the library goes
through one after the other, by the same instructions however many there are: 1, 2, 4, ..., so that few programs are
compiled. Where a library can, several runs are worked on at a time. Digits depend on
neither: what chunks add to a sum is added in their order, and a sum ends with a run or before.
"""

from __future__ import annotations

import os
from collections import deque
from concurrent.futures import ThreadPoolExecutor, wait
from functools import lru_cache
from typing import Any, Callable, Deque, Iterable, Iterator, List, NamedTuple, Sequence, Tuple

import numpy as np

#: configurations of a chunk on a CPU: the least that a share of a batch has. More would
#: fill up chunks for nothing, fewer cost calls. A multiple of all widths of vectors, so
#: that digits do not depend on the place in a chunk.
CPU = 64
#: on a GPU, which larger chunks fill
GPU = 2048


class Run(NamedTuple):
    """The chunks of one call.

    :ivar borders: first configuration, and that after the last, of each chunk
    :ivar sums: for each chunk the number of the sum that it adds to, from 0, ascending
    :ivar pieces: for each sum the number of the piece of the batch that it is of
    :ivar alone: runs have one sum, whatever the batch
    """

    borders: Tuple[Tuple[int, int], ...]
    sums: Tuple[int, ...]
    pieces: Tuple[int, ...]
    alone: bool


class Chunks:
    """How batches are cut and put together.

    :ivar size: configurations of a chunk
    :ivar most: chunks of a run at most, a power of two
    :ivar workers: threads that each work on a run, the caller's among them
    :ivar begun: how many runs one thread begins before it awaits the first
    :ivar numpy: waits for an array of the library, and returns it as one of numpy
    """

    def __init__(self, size: int, numpy: Callable[[Any], np.ndarray], most: int = 1, workers: int = 1, begun: int = 0) -> None:
        self.size, self.most, self.workers, self.begun, self.numpy = size, most, workers, begun, numpy
        self._pool = ThreadPoolExecutor(workers - 1) if workers > 1 else None  # begins its threads when they are needed
        self._known = lru_cache(16)(self._runs)  # the steps of a training have batches of a few sizes

    def runs(self, pieces: Iterable[Tuple[int, int]], sums: int = 0) -> Sequence[Run]:
        """Pieces of a batch, by their borders, as runs.

        :param sums: how many sums a run may have. Then a sum is of chunks of one piece, and which depends on the length of that
            piece alone; where it is 0 there are none, and a run is of any chunks
        """
        return self._known(tuple(pieces), sums)

    def _runs(self, pieces: Sequence[Tuple[int, int]], sums: int) -> Sequence[Run]:
        parts: List[Tuple[int, List[Tuple[int, int]]]] = []  # what may not be taken apart
        for number, (lo, hi) in enumerate(pieces):
            borders = [(a, min(a + self.size, hi)) for a in range(lo, hi, self.size)]
            at = 0
            while at < len(borders):
                length = _power(min(len(borders) - at, self.most)) if sums else 1
                parts.append((number, borders[at:at + length]))
                at += length
        total = sum(len(borders) for _, borders in parts)
        length = min(self.most, -(-total // self.workers))
        found, at = [], 0
        while at < len(parts):
            end = self._end(parts, at, length, sums or len(parts))
            run = parts[at:end]
            found.append(Run(tuple(b for _, borders in run for b in borders), tuple(k for k, (_, borders) in enumerate(run) for _ in borders),
                             tuple(number for number, _ in run), sums == 1))
            at = end
        return found

    @staticmethod
    def _end(parts: Sequence[Tuple[int, Sequence[Any]]], at: int, length: int, most: int) -> int:
        """Where a run ends that begins with a part: after a power of two of chunks, no more than length unless the part has."""
        end, chunks = at + 1, len(parts[at][1])
        for k in range(at + 1, min(at + most, len(parts))):
            chunks += len(parts[k][1])
            if chunks > length:
                break
            if chunks & (chunks - 1) == 0:
                end = k + 1
        return end

    def fill(self, run: Run, a: np.ndarray) -> np.ndarray:
        """A column's rows of a run; chunks are filled up with copies of their last row."""
        return self._rows(run, a, lambda last: last)

    def weights(self, run: Run, w: np.ndarray) -> np.ndarray:
        """The same of cotangents, filled up with zeros."""
        return self._rows(run, w, np.zeros_like)

    def _rows(self, run: Run, a: np.ndarray, filling: Callable[[np.ndarray], Any]) -> np.ndarray:
        first, rows = run.borders[0][0], len(run.borders) * self.size
        if run.borders[-1][1] - first == rows:
            return a[first:first + rows]
        found = np.empty((rows, *a.shape[1:]), a.dtype)
        for at, (lo, hi) in zip(range(0, rows, self.size), run.borders):
            found[at:at + hi - lo] = a[lo:hi]
            found[at + hi - lo:at + self.size] = filling(a[hi - 1])
        return found

    def each(self, begin: Callable[[Run], Any], end: Callable[[Run, Any], Any], runs: Sequence[Run]) -> Iterable[Any]:
        """What end makes of what begin has begun, of all runs in their order."""
        if self._pool is None or len(runs) < 2:
            return self._ahead(begin, end, runs)
        found: List[Any] = [None] * len(runs)
        left = deque(range(len(runs)))

        def work(take: Callable[[], int]) -> None:
            while left:
                try:
                    k = take()
                except IndexError:  # another thread has the last
                    return
                found[k] = end(runs[k], begin(runs[k]))
        # The caller's thread begins while others wake, so it takes the last run, which has to be filled up.
        others = [self._pool.submit(work, left.popleft) for _ in range(min(self.workers, len(runs)) - 1)]
        try:
            work(left.pop)
        finally:
            wait(others)
        for other in others:
            other.result()
        return found

    def _ahead(self, begin: Callable[[Run], Any], end: Callable[[Run, Any], Any], runs: Sequence[Run]) -> Iterator[Any]:
        waiting: Deque[Tuple[Run, Any]] = deque()
        for run in runs:
            waiting.append((run, begin(run)))
            if len(waiting) > self.begun:
                yield end(*waiting.popleft())
        for pair in waiting:
            yield end(*pair)

    def put(self, run: Run, found: Sequence[Any], results: Sequence[np.ndarray]) -> None:
        """Writes the rows that a run has found where they belong."""
        for result, rows in zip(results, found):
            rows = self.numpy(rows)
            for at, (lo, hi) in zip(range(0, len(rows), self.size), run.borders):
                result[lo:hi] = rows[at:at + hi - lo]

    def map(self, f: Callable[..., Any], *arrays: np.ndarray, shapes: Sequence[Tuple[int, ...]]) -> Sequence[np.ndarray]:
        """f of all chunks of arrays of n rows: its results, of n rows and those shapes, put together."""
        return self.map_to([np.empty((len(arrays[0]), *shape)) for shape in shapes], f, *arrays)

    def map_to(self, results: Sequence[np.ndarray], f: Callable[..., Any], *arrays: np.ndarray) -> Sequence[np.ndarray]:
        """The same, put together in those arrays."""
        for _ in self.each(lambda run: f(tuple(self.fill(run, a) for a in arrays)), lambda run, found: self.put(run, found, results),
                           self.runs([(0, len(arrays[0]))])):
            pass
        return results


def processors() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _power(n: int) -> int:
    """The largest power of two that is not above n > 0."""
    return 1 << (n.bit_length() - 1)
