"""States of fermions, for density matrices: which one-particle states are occupied."""

from __future__ import annotations

import itertools
from typing import Any, Dict, Iterator, List, Sequence, Tuple

import numpy as np

from .errors import Error

#: more states than that are a list that nobody wants to sum over
MOST = 1 << 16


def occupations(orbitals: Any, levels: Any, n: int, above: float) -> Tuple[np.ndarray, np.ndarray]:
    """All states of n fermions without interaction with energies up to so much above the lowest: their quantum numbers, shape (S, n, dimension),
    those of low energy first, and their energies, shape (S,).

    >>> quanta = [(a, b) for a in range(9) for b in range(9) if a + b < 9]
    >>> states, energies = hh.occupations(quanta, [a + b + 1 for a, b in quanta], n=3, above=4)

    :param orbitals: quantum numbers of one-particle states, shape (M, dimension); of all that are low enough to be occupied
    :param levels: their energies, shape (M,)
    :param n: fermions, all alike
    :param above: energy above the ground state up to which states are listed; those as high are among them, up to rounding
    """
    orbitals, levels = np.asarray(orbitals), np.asarray(levels, float)
    if orbitals.ndim != 2 or levels.shape != orbitals.shape[:1] or len(levels) < n:
        raise Error(f"{orbitals.shape} quantum numbers and {levels.shape} levels are no orbitals of {n} fermions", kind="plugin")
    order = np.argsort(levels, kind="stable")
    e = levels[order].tolist()
    sums = list(itertools.accumulate(e, initial=0.0))
    most = sums[n] + above + 1e-9 * max(1.0, abs(above), *map(abs, e[:n]))

    def extended(taken: Tuple[int, ...], energy: float) -> Iterator[Tuple[int, ...]]:
        left = n - len(taken)
        if left == 0:
            yield taken
            return
        for k in range(taken[-1] + 1 if taken else 0, len(e) - left + 1):
            if energy + sums[k + left] - sums[k] > most:  # the lowest that can follow
                return
            yield from extended((*taken, k), energy + e[k])

    found: List[Tuple[int, ...]] = []
    for taken in extended((), 0.0):
        found.append(taken)
        if len(found) > MOST:
            raise Error(f"there are more than {MOST} states of {n} fermions up to {above} above the lowest", "take fewer in")
    states = np.array(found, int).reshape(-1, n)
    energies = levels[order][states].sum(1)
    first = np.argsort(energies.round(9), kind="stable")
    return orbitals[order][states[first]], energies[first]


class States:
    """States K of a density matrix, by their quantum numbers and by the labels of orbitals that cross the border.

    :ivar numbers: quantum numbers as the author lists them, shape (S, N, dimension)
    :ivar orbitals: all quantum numbers that occur, shape (M, dimension)
    :ivar labels: the rows of ``orbitals`` that each state occupies, int32 of shape (S, N), rising for each kind of particles
    """

    def __init__(self, numbers: Any, kinds: Sequence[int], dimension: int) -> None:
        self.numbers = np.asarray(numbers)
        want = (sum(kinds), dimension)
        if self.numbers.ndim != 3 or self.numbers.shape[1:] != want or not len(self.numbers) or self.numbers.dtype.kind not in "iuf":
            raise Error(f"states is an array of {self.numbers.dtype} of the shape {self.numbers.shape}, want quantum numbers of the shape "
                        f"(states, {want[0]}, {want[1]}): those of each particle in each state", kind="plugin")
        if len(self.numbers) > MOST:
            raise Error(f"there are {len(self.numbers)} states, and at most {MOST} can be listed")
        flat = self.numbers.reshape(-1, dimension)
        _, first, which = np.unique(flat, axis=0, return_index=True, return_inverse=True)
        by_first = np.argsort(first)  # in the order in which they occur
        self.orbitals = flat[first[by_first]]
        label = np.argsort(by_first)[which.reshape(-1)].reshape(self.numbers.shape[:2])
        ends = np.cumsum(kinds)
        self.labels = np.concatenate([np.sort(label[:, end - n:end]) for end, n in zip(ends, kinds)], axis=1).astype(np.int32)
        self._number: Dict[bytes, int] = {}
        for s, row in enumerate(self.labels):
            for end, n in zip(ends, kinds):
                if len(set(row[end - n:end].tolist())) < n:
                    raise Error(f"state {s} has an orbital twice: {self.numbers[s].tolist()}", "fermions of a kind differ in their orbitals", kind="plugin")
            other = self._number.setdefault(row.tobytes(), s)
            if other != s:
                raise Error(f"the states {other} and {s} have the same orbitals: {self.numbers[s].tolist()}", kind="plugin")

    def __len__(self) -> int:
        return len(self.numbers)

    def find(self, labels: np.ndarray) -> np.ndarray:
        """Which states have these labels, shape (n, N)."""
        try:
            return np.array([self._number[row.tobytes()] for row in np.ascontiguousarray(labels, np.int32)], int)
        except KeyError:
            at = next(i for i, row in enumerate(labels) if row.astype(np.int32).tobytes() not in self._number)
            raise Error(f"configuration {at} is in no state of the model: orbitals {labels[at].tolist()}",
                        "it stems from a model with other states") from None
