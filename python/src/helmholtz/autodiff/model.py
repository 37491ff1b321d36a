"""Densities that are drawn from noise and know their ln p, of one configuration each; every derivative is automatic.

Of x(theta, u) with noise u, and ln p(x; theta): the sum over i of xbar_i . x_i + lbar_i ln p(x_i) at fixed noise
(``path_pull``), of w_i ln p at fixed x (``pull``) and d ln p/dx are vector-Jacobian products.
"""

from __future__ import annotations

from typing import Any, Callable, ClassVar, Dict, List, Optional, Sequence, Tuple

import numpy as np

from .._memory import WIDE
from ..errors import Error
from ..model import Drawn, ModelBase
from ..part import Answer, Call
from ..shares import Share
from ..spaces import Space
from .tools import Batched, Noise, Pull, Shape, Tools


class AutoModel(ModelBase):
    """What flows and densities share. A subclass says what its noise is, how x and ln p are made of it, and ln p of x."""

    _library: ClassVar[bool] = True

    def __init__(self, space: Space, **settings: Any) -> None:
        super().__init__(space, **settings)
        self._lib = self._tools()
        self._chunks = self._lib.chunks
        self._held = self._lib.parameters(self.init)
        if not self._held.blocks:
            raise Error(f"{type(self).__name__}.init returned no arrays", kind="plugin")
        self._params = self._held.unloaded
        self._noise = self._law()
        self._check()
        self._draw, self._path = self._lib.values(self._drawn, self._noise), self._lib.pull(self._drawn, self._noise)
        self._draw_to_pull = self._lib.keep(self._drawn, self._noise)
        self._kept: Dict[int, Callable[..., Any]] = {}  # by the number of a chunk's first configuration
        self._used = self._keep = False
        self._table = self._answers()

    def _tools(self) -> Tools:
        raise NotImplementedError

    def init(self, *random: Any) -> Any:
        raise NotImplementedError(f"{type(self).__name__} has no method init")

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

    # A draw keeps what pulls its chunks back where the draw before was pulled along its samples, as in a
    # training; one that nobody pulls, as in an evaluation, keeps nothing.

    def load(self, theta: np.ndarray) -> None:
        self._kept = {}
        self._params = self._held.load(theta)

    def draw_batch(self, seed: int, first: int, pieces: Sequence[Share]) -> Drawn:
        self._keep, self._used, self._kept = self._used and self.parameter_count() >= self._lib.keep_from, False, {}
        x, log_p = self._chunks.put(
            ((b, self._draw_chunk(np.uint64(seed), first + b[0])) for s in pieces for b in self._chunks.cut(s.lo, s.hi)),
            pieces[-1].hi if pieces else 0, [self.space.shape, ()])
        return x, log_p

    def _draw_chunk(self, seed: Any, first: int) -> Any:
        noise = seed, self._numbered(first)
        if not self._keep:
            return self._draw(self._params, noise)
        drawn, self._kept[first] = self._draw_to_pull(self._params, noise)
        return drawn

    def _numbered(self, first: int) -> np.ndarray:
        """Numbers of the configurations of a chunk; those past the end of a batch are drawn for nothing."""
        return np.arange(first, first + self._chunks.size, dtype=np.uint64)

    def _sum_chunks(self, c: Call, of: Callable[[int, int], Any]) -> Dict[str, Any]:
        """The gradient of a call, of what its chunks add: in each share in their order, then along the tree."""
        terms: Dict[int, np.ndarray] = {}
        begun = ((s.number, of(lo, hi)) for s in c.place.cut() for lo, hi in self._chunks.cut(s.lo, s.hi))
        for k, g in self._chunks.ahead(begun):
            g = self._chunks.numpy(g)
            terms[k] = terms[k] + g if k in terms else g
        return {"grad": c.place.sum(terms, self.parameter_count())}

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
        return lambda c: dict(zip(gives, self._chunks.map(lambda a: f(self._params, a), *(c[name] for name in takes), shapes=shapes)))

    def _pulls(self, f: Pull, takes: Sequence[str], bars: Sequence[str]) -> Answer:
        """A row that gives the sum over a batch of what f pulls back of its chunks."""
        def answer(c: Call) -> Dict[str, Any]:
            arrays, cotangents = [c[name] for name in takes], [c.bar(name) for name in bars]
            return self._sum_chunks(c, lambda lo, hi: f(
                self._params, tuple(self._chunks.fill(a[lo:hi]) for a in arrays), tuple(self._chunks.weights(b[lo:hi]) for b in cotangents)))
        return answer

    def _path_pull(self, c: Call) -> Dict[str, Any]:
        self._used = True
        xbar, lbar, seed = c.bar("x"), c.bar("log_p"), np.uint64(c.seed)

        def of(lo: int, hi: int) -> Any:
            bars = self._chunks.weights(xbar[lo:hi]), self._chunks.weights(lbar[lo:hi])
            back = self._kept.get(c.first + lo)  # a chunk has all numbers from its first on
            return back(bars) if back is not None else self._path(self._params, (seed, self._numbered(c.first + lo)), bars)
        return self._sum_chunks(c, of)
