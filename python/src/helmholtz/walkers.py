"""Models that are drawn from by Markov chains of their own (the power ``walk``, docs/wire.md, section 3).

There is one chain for each configuration of a batch. Chain i, one of first to first + n - 1 of total, goes on where
the model holds the chains of these three numbers; otherwise all begin anew. What becomes of it is decided by the
parameters, its row, the seed of the draw and i.
"""

from __future__ import annotations

from typing import Any, Dict, NamedTuple

import numpy as np

from .errors import Error
from .model import ModelBase


class Chains(NamedTuple):
    """What chains remember from draw to draw: those with the numbers first to first + n - 1 of total.

    :ivar rows: shape (n, ...), what goes with one chain; n = 0 for chains that have not begun
    """

    first: int
    total: int
    rows: np.ndarray

    def are(self, first: int, n: int, total: int) -> bool:
        """Whether these are the n chains from a first one on of that total."""
        return n > 0 and (self.first, len(self.rows), self.total) == (first, n, total)

    @staticmethod
    def none() -> "Chains":
        return Chains(0, 0, np.empty((0, 0)))

    def pack(self, pb: Any, memory: Any) -> Any:
        """As a message, its numbers in the message."""
        arrays = {name: memory.answer(pb.Array, pb.Array(name=name), v) for name, v in (("rows", self.rows), ("whole", np.empty(0)))}
        return pb.Remembered(**{"from": self.first}, n=len(self.rows), total=self.total, **arrays)

    @staticmethod
    def unpack(message: Any, memory: Any) -> "Chains":
        rows, n, whole = memory.read(message.rows), message.n, memory.read(message.whole)
        if len(whole) or (len(rows) % n if n else len(rows)):
            raise Error(f"{len(rows)} numbers in {n} rows and {len(whole)} beside them are no state of chains")
        if n == 0:
            return Chains.none()
        return Chains(getattr(message, "from"), message.total or n, rows.reshape(n, -1).copy())


class Walker(ModelBase):
    """A model with chains; ``chains`` is what they remember, empty before the first draw."""

    _library = True
    chains: Chains = Chains.none()

    def walk(self, seed: int, first: int, n: int, total: int) -> Dict[str, np.ndarray]:
        """Moves the chains, or begins new ones, and returns the columns of the draw: x, log_p, accept, ..."""
        raise NotImplementedError

    def checked(self, chains: Chains) -> Chains:
        """The chains, or an error of kind ``invalid`` where they cannot be this model's."""
        raise NotImplementedError
