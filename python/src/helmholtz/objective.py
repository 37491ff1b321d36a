"""Objectives: from columns of a batch to a loss and its cotangents."""

from __future__ import annotations

from typing import Any, ClassVar, Dict, Mapping, Optional, Sequence, Tuple

import numpy as np

from .errors import Error, lacks
from .part import Answer, Call, Part, named, names, numbers, several
from .spaces import Space


class Objective(Part):
    """What is descended. The model pulls its cotangents back into a gradient.

    >>> class Variance(hh.Objective):
    ...     '''Variance of ln p + beta E, which vanishes for the Boltzmann density'''
    ...     source, wants, bars = "model", ("log_p", "energy"), ("log_p",)
    ...     reports = {"variance": "variance of ln p + beta E in the batch"}
    ...     def cotangents(self, batch, whole, beta):
    ...         f = whole["log_p"] + beta * whole["energy"]
    ...         f = f - f.mean()
    ...         loss = (f * f).mean()
    ...         return {"variance": loss}, {"log_p": (f * f - loss + 2 * f) / len(f)}

    Where a batch is cut among processes, ``whole`` has all of it and cotangents may be
    returned of all: those of the rows at hand are picked.

    :cvar source: ``"model"`` of what the model draws, ``"data"`` of given configurations, empty for either
    :cvar wants: columns that it reads (docs/wire.md, section 3)
    :cvar bars: columns of which it gives cotangents: what a pull-back of a model takes
    :cvar reports: numbers by name with a phrase each, the loss first
    :cvar more: further fields of its spec (``watch``, ``role``, ``noise``, ``copies``, ``coupling``)
    """

    _library: ClassVar[bool] = True
    kind: ClassVar[str] = "objective"
    source: ClassVar[str] = ""
    wants: Sequence[str] = ("log_p", "energy")
    bars: Sequence[str] = ("log_p",)
    reports: Mapping[str, str] = {}
    hint: str = ""
    more: Mapping[str, Any] = {}

    def __init__(self, space: Space, system: Optional[Mapping[str, Any]] = None, **settings: Any) -> None:
        self.space, self.system = space, dict(system or {})
        super().__init__(**settings)

    def cotangents(self, batch: Mapping[str, np.ndarray], whole: Mapping[str, np.ndarray],
                   beta: float) -> Tuple[Mapping[str, float], Mapping[str, np.ndarray]]:
        """The numbers by name, and cotangents by column.

        :param batch: columns of the n configurations at hand, shape (n, ...)
        :param whole: columns of all configurations of the step; not those as long as a configuration
        :param beta: inverse temperature of the step, infinity in the ground state
        """
        raise lacks(self, "cotangents")

    @classmethod
    def manifest(cls) -> Dict[str, Any]:
        m = super().manifest()
        if cls.source:
            m["source"] = cls.source
        return m

    def shape(self) -> Tuple[int, ...]:
        return self.space.shape

    def spec(self) -> Dict[str, Any]:
        if not isinstance(self.reports, Mapping) or not self.reports:
            raise Error(f"{type(self).__name__}.reports is {self.reports!r}, want the numbers that it reports by name, the loss first, with a phrase each",
                        'as {"loss": "mean of ..."}', kind="plugin")
        if type(self).cotangents is Objective.cotangents:
            raise lacks(self, "cotangents")
        return {"wants": names(self, "wants"), "bars": names(self, "bars"),
                "numbers": [{"name": k, "long": v, "units": "1"} for k, v in self.reports.items()],
                **self._optional(("hint",)), **self.more}

    def rows(self) -> Dict[str, Answer]:
        return {"cotangents": self._cotangents}

    def _cotangents(self, c: Call) -> Dict[str, Any]:
        place, whole, batch = c.place, {}, {}
        rows = slice(place.first, place.first + place.n)
        for name, v in c.columns.items():
            if name == "beta":
                continue
            if name.endswith("@all"):
                whole[name[:-4]] = v
                batch[name[:-4]] = v[rows]
            else:
                batch[name] = v
        values, bars = several("cotangents", self.cotangents(batch, whole, float(c["beta"].reshape(-1)[0])), 2, self)
        values = named("cotangents [0]", values, list(self.reports), self)
        bars = named("cotangents [1]", bars, names(self, "bars"), self)
        found = {"numbers": np.array([numbers(f"cotangents [0] {k!r}", np.squeeze(values[k]), (), self).item() for k in self.reports])}
        for name in self.bars:
            bar = np.asarray(bars[name])
            if bar.ndim and len(bar) == place.total != place.n:
                bar = bar[rows]
            shape = batch[name].shape if name in batch else (place.n,)
            found[f"{name}@bar"] = numbers(f"cotangents [1] {name!r}", bar, shape, self)
        return found
