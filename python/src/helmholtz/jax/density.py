"""Densities in JAX that are drawn from random numbers and know their ln p: autoregressive networks, mixtures, ...

Where x is a smooth function of parameters and noise, set ``reparametrised = True``: the density
then has the gradient along its samples, too.
"""

from __future__ import annotations

import math
from typing import Any, ClassVar, Dict, List, Tuple

import numpy as np

from ..errors import Error
from ..part import Answer, Call
from .. import noise as random
from ._model import JaxModel, pulled


class Density(JaxModel):
    """A normalised density; the author writes :meth:`init`, :meth:`sample` and :meth:`log_prob` for one configuration.

    >>> class Coins(hh.jax.Density):
    ...     '''Independent spins, p_j = 1/(1 + exp(-2 theta_j))'''
    ...     spaces = ("spins",)
    ...     def init(self, key):
    ...         return jnp.zeros(self.space.shape)
    ...     def sample(self, theta, u):
    ...         return jnp.where(u < jax.nn.sigmoid(2 * theta), 1.0, -1.0)
    ...     def log_prob(self, theta, x):
    ...         return jax.nn.log_sigmoid(2 * theta * x).sum()

    :cvar noise: law of the numbers that :meth:`sample` gets, ``"uniform"`` in [0, 1) or ``"normal"``
    :cvar reparametrised: x is differentiable in the parameters
    """

    _library: ClassVar[bool] = True
    noise: ClassVar[str] = "uniform"
    reparametrised: ClassVar[bool] = False

    def noise_shape(self) -> Tuple[int, ...]:
        """Shape of the random numbers of one configuration; by default that of the space."""
        return self.space.shape

    def sample(self, params: Any, u: Any) -> Any:
        """x, with the space's shape, made of random numbers u of :meth:`noise_shape`."""
        raise NotImplementedError(f"{type(self).__name__} has no method sample")

    def log_prob(self, params: Any, x: Any) -> Any:
        """The normalised ln p of x, a scalar."""
        raise NotImplementedError(f"{type(self).__name__} has no method log_prob")

    def powers(self) -> List[str]:
        if not self.space.continuous:
            return []
        return (["path"] if self.reparametrised else []) + ["slope"]

    def _compile(self, jax: Any, jnp: Any) -> None:
        shape = self.noise_shape()

        law, size = {"normal": random.normal, "uniform": random.uniform}[self.noise], math.prod(shape)

        def draw(params: Any, u: Any) -> Any:
            x = self.sample(params, u).astype(jnp.float64)
            return x, self.log_prob(params, x)

        def batch(f: Any) -> Any:
            return jax.vmap(f, (None, 0))

        def drawn(seed: Any, numbers: Any) -> Any:
            u = law(seed, numbers, size, jnp).reshape(-1, *shape)
            return lambda params: batch(draw)(params, u)

        self._check(jax, jnp, shape)
        self._draw = jax.jit(lambda params, *numbered: drawn(*numbered)(params))
        self._path = jax.jit(lambda params, seed, numbers, *bars: pulled(drawn(seed, numbers), params, *bars))
        self._log_p = jax.jit(lambda params, x: (batch(self.log_prob)(params, x),))
        self._grad = jax.jit(lambda params, x, w: pulled(lambda p: batch(self.log_prob)(p, x), params, w))
        self._with_slope = jax.jit(batch(jax.value_and_grad(self.log_prob, 1)))

    def _check(self, jax: Any, jnp: Any, shape: Tuple[int, ...]) -> None:
        for name, f, given, want in (("sample", self.sample, shape, self.space.shape), ("log_prob", self.log_prob, self.space.shape, ())):
            found = jax.eval_shape(f, self._params, jax.ShapeDtypeStruct(given, jnp.float64))
            if getattr(found, "shape", None) != want:
                raise Error(f"{type(self).__name__}.{name} of one configuration returned the shape "
                            f"{getattr(found, 'shape', found)}, want {want}", kind="plugin")

    def rows(self) -> Dict[str, Answer]:
        return {"log_prob": self._row_log_prob, "pull": self._row_pull, "path_pull": self._row_path_pull, "slope": self._row_slope}

    def _row_log_prob(self, c: Call) -> Dict[str, Any]:
        p, = self._chunks.map(lambda x: self._log_p(self._params, x), c["x"], shapes=[()])
        return {"log_p": p}

    def _row_pull(self, c: Call) -> Dict[str, Any]:
        return self._pull_by(self._grad, c, c["x"], c.bar("log_p"))

    def _row_path_pull(self, c: Call) -> Dict[str, Any]:
        xbar, lbar, seed = c.bar("x"), c.bar("log_p"), np.uint64(c.seed)
        return self._sum_chunks(c, lambda lo, hi: self._path(
            self._params, seed, self._numbered(c.first + lo), self._chunks.weights(xbar[lo:hi]), self._chunks.weights(lbar[lo:hi])))

    def _row_slope(self, c: Call) -> Dict[str, Any]:
        p, slope = self._chunks.map(lambda x: self._with_slope(self._params, x), c["x"], shapes=[(), self.space.shape])
        return {"log_p": p, "log_p_slope": slope}
