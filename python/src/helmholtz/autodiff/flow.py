"""Normalizing flows: an invertible map of normal variables,

    x = f(z; theta),  z ~ N(0, w^2),    ln p(x) = ln N(z) - ln abs(det dx/dz),

w = 1 if nothing else is said.

The pull-backs of the map in z and in theta are vector-Jacobian products.
"""

from __future__ import annotations

import math
from typing import Any, ClassVar, Dict, List, Sequence, Tuple

from ..errors import lacks
from ..part import Answer
from .model import AutoModel
from .tools import Noise


class Flow(AutoModel):
    """A flow; the author writes ``init``, :meth:`forward` and :meth:`inverse` for one configuration."""

    _library: ClassVar[bool] = True
    spaces: ClassVar[Sequence[str]] = ("field", "particles")

    def forward(self, params: Any, z: Any) -> Tuple[Any, Any]:
        """x = f(z) and ln abs(det dx/dz), a scalar; z and x have the space's shape."""
        raise lacks(self, "forward")

    def inverse(self, params: Any, x: Any) -> Tuple[Any, Any]:
        """z with f(z) = x, and ln abs(det dx/dz) at that z."""
        raise lacks(self, "inverse")

    def base_width(self) -> float:
        """Standard deviation of each component of z."""
        return 1.0

    def powers(self) -> List[str]:
        return ["path", "slope", "map", "map_gradient"]

    def spec(self) -> Dict[str, Any]:
        width, d = self.base_width(), self.space.size
        return {**super().spec(), **({"base": {"mean": [0.0] * d, "factor": [width] * d}} if width != 1 else {})}

    def _law(self) -> Noise:
        return Noise("normal", self.space.shape)

    def _base(self, u: Any) -> Any:
        """ln of the density of z = width u."""
        return -(u * u).sum() / 2 - self.space.size * math.log(self.base_width() * math.sqrt(2 * math.pi))

    def _drawn(self, params: Any, u: Any) -> Tuple[Any, Any]:
        x, det = self.forward(params, self.base_width() * u)
        return x, self._base(u) - det

    def _log_prob(self, params: Any, x: Any) -> Any:
        z, det = self.inverse(params, x)
        return self._base(z / self.base_width()) - det

    def _check(self) -> None:
        for name in ("forward", "inverse"):
            self._has_shape(name, [self.space.shape], (self.space.shape, ()))

    def _answers(self) -> Dict[str, Answer]:
        def forward(params: Any, z: Any) -> Tuple[Any, ...]:
            return tuple(self.forward(params, z))
        inverse = self._lib.values(lambda params, x: tuple(self.inverse(params, x)))
        z_pull = self._lib.pull_first(forward)
        return {**super()._answers(),
                "map": self._gives(self._lib.values(forward), ["z"], ["x", "log_det"]),
                "inverse": self._gives(inverse, ["x"], ["z", "log_det"]),
                "map_pull": lambda c: {"z_bar": self._chunks.map_to(
                    [c.room("z_bar", c["z"].shape)], lambda a: (z_pull(self._params, a[:1], a[1:]),), c["z"], c.bar("x"), c.bar("log_det"))[0]},
                "map_gradient": self._pulls(self._lib.pull(forward), ["z"], ["x", "log_det"])}
