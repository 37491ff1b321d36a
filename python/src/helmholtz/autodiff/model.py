"""Densities that are drawn from noise and know their ln p, of one configuration each; every derivative is automatic.

Of x(theta, u) with noise u, and ln p(x; theta): the sum over i of xbar_i . x_i + lbar_i ln p(x_i) at fixed noise
(``path_pull``), of w_i ln p at fixed x (``pull``) and d ln p/dx are vector-Jacobian products.
"""

from __future__ import annotations

from typing import Any, Callable, ClassVar, Dict, List, Optional, Sequence, Tuple

import numpy as np

from .._memory import WIDE
from ..errors import Error, lacks
from ..model import Drawn, ModelBase
from ..part import Answer, Call
from ..shares import Share
from ..spaces import Space
from .chunks import Run
from .tools import Batched, Noise, Pull, Shape, Tools

#: bytes of a draw that are kept for its pull at most; what is more is computed again
KEPT = 1 << 30
#: numbers in the sums of a run at most, which is 4 MiB, unless it has one sum: more would go through memory several times
SUMS = 1 << 19


class AutoModel(ModelBase):
    """What flows and densities share. A subclass says what its noise is, how x and ln p are made of it, and ln p of x."""

    _library: ClassVar[bool] = True

    def __init__(self, space: Space, **settings: Any) -> None:
        super().__init__(space, **settings)
        self._lib = self._tools()
        self._chunks = self._lib.chunks
        self._held = self._lib.parameters(self._starting())
        if not self._held.blocks:
            raise Error(f"{type(self).__name__}.init returned no arrays", kind="plugin")
        self._params = self._held.unloaded
        self._noise = self._law()
        self._check()
        self._draw, self._back = self._lib.keep(self._drawn, self._noise)
        self._kept: Dict[Tuple[int, int, Run], Any] = {}  # by seed, number of the first configuration, and run
        self._used = False
        self._table = self._answers()

    def _tools(self) -> Tools:
        raise NotImplementedError

    def init(self, *random: Any) -> Any:
        raise lacks(self, "init")

    def _starting(self) -> Callable[..., Any]:
        """What makes the starting parameters."""
        return self.init

    def _law(self) -> Noise:
        """The random numbers that x is made of."""
        raise NotImplementedError

    def _drawn(self, params: Any, u: Any) -> Tuple[Any, Any]:
        """x and ln p of one configuration, made of its noise."""
        raise NotImplementedError

    def _log_prob(self, params: Any, x: Any) -> Any:
        """ln p of one configuration."""
        raise NotImplementedError

    def _check(self) -> None:
        """Shapes of the author's functions, before the first call."""
        raise NotImplementedError

    def _has_shape(self, name: str, given: Sequence[Shape], want: Any, f: Optional[Callable[..., Any]] = None) -> None:
        """f, if not the author's method of that name, is it as a function of the parameters, too."""
        found = self._lib.shapes(f or getattr(self, name), *given, params=self._params)
        if found != want:
            raise Error(f"{type(self).__name__}.{name} of one configuration returned the shapes {found}, want {want}", kind="plugin")

    def is_bitwise(self) -> bool:
        return self.bitwise and self._lib.bitwise

    def parameter_blocks(self) -> List[Tuple[str, Shape]]:
        return self._held.blocks

    def start(self, seed: int) -> np.ndarray:
        return self._held.start(seed)

    # A draw keeps what pulls it back where the draw before was pulled along its samples, as in a training; one that nobody
    # pulls, as in an evaluation, keeps nothing. What was not kept is drawn once more, by the same program: which of both
    # happens, after a restart for instance, changes no digit.

    def load(self, theta: np.ndarray) -> None:
        self._kept = {}
        self._params = self._held.load(theta)

    def draw_batch(self, seed: int, first: int, pieces: Sequence[Share]) -> Drawn:
        n = pieces[-1].hi if pieces else 0
        self._kept, left = {}, KEPT if self._used else 0
        self._used = False
        results = np.empty((n, *self.space.shape)), np.empty(n)

        def end(run: Run, found: Tuple[Any, Any, int]) -> Any:
            nonlocal left
            drawn, kept, size = found
            left -= size
            self._chunks.put(run, drawn, results)
            return kept if left >= 0 else None
        runs = self._runs(pieces)
        for run, kept in zip(runs, self._chunks.each(lambda run: self._draw(self._params, self._noise_of(seed, first, run)), end, runs)):
            if kept is not None:
                self._kept[seed, first, run] = kept
        return results

    def _path_pull(self, c: Call) -> Dict[str, Any]:
        self._used = True
        bars = c.bar("x"), c.bar("log_p")

        def begin(run: Run) -> Any:
            kept = self._kept.get((c.seed, c.first, run))
            if kept is None:
                _, kept, _ = self._draw(self._params, self._noise_of(c.seed, c.first, run))
            return self._back(self._params, kept, tuple(self._chunks.weights(run, b) for b in bars), run)
        return self._sum_runs(c, begin)

    def _noise_of(self, seed: int, first: int, run: Run) -> Tuple[Any, np.ndarray]:
        """Seed and numbers of the configurations of a run; those past the end of a chunk are drawn for nothing."""
        begin = np.array([lo for lo, _ in run.borders], np.uint64) + np.uint64(first)
        return np.uint64(seed), (begin[:, None] + np.arange(self._chunks.size, dtype=np.uint64)).reshape(-1)

    def _runs(self, pieces: Sequence[Share]) -> Sequence[Run]:
        """Shares of a batch as runs, with a sum for each share, or several for a long one."""
        few = self.parameter_count() * self._chunks.most > SUMS
        return self._chunks.runs([(s.lo, s.hi) for s in pieces], 1 if few else self._chunks.most)

    def _sum_runs(self, c: Call, begin: Callable[[Run], Any]) -> Dict[str, Any]:
        """The gradient of a call, of the sums of its runs: in each share in their order, then along the tree."""
        shares = c.place.cut()
        runs = self._runs(shares)
        terms: List[Dict[int, np.ndarray]] = []  # by share, of each piece of theta that the library gives
        for run, found in zip(runs, self._chunks.each(begin, lambda _, found: [self._chunks.numpy(g) for g in found], runs)):
            terms = terms or [{} for _ in found]
            for by_share, rows in zip(terms, found):
                for piece, g in zip(run.pieces, rows):
                    k = shares[piece].number
                    by_share[k] = by_share[k] + g if k in by_share else g
        if not terms:
            return {"grad": np.zeros(self.parameter_count())}
        return {"grad": np.concatenate([c.place.sum(by_share, 0) for by_share in terms], out=c.room("grad", (self.parameter_count(),)))}

    def rows(self) -> Dict[str, Answer]:
        return self._table

    def _answers(self) -> Dict[str, Answer]:
        """The rows that the model answers."""
        def log_prob(params: Any, x: Any) -> Tuple[Any]:
            return self._log_prob(params, x),
        return {"log_prob": self._gives(self._lib.values(log_prob), ["x"], ["log_p"]),
                "slope": self._gives(self._lib.slope(log_prob), ["x"], ["log_p", "log_p_slope"]),
                "pull": self._pulls(self._lib.pull(log_prob), ["x"], ["log_p"]), "path_pull": self._path_pull}

    def _gives(self, f: Batched, takes: Sequence[str], gives: Sequence[str]) -> Answer:
        """A row that takes columns of configurations and gives others, the results of f at the parameters."""
        shapes = [self.space.shape if name in WIDE else () for name in gives]

        def answer(c: Call) -> Dict[str, Any]:
            given = [c[name] for name in takes]
            found = [c.room(name, (len(given[0]), *shape)) for name, shape in zip(gives, shapes)]
            return dict(zip(gives, self._chunks.map_to(found, lambda a: f(self._params, a), *given)))
        return answer

    def _pulls(self, f: Pull, takes: Sequence[str], bars: Sequence[str]) -> Answer:
        """A row that gives the sum over a batch of what f pulls back."""
        return lambda c: self._pulled(c, f, [c[name] for name in takes], [c.bar(name) for name in bars])

    def _pulled(self, c: Call, f: Pull, arrays: Sequence[np.ndarray], bars: Sequence[np.ndarray]) -> Dict[str, Any]:
        """That sum, of columns and cotangents."""
        return self._sum_runs(c, lambda run: f(
            self._params, tuple(self._chunks.fill(run, a) for a in arrays), tuple(self._chunks.weights(run, b) for b in bars), run))
