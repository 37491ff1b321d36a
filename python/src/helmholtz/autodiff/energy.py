"""Energies of one configuration, with their slope."""

from __future__ import annotations

from typing import Any, ClassVar, Dict, Sequence

from .._memory import WIDE
from ..energy import EnergyBase
from ..errors import Error, lacks
from ..part import Call
from .tools import Batched, Tools


class Energy(EnergyBase):
    """A Hamiltonian whose :meth:`energy` is written for one configuration.

    Batches are made of it by the library, and dE/dx by reverse mode, on spaces where x can move;
    set ``slope = False`` where E is not differentiable.
    """

    _library: ClassVar[bool] = True
    slope: ClassVar[bool] = True

    def _tools(self) -> Tools:
        raise NotImplementedError

    def energy(self, x: Any) -> Any:
        """The total energy, a scalar, of one configuration x with the space's shape."""
        raise lacks(self, "energy")

    def has_slope(self) -> bool:
        return self.slope and self.space().continuous

    def _compiled(self) -> None:
        if hasattr(self, "_value"):
            return
        self._lib = tools = self._tools()
        found = tools.shapes(lambda _, x: self.energy(x), self.shape())
        if found != ():
            raise Error(f"{type(self).__name__}.energy of one configuration has the shape {found}, want a scalar",
                        "it is called with one configuration, and sums over all of it", kind="plugin")
        self._chunks = tools.chunks
        self._value, self._both = (make(lambda _, x: (self.energy(x),)) for make in (tools.values, tools.slope))

    def is_bitwise(self) -> bool:
        return self.bitwise and self._lib.bitwise

    def spec(self) -> Dict[str, Any]:
        self._compiled()
        return super().spec()

    def _evaluate(self, c: Call) -> Dict[str, Any]:
        return self._rows(self._value, c, ["energy"])

    def _evaluate_with_slope(self, c: Call) -> Dict[str, Any]:
        return self._rows(self._both, c, ["energy", "slope"])

    def _rows(self, f: Batched, c: Call, gives: Sequence[str]) -> Dict[str, Any]:
        """Results of f at x by their columns."""
        x = c["x"]
        found = [c.room(name, x.shape if name in WIDE else x.shape[:1]) for name in gives]
        return dict(zip(gives, self._chunks.map_to(found, lambda a: f(None, a), x)))
