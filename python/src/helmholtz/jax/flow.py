"""Normalizing flows in JAX: an invertible map of normal variables, every derivative automatic.

    x = f(z; theta),  z ~ N(0, 1),    ln p(x) = ln N(z) - ln abs(det dx/dz).

The sum over i of xbar_i . x_i + lbar_i ln p(x_i) at fixed noise (``path_pull``), of w_i ln p at
fixed x (``pull``), d ln p/dx and the pull-backs of the map are vector-Jacobian products.
"""

from __future__ import annotations

import math
from typing import Any, ClassVar, Dict, List, Sequence, Tuple

import numpy as np

from ..model import Drawn
from ..part import Answer, Call
from ..shares import Share
from .. import noise
from ..errors import Error
from ._model import JaxModel, pulled, ravel


class Flow(JaxModel):
    """A flow; the author writes :meth:`init`, :meth:`forward` and :meth:`inverse` for one configuration.

    >>> class Scale(hh.jax.Flow):
    ...     '''x = z exp(s)'''
    ...     def init(self, key):
    ...         return {"s": jnp.zeros(self.space.shape)}
    ...     def forward(self, p, z):
    ...         return z * jnp.exp(p["s"]), p["s"].sum()
    ...     def inverse(self, p, x):
    ...         return x * jnp.exp(-p["s"]), p["s"].sum()
    """

    _library: ClassVar[bool] = True
    spaces: ClassVar[Sequence[str]] = ("field", "particles")
    #: Parameters from which on a draw keeps what its pull needs. Below, what is kept costs more
    #: than to draw again: of a real NVP of 10 000 (chunk of 64, 2 threads) 1.9 ms against 1.6 ms, of
    #: one of 150 000 7.3 ms against 8.5 ms.
    keep_from: ClassVar[int] = 50_000

    def forward(self, params: Any, z: Any) -> Tuple[Any, Any]:
        """x = f(z) and ln abs(det dx/dz), a scalar; z and x have the space's shape."""
        raise NotImplementedError(f"{type(self).__name__} has no method forward")

    def inverse(self, params: Any, x: Any) -> Tuple[Any, Any]:
        """z with f(z) = x, and ln abs(det dx/dz) at that z."""
        raise NotImplementedError(f"{type(self).__name__} has no method inverse")

    def powers(self) -> List[str]:
        return ["path", "slope", "map", "map_gradient"]

    def _compile(self, jax: Any, jnp: Any) -> None:
        shape = self.space.shape
        constant = self.space.size / 2 * math.log(2 * math.pi)

        def draw(params: Any, z: Any) -> Any:
            x, det = self.forward(params, z)
            return x, -(z * z).sum() / 2 - constant - det

        def log_prob(params: Any, x: Any) -> Any:
            z, det = self.inverse(params, x)
            return -(z * z).sum() / 2 - constant - det

        def batch(f: Any) -> Any:
            return jax.vmap(f, (None, 0))

        def drawn(seed: Any, numbers: Any) -> Any:
            z = noise.normal(seed, numbers, self.space.size, jnp).reshape(-1, *shape)
            return lambda params: batch(draw)(params, z)

        self._draw = jax.jit(lambda params, *numbered: drawn(*numbered)(params))
        self._draw_to_pull = jax.jit(lambda params, *numbered: jax.vjp(drawn(*numbered), params))
        self._kept_pull = jax.jit(lambda back, *bars: ravel(back(bars)[0]))
        self._path = jax.jit(lambda params, seed, numbers, *bars: pulled(drawn(seed, numbers), params, *bars))
        self._log_p = jax.jit(lambda params, x: (batch(log_prob)(params, x),))
        self._grad = jax.jit(lambda params, x, w: pulled(lambda p: batch(log_prob)(p, x), params, w))
        self._with_slope = jax.jit(batch(jax.value_and_grad(log_prob, 1)))
        self._forward, self._inverse = jax.jit(batch(self.forward)), jax.jit(batch(self.inverse))
        self._z_pull = jax.jit(lambda params, z, *bars: jax.vjp(lambda v: batch(self.forward)(params, v), z)[1](bars))
        self._theta_pull = jax.jit(lambda params, z, *bars: pulled(lambda p: batch(self.forward)(p, z), params, *bars))
        self._check(jax, jnp)
        self._kept: Dict[int, Any] = {}  # by the number of a chunk's first configuration
        self._used = self._keep = False

    def _check(self, jax: Any, jnp: Any) -> None:
        """Shapes of the author's functions, before the first call."""
        for name, f in (("forward", self.forward), ("inverse", self.inverse)):
            one = jax.ShapeDtypeStruct(self.space.shape, jnp.float64)
            found = jax.eval_shape(f, self._params, one)
            shapes = tuple(getattr(v, "shape", None) for v in found) if isinstance(found, (tuple, list)) else found
            if shapes != (self.space.shape, ()):
                raise Error(f"{type(self).__name__}.{name} of one configuration returned the shapes {shapes}, "
                            f"want {self.space.shape} and a scalar", kind="plugin")

    # A draw keeps the vjp of its chunks where the draw before was pulled along its samples, as in a
    # training; one that nobody pulls, as in an evaluation, keeps nothing.

    def draw_batch(self, seed: int, first: int, pieces: Sequence[Share]) -> Drawn:
        self._keep, self._used, self._kept = self._used, False, {}
        return super().draw_batch(seed, first, pieces)

    def load(self, theta: np.ndarray) -> None:
        self._kept = {}
        super().load(theta)

    def _draw_chunk(self, seed: Any, numbers: np.ndarray) -> Any:
        if not self._keep or self.parameter_count() < self.keep_from:
            return super()._draw_chunk(seed, numbers)
        drawn, self._kept[int(numbers[0])] = self._draw_to_pull(self._params, seed, numbers)
        return drawn

    def rows(self) -> Dict[str, Answer]:
        return {"log_prob": self._row_log_prob, "pull": self._row_pull, "path_pull": self._row_path_pull, "slope": self._row_slope,
                "map": self._row_map, "inverse": self._row_inverse, "map_pull": self._row_map_pull,
                "map_gradient": self._row_map_gradient}

    def _row_log_prob(self, c: Call) -> Dict[str, Any]:
        p, = self._chunks.map(lambda x: self._log_p(self._params, x), c["x"], shapes=[()])
        return {"log_p": p}

    def _row_pull(self, c: Call) -> Dict[str, Any]:
        return self._pull_by(self._grad, c, c["x"], c.bar("log_p"))

    def _row_path_pull(self, c: Call) -> Dict[str, Any]:
        self._used = True
        xbar, lbar, seed = c.bar("x"), c.bar("log_p"), np.uint64(c.seed)

        def of(lo: int, hi: int) -> Any:
            bars = self._chunks.weights(xbar[lo:hi]), self._chunks.weights(lbar[lo:hi])
            back = self._kept.get(c.first + lo)  # a chunk has all numbers from its first on
            if back is not None:
                return self._kept_pull(back, *bars)
            return self._path(self._params, seed, self._numbered(c.first + lo), *bars)
        return self._sum_chunks(c, of)

    def _row_slope(self, c: Call) -> Dict[str, Any]:
        p, slope = self._chunks.map(lambda x: self._with_slope(self._params, x), c["x"], shapes=[(), self.space.shape])
        return {"log_p": p, "log_p_slope": slope}

    def _row_map(self, c: Call) -> Dict[str, Any]:
        x, det = self._chunks.map(lambda z: self._forward(self._params, z), c["z"], shapes=[self.space.shape, ()])
        return {"x": x, "log_det": det}

    def _row_inverse(self, c: Call) -> Dict[str, Any]:
        z, det = self._chunks.map(lambda x: self._inverse(self._params, x), c["x"], shapes=[self.space.shape, ()])
        return {"z": z, "log_det": det}

    def _row_map_pull(self, c: Call) -> Dict[str, Any]:
        z_bar, = self._chunks.map(lambda *a: self._z_pull(self._params, *a), c["z"], c.bar("x"), c.bar("log_det"),
                                  shapes=[self.space.shape])
        return {"z_bar": z_bar}

    def _row_map_gradient(self, c: Call) -> Dict[str, Any]:
        return self._pull_by(self._theta_pull, c, c["z"], c.bar("x"), c.bar("log_det"))
