"""Models: normalised densities p(x; theta) that are drawn from."""

from __future__ import annotations

import math
from typing import Any, Callable, ClassVar, Dict, List, Mapping, Optional, Sequence, Tuple

import numpy as np

from .errors import lacks
from .part import Answer, Call, Part, left_open, numbers, several
from .shares import Share
from .spaces import Space

#: a draw: x of shape (n, ...) and ln p of shape (n,)
Drawn = Tuple[np.ndarray, np.ndarray]


class ModelBase(Part):
    """What models of numpy and of JAX share: the rows of the protocol, cut into shares.

    :ivar space: the space of the energy that the model is for
    :ivar symmetries: those of p
    :ivar precision: relative accuracy to which claims are checked, 1e-6 where it is 0
    :ivar memory: ``{"fixed": bytes, "per_configuration": bytes}``
    """

    _library: ClassVar[bool] = True
    kind: ClassVar[str] = "model"
    symmetries: Sequence[str] = ()
    precision: float = 0.0
    memory: Optional[Mapping[str, int]] = None

    def __init__(self, space: Space, **settings: Any) -> None:
        self.space = space
        super().__init__(**settings)

    def shape(self) -> Tuple[int, ...]:
        return self.space.shape

    def parameter_blocks(self) -> List[Tuple[str, Tuple[int, ...]]]:
        """Names and shapes of the pieces of theta, in their order."""
        raise NotImplementedError

    def parameter_count(self) -> int:
        return sum(math.prod(shape) for _, shape in self.parameter_blocks())

    def powers(self) -> List[str]:
        raise NotImplementedError

    def spec(self) -> Dict[str, Any]:
        blocks = [{"name": name, "shape": list(shape) or [1]} for name, shape in self.parameter_blocks()]
        return {"space": self.space.document, "parameters": self.parameter_count(), "blocks": blocks,
                "powers": self.powers(), **self._optional(("symmetries", "precision", "memory")), **self._digits()}

    # What follows is asked by the server.

    def notices(self) -> List[Dict[str, Any]]:
        """What the user should know and was not told yet (docs/wire.md, section 3); the power ``notices``."""
        return []

    def start(self, seed: int) -> np.ndarray:
        """Starting parameters, shape (P,)."""
        raise NotImplementedError

    def load(self, theta: np.ndarray) -> None:
        """Takes parameters, shape (P,), which are the model's own, for all later calls."""
        raise NotImplementedError

    def draw_batch(self, seed: int, first: int, pieces: Sequence[Share]) -> Drawn:
        """The configurations first, first + 1, ... that the seed decides, and their ln p; cut into shares,
        because pull-backs will be."""
        raise NotImplementedError


