"""Energies: a space and a function of a batch of configurations."""

from __future__ import annotations

from typing import Any, ClassVar, Dict, Mapping, Optional, Sequence, Tuple, Union

import numpy as np

from .errors import Error, lacks
from .part import Answer, Call, Part, left_open, numbers, several
from .spaces import Space

_SPEC = ("kinetic", "degree", "scale", "fermi_temperature", "unpolarised_fermi_temperature", "symmetries",
         "precision", "forbids", "memory", "warnings", "start")


class EnergyBase(Part):
    """What energies of numpy and of JAX share; see :class:`Energy`.

    Attributes of the class or, where keys decide, of the instance (a property):

    :ivar units: of E, ``"1"`` for pure numbers
    :ivar symmetries: of ``"z2"``, ``"translation"``, ``"reflection"``, ``"permutation"``,
        ``"rotation"``, ``"u1"``, ``"zq"``; runs and :func:`helmholtz.test` check them
    :ivar kinetic: c > 0 makes E the potential V of H = -c lap + V
    :ivar degree: where V is homogeneous in all lengths, its degree
    :ivar scale: ``{"energy": 0.04, "energy_units": "Ry", "length": 5, "length_units": "Bohr"}``
    :ivar precision: relative accuracy to which claims are checked, 1e-6 where it is 0; of single
        precision 1e-3
    :ivar forbids: E may be +infinity for what a model draws
    :ivar start: configurations at which Markov chains begin, one after the other, as one flat list;
        random places of the space where it is empty
    :ivar memory: ``{"fixed": bytes, "per_configuration": bytes}``
    """

    _library: ClassVar[bool] = True
    kind: ClassVar[str] = "energy"
    units: str = "1"
    symmetries: Sequence[str] = ()
    kinetic: float = 0.0
    degree: float = 0.0
    scale: Optional[Mapping[str, Any]] = None
    fermi_temperature: float = 0.0
    unpolarised_fermi_temperature: float = 0.0
    precision: float = 0.0
    forbids: bool = False
    memory: Optional[Mapping[str, int]] = None
    warnings: Sequence[str] = ()
    start: Sequence[float] = ()

    def space(self) -> Space:
        """The space that x lives in: :func:`helmholtz.spins`, :func:`helmholtz.field`, ..."""
        raise lacks(self, "space")

    @left_open
    def exact(self, beta: float) -> Union[Tuple[Mapping[str, float], str], Mapping[str, float]]:
        """Exact values at an inverse temperature, and where they come from.

        Returns ``({"log_z": .., "energy": .., "free_energy": .., "entropy": .., "heat_capacity": ..}, source)``,
        totals in the energy's units with k_B = 1, as many as are known.
        """
        raise NotImplementedError

    @classmethod
    def manifest(cls) -> Dict[str, Any]:
        m = super().manifest()
        m.pop("spaces", None)  # the space is the energy's own
        return m

    def has_slope(self) -> bool:
        raise NotImplementedError

    def shape(self) -> Tuple[int, ...]:
        return self._space().shape

    def _space(self) -> Space:
        found: Any = self.space()
        if not isinstance(found, Space):
            raise Error(f"{type(self).__name__}.space returned {found!r}, and no space", "as hh.spins(16) and hh.field(4, 4) make them", kind="plugin")
        return found

    def spec(self) -> Dict[str, Any]:
        powers = (["slope"] if self.has_slope() else []) + (["exact"] if self._overrides("exact") else [])
        return {"space": self._space().document, "units": self.units, "powers": powers, **self._optional(_SPEC), **self._digits()}

    def rows(self) -> Dict[str, Answer]:
        found: Dict[str, Answer] = {"evaluate": self._evaluate}
        if self.has_slope():
            found["slope"] = self._evaluate_with_slope
        if self._overrides("exact"):
            found["exact"] = self._exact
        return found

    def _evaluate(self, c: Call) -> Dict[str, Any]:
        raise NotImplementedError

    def _evaluate_with_slope(self, c: Call) -> Dict[str, Any]:
        raise NotImplementedError

    def _exact(self, c: Call) -> Dict[str, Any]:
        answer = self.exact(c.beta)
        values, source = answer if isinstance(answer, tuple) else (answer, self.reference or self.part_name())
        if not isinstance(values, Mapping):
            raise Error(f"{type(self).__name__}.exact must return a mapping and a source, got {type(values).__name__}", kind="plugin")
        wrong = [k for k, v in values.items() if np.ndim(v) or not isinstance(np.asarray(v)[()], (int, float, np.integer, np.floating))]
        if wrong:
            raise Error(f"{type(self).__name__}.exact: {wrong[0]} is {values[wrong[0]]!r}, want a number", kind="plugin")
        return {"exact": {"values": {k: float(v) for k, v in values.items() if np.isfinite(v)}, "source": source}}


class Energy(EnergyBase):
    """A Hamiltonian of configurations in numpy.

    >>> class Ising(hh.Energy):
    ...     '''Ising ring, E = -J sum_j s_j s_(j+1)'''
    ...     N: int = hh.key(min=3, max=10**6, help="spins")
    ...     J: float = hh.key(1.0, unit="J", help="coupling")
    ...     units, symmetries = "J", ("z2",)
    ...     def space(self):
    ...         return hh.spins(self.N, periodic=True)
    ...     def energy(self, x):
    ...         return -self.J * (x * np.roll(x, 1, axis=1)).sum(axis=1)

    Write :meth:`energy`, or :meth:`energy_and_slope` where E has a slope, or both.
    """

    _library: ClassVar[bool] = True

    @left_open
    def energy(self, x: np.ndarray) -> np.ndarray:
        """The total energies, shape (n,), of x, shape (n, ...) with the space's shape behind; x is read-only."""
        return self.energy_and_slope(x)[0]

    @left_open
    def energy_and_slope(self, x: np.ndarray) -> Tuple[np.ndarray, np.ndarray]:
        """E, shape (n,), and dE/dx, minus the force, with the shape of x.

        On a sphere dE/dx is that of any continuation of E to all vectors.
        """
        raise Error(f"{type(self).__name__} has neither a method energy nor energy_and_slope", kind="plugin")

    def has_slope(self) -> bool:
        return self._overrides("energy_and_slope")

    def _evaluate(self, c: Call) -> Dict[str, Any]:
        x = c["x"]
        return {"energy": numbers("energy", self.energy(x), (len(x),), self)}

    def _evaluate_with_slope(self, c: Call) -> Dict[str, Any]:
        x = c["x"]
        e, slope = several("energy_and_slope", self.energy_and_slope(x), 2, self)
        return {"energy": numbers("energy_and_slope [0]", e, (len(x),), self),
                "slope": numbers("energy_and_slope [1]", slope, x.shape, self)}
