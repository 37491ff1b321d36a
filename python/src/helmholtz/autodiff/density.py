"""Densities that are drawn from random numbers and know their ln p: autoregressive networks, mixtures, ..."""

from __future__ import annotations

from typing import Any, ClassVar, List, Tuple

from ..errors import lacks
from .model import AutoModel
from .tools import Noise


class Density(AutoModel):
    """A normalised density; the author writes ``init``, :meth:`sample` and :meth:`log_prob` for one configuration.

    Where x is a smooth function of parameters and noise, set ``reparametrised = True``: the density
    then has the gradient along its samples, too.

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
        raise lacks(self, "sample")

    def log_prob(self, params: Any, x: Any) -> Any:
        """The normalised ln p of x, a scalar."""
        raise lacks(self, "log_prob")

    def powers(self) -> List[str]:
        if not self.space.continuous:
            return []
        return (["path"] if self.reparametrised else []) + ["slope"]

    def _law(self) -> Noise:
        return Noise(self.noise, self.noise_shape())

    def _drawn(self, params: Any, u: Any) -> Tuple[Any, Any]:
        x = self.sample(params, u)
        return x, self.log_prob(params, x)

    def _log_prob(self, params: Any, x: Any) -> Any:
        return self.log_prob(params, x)

    def _check(self) -> None:
        self._has_shape("sample", [self.noise_shape()], self.space.shape)
        self._has_shape("log_prob", [self.space.shape], ())