class Model(ModelBase):
    """A normalised density in numpy, every derivative by hand.

    Write :meth:`blocks`, :meth:`init`, :meth:`draw`, :meth:`log_prob` and :meth:`pull`; the
    others are powers that the model has where they are written. The flat parameters are
    ``self.theta``, shape (P,), and ``self.parameters()`` by block.
    """

    _library: ClassVar[bool] = True
    theta: np.ndarray

    def blocks(self) -> Mapping[str, Tuple[int, ...]]:
        """Names and shapes of the parameters, in the order that they have in theta."""
        raise lacks(self, "blocks")

    def init(self, seed: int) -> Mapping[str, np.ndarray]:
        """Starting parameters by block."""
        raise lacks(self, "init")

    def draw(self, seed: int, first: int, n: int) -> Drawn:
        """x, shape (n, ...), and ln p, shape (n,), of the configurations first to first + n - 1 of a seed.

        Each depends on seed, its number and the parameters alone; see :mod:`helmholtz.noise`.
        """
        raise lacks(self, "draw")

    def log_prob(self, x: np.ndarray) -> np.ndarray:
        """The normalised ln p of x, shape (n,)."""
        raise lacks(self, "log_prob")

    def pull(self, x: np.ndarray, w: np.ndarray) -> Mapping[str, np.ndarray]:
        """The sum over i of w_i times the gradient of ln p(x_i), by block."""
        raise lacks(self, "pull")

    @left_open
    def path_pull(self, seed: int, first: int, n: int, xbar: np.ndarray, lbar: np.ndarray) -> Mapping[str, np.ndarray]:
        """Power ``path``: at the noise of the draw (seed, first, n) the gradient, by block, of the sum over i of
        xbar_i . x_i(theta) + lbar_i ln p(x_i(theta); theta)."""
        raise NotImplementedError

    @left_open
    def slope(self, x: np.ndarray) -> Tuple[np.ndarray, np.ndarray]:
        """Power ``slope``: ln p, shape (n,), and d ln p/dx, with the shape of x."""
        raise NotImplementedError

    @left_open
    def map(self, z: np.ndarray) -> Tuple[np.ndarray, np.ndarray]:
        """Power ``map``, with :meth:`inverse` and :meth:`map_pull`: x = f(z) of standard normal z, ln abs(det dx/dz)."""
        raise NotImplementedError

    @left_open
    def inverse(self, x: np.ndarray) -> Tuple[np.ndarray, np.ndarray]:
        """z of x, and ln abs(det dx/dz) there."""
        raise NotImplementedError

    @left_open
    def map_pull(self, z: np.ndarray, xbar: np.ndarray, lbar: np.ndarray) -> np.ndarray:
        """(dx/dz)^T xbar + lbar times the gradient of ln abs(det dx/dz) in z, with the shape of z."""
        raise NotImplementedError

    def parameters(self) -> Dict[str, np.ndarray]:
        """The parameters by block, views of theta."""
        found, at = {}, 0
        for name, shape in self.parameter_blocks():
            size = math.prod(shape)
            found[name] = self.theta[at:at + size].reshape(shape)
            at += size
        return found

    def parameter_blocks(self) -> List[Tuple[str, Tuple[int, ...]]]:
        return [(name, tuple(shape)) for name, shape in self.blocks().items()]

    def powers(self) -> List[str]:
        found = [p for p, m in (("path", "path_pull"), ("slope", "slope")) if self._overrides(m)]
        return found + (["map"] if all(map(self._overrides, ("map", "inverse", "map_pull"))) else [])

    def start(self, seed: int) -> np.ndarray:
        return self._flat("init", self.init(seed))

    def load(self, theta: np.ndarray) -> None:
        self.theta = theta

    def draw_batch(self, seed: int, first: int, pieces: Sequence[Share]) -> Drawn:
        n = pieces[-1].hi if pieces else 0
        x, p = several("draw", self.draw(seed, first, n), 2, self)
        return numbers("draw [0]", x, (n, *self.shape()), self), numbers("draw [1]", p, (n,), self)

    def sum_shares(self, c: Call, of: Callable[[Share], np.ndarray]) -> Dict[str, Any]:
        """The gradient of a call, of what each share adds, summed in the fixed order."""
        return {"grad": c.place.sum({s.number: of(s) for s in c.place.cut()}, self.parameter_count())}

    def rows(self) -> Dict[str, Answer]:
        return {"log_prob": self._log_prob, "pull": self._pull, "path_pull": self._path_pull, "slope": self._slope,
                "map": self._map, "inverse": self._inverse, "map_pull": self._map_pull}

    def _flat(self, what: str, blocks: Mapping[str, np.ndarray]) -> np.ndarray:
        pieces = [numbers(f"{what} {name!r}", blocks.get(name), shape, self).ravel() for name, shape in self.parameter_blocks()]
        return np.concatenate(pieces) if pieces else np.empty(0)

    def _log_prob(self, c: Call) -> Dict[str, Any]:
        x = c["x"]
        return {"log_p": numbers("log_prob", self.log_prob(x), (len(x),), self)}

    def _pull(self, c: Call) -> Dict[str, Any]:
        x, w = c["x"], c.bar("log_p")
        return self.sum_shares(c, lambda s: self._flat("pull", self.pull(x[s.lo:s.hi], w[s.lo:s.hi])))

    def _path_pull(self, c: Call) -> Dict[str, Any]:
        xbar, lbar, first = c.bar("x"), c.bar("log_p"), c.first

        def of(s: Share) -> np.ndarray:
            return self._flat("path_pull", self.path_pull(c.seed, first + s.lo, s.hi - s.lo, xbar[s.lo:s.hi], lbar[s.lo:s.hi]))
        return self.sum_shares(c, of)

    def _two(self, what: str, value: Any, first: Tuple[int, ...], second: Tuple[int, ...]) -> List[np.ndarray]:
        pair = several(what, value, 2, self)
        return [numbers(f"{what} [{k}]", v, shape, self) for k, (v, shape) in enumerate(zip(pair, (first, second)))]

    def _slope(self, c: Call) -> Dict[str, Any]:
        x = c["x"]
        p, slope = self._two("slope", self.slope(x), x.shape[:1], x.shape)
        return {"log_p": p, "log_p_slope": slope}

    def _map(self, c: Call) -> Dict[str, Any]:
        z = c["z"]
        x, det = self._two("map", self.map(z), z.shape, z.shape[:1])
        return {"x": x, "log_det": det}

    def _inverse(self, c: Call) -> Dict[str, Any]:
        x = c["x"]
        z, det = self._two("inverse", self.inverse(x), x.shape, x.shape[:1])
        return {"z": z, "log_det": det}

    def _map_pull(self, c: Call) -> Dict[str, Any]:
        z = c["z"]
        return {"z_bar": numbers("map_pull", self.map_pull(z, c.bar("x"), c.bar("log_det")), z.shape, self)}
