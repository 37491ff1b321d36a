"""Normalizing flows: an invertible map of normal variables,

    x = f(z; theta),  z ~ N(0, 1),    ln p(x) = ln N(z) - ln abs(det dx/dz).

The pull-backs of the map in z and in theta are vector-Jacobian products.
"""

from __future__ import annotations

import math
from typing import Any, ClassVar, Dict, List, Sequence, Tuple

from ..part import Answer, Call
from .model import AutoModel
from .tools import Noise


class Flow(AutoModel):
    """A flow; the author writes ``init``, :meth:`forward` and :meth:`inverse` for one configuration."""

    _library: ClassVar[bool] = True
    spaces: ClassVar[Sequence[str]] = ("field", "particles")

    def forward(self, params: Any, z: Any) -> Tuple[Any, Any]:
        """x = f(z) and ln abs(det dx/dz), a scalar; z and x have the space's shape."""
        raise NotImplementedError(f"{type(self).__name__} has no method forward")

    def inverse(self, params: Any, x: Any) -> Tuple[Any, Any]:
        """z with f(z) = x, and ln abs(det dx/dz) at that z."""
        raise NotImplementedError(f"{type(self).__name__} has no method inverse")

    def powers(self) -> List[str]:
        return ["path", "slope", "map", "map_gradient"]

    def _law(self) -> Noise:
        return Noise("normal", self.space.shape)

    def _base(self, z: Any) -> Any:
        return -(z * z).sum() / 2 - self.space.size / 2 * math.log(2 * math.pi)

    def _drawn(self, params: Any, u: Any) -> Tuple[Any, Any]:
        x, det = self.forward(params, u)
        return x, self._base(u) - det

    def _log_prob(self, params: Any, x: Any) -> Any:
        z, det = self.inverse(params, x)
        return self._base(z) - det

    def _check(self) -> None:
        shape = self.space.shape
        for name in ("forward", "inverse"):
            self._has_shape(name, [shape], (shape, ()))
        lib = self._lib
        self._forward, self._inverse = lib.values(lambda p, z: tuple(self.forward(p, z))), lib.values(lambda p, x: tuple(self.inverse(p, x)))
        self._z_pull, self._theta_pull = (make(lambda p, z: tuple(self.forward(p, z))) for make in (lib.pull_first, lib.pull))

    def rows(self) -> Dict[str, Answer]:
        return {**super().rows(), "map": self._row_map, "inverse": self._row_inverse, "map_pull": self._row_map_pull,
                "map_gradient": self._row_map_gradient}

    def _row_map(self, c: Call) -> Dict[str, Any]:
        x, det = self._map_by(self._forward, c["z"], shapes=[self.space.shape, ()])
        return {"x": x, "log_det": det}

    def _row_inverse(self, c: Call) -> Dict[str, Any]:
        z, det = self._map_by(self._inverse, c["x"], shapes=[self.space.shape, ()])
        return {"z": z, "log_det": det}

    def _row_map_pull(self, c: Call) -> Dict[str, Any]:
        z_bar, = self._chunks.map(lambda a: (self._z_pull(self._params, a[:1], a[1:]),), c["z"], c.bar("x"), c.bar("log_det"),
                                  shapes=[self.space.shape])
        return {"z_bar": z_bar}

    def _row_map_gradient(self, c: Call) -> Dict[str, Any]:
        return self._pull_by(self._theta_pull, c, [c["z"]], [c.bar("x"), c.bar("log_det")])
