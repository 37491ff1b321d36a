"""Sums over a batch in a fixed order, so that ranks and threads change no bit of them.

Share k of S (a power of two) of N configurations has those from k N/S to
(k+1) N/S - 1, integer division. A node of the tree has the sum of its left half
plus that of its right half; an empty half adds nothing (docs/wire.md, section 3).
"""

from __future__ import annotations

from typing import Callable, Dict, List, NamedTuple, Optional, Tuple

import numpy as np

MOST = 16
LEAST = 64  # configurations in a share below which a batch has fewer shares


class Share(NamedTuple):
    """Part of a share: rows ``lo`` to ``hi - 1`` of the batch at hand."""

    number: int
    lo: int
    hi: int


class Place(NamedTuple):
    """Which configurations of a whole a batch has: ``first`` to ``first + n - 1`` of ``total``."""

    first: int
    n: int
    total: int
    shares: int

    @staticmethod
    def of(first: int, n: int, total: int, shares: int) -> "Place":
        """The place as a request says it, where 0 stands for the default of total and shares."""
        if total == 0:
            first, total = 0, n
        if shares == 0:
            shares = MOST
            while shares > 1 and total < shares * LEAST:
                shares //= 2
        if shares & (shares - 1):
            raise ValueError(f"{shares} shares are no power of two")
        return Place(first, n, total, shares)

    def cut(self) -> List[Share]:
        """The batch cut at the borders of shares; empty pieces are left out."""
        pieces = []
        for k in range(self.shares):
            lo = max(k * self.total // self.shares - self.first, 0)
            hi = min((k + 1) * self.total // self.shares - self.first, self.n)
            if lo < hi:
                pieces.append(Share(k, lo, hi))
        return pieces

    def sum(self, terms: Dict[int, np.ndarray], length: int) -> np.ndarray:
        """The terms of shares by number, added up along the tree; ``length`` zeros of no terms."""
        total, _ = _node(terms.get, 0, self.shares)
        return np.zeros(length) if total is None else total


def _node(of: Callable[[int], Optional[np.ndarray]], first: int, count: int) -> Tuple[Optional[np.ndarray], bool]:
    """The sum of count shares, and whether it is a new array."""
    if count == 1:
        return of(first), False
    left, ours = _node(of, first, count // 2)
    right, new = _node(of, first + count // 2, count // 2)
    if left is None or right is None:
        return (right, new) if left is None else (left, ours)
    return np.add(left, right, out=left if ours else None), True
