"""Observables: numbers of each configuration, whose means and errors the host makes."""

from __future__ import annotations

import dataclasses
import math
from typing import Any, ClassVar, Dict, List, Mapping, Optional, Sequence, Tuple

import numpy as np

from .errors import Error, lacks
from .part import Answer, Call, Part, named, numbers
from .spaces import Space


@dataclasses.dataclass(frozen=True)
class Observable:
    """One number of each configuration, or with axes an array, outermost first.

    :param name: of the estimate: small letters, digits and _
    :param long: one phrase for a reader
    :param axes: ``[{"name": "r", "units": "1", "values": [0, 1, ..]}, ..]``
    """

    name: str
    long: str = ""
    units: str = "1"
    extensive: bool = False
    axes: Sequence[Mapping[str, Any]] = ()

    @property
    def shape(self) -> Tuple[int, ...]:
        return tuple(len(a["values"]) for a in self.axes)

    def document(self) -> Dict[str, Any]:
        d: Dict[str, Any] = {"name": self.name, "long": self.long or self.name, "units": self.units}
        if self.extensive:
            d["extensive"] = True
        if self.axes:
            d["axes"] = [{**a, "values": [float(v) for v in a["values"]]} for a in self.axes]
        return d


class Observer(Part):
    """A function of the columns of a batch; errors, correlation times and cautions are made by the host.

    >>> class Quartic(hh.Observer):
    ...     '''Fourth moment of a field'''
    ...     spaces = ("field",)
    ...     def observables(self):
    ...         return [hh.Observable("quartic", "mean of x^4 per site")]
    ...     def observe(self, x, energy, log_p):
    ...         return {"quartic": (x**4).reshape(len(x), -1).mean(axis=1)}

    :ivar space: of the configurations
    :ivar system: ``{"units": .., "beta": ..}`` of the energy; no beta in the ground state
    :cvar source: ``"model"`` where it reads ln p, ``"chains"`` for Markov chains alone, else empty
    """

    _library: ClassVar[bool] = True
    kind: ClassVar[str] = "estimator"
    source: ClassVar[str] = ""
    memory: Optional[Mapping[str, int]] = None

    def __init__(self, space: Space, system: Optional[Mapping[str, Any]] = None, **settings: Any) -> None:
        self.space, self.system = space, dict(system or {})
        super().__init__(**settings)

    def observables(self) -> List[Observable]:
        """What it reports."""
        raise lacks(self, "observables")

    def observe(self, x: np.ndarray, energy: Optional[np.ndarray], log_p: Optional[np.ndarray]) -> Mapping[str, np.ndarray]:
        """By name, arrays of shape (n, ...) with the axes of the observable behind.

        :param x: configurations, shape (n, ...)
        :param energy: E(x), shape (n,), None where it is not known
        :param log_p: ln p(x), shape (n,), with ``source = "model"`` alone
        """
        raise lacks(self, "observe")

    def shape(self) -> Tuple[int, ...]:
        return self.space.shape

    def _observables(self) -> List[Observable]:
        found: Any = self.observables()
        if not isinstance(found, (list, tuple)) or not all(isinstance(o, Observable) for o in found):
            raise Error(f"{type(self).__name__}.observables returned {found!r}, want a list of hh.Observable", kind="plugin")
        return list(found)

    def spec(self) -> Dict[str, Any]:
        d: Dict[str, Any] = {"observables": [o.document() for o in self._observables()], **self._optional(("memory",))}
        if self.source:
            d["source"] = self.source
        return d

    def rows(self) -> Dict[str, Answer]:
        return {"observe": self._observe}

    def _observe(self, c: Call) -> Dict[str, Any]:
        x = c["x"]
        energy, log_p = c.columns.get("energy"), c.columns.get("log_p")
        observables = self._observables()
        values = named("observe", self.observe(x, energy, log_p), [o.name for o in observables], self)
        for o in observables:
            if values[o.name] is None and log_p is None:
                raise Error(f"{type(self).__name__}.observe {o.name!r} is None", 'the argument log_p is, unless the class has source = "model"', kind="plugin")
        pieces = [numbers(f"observe {o.name!r}", values[o.name], (len(x), *o.shape), self).reshape(len(x), math.prod(o.shape))
                  for o in observables]
        return {"observed": np.concatenate(pieces, axis=1)}
