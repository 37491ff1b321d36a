"""Spaces that configurations live in.

A configuration x is an array of float64 of the space's shape; a batch has one more
axis, of the configurations, in front. Which numbers are legal is said by the kind:

========== ===================================== ===========================
kind       an entry                              measure of densities
========== ===================================== ===========================
spins      +1 or -1                              counting
levels     0 to q - 1                            counting
field      a real number                         Lebesgue
particles  d coordinates                         Lebesgue
angles     from -pi to below pi                  length of arc
sphere     a unit vector                         area
========== ===================================== ===========================
"""

from __future__ import annotations

import dataclasses
from typing import Any, Dict, Optional, Sequence, Tuple


@dataclasses.dataclass(frozen=True)
class Space:
    """A space; ``document`` is its exact form on the wire (docs/wire.md, section 3)."""

    document: Dict[str, Any]

    @property
    def kind(self) -> str:
        return self.document["kind"]

    @property
    def shape(self) -> Tuple[int, ...]:
        """Shape of one configuration; a space of several fields is flat."""
        if self.kind == "mixed":
            return (self.size,)
        return tuple(self.document.get("shape", ()))

    @property
    def size(self) -> int:
        """Numbers in one configuration."""
        size = 0
        for field in self.document.get("fields", [self.document]):
            product = 1
            for length in field.get("shape", ()):
                product *= length
            size += product
        return size

    @property
    def levels(self) -> int:
        """q of a space of levels, 0 of others."""
        return self.document.get("levels", 0)

    @property
    def lattice(self) -> str:
        return self.document.get("lattice", "")

    @property
    def periodic(self) -> bool:
        return self.document.get("periodic", False)

    @property
    def box(self) -> Optional[Tuple[float, ...]]:
        """Edges of the periodic box of particles, None where there is none."""
        return tuple(self.document["box"]) if self.document.get("box") else None

    @property
    def kinds(self) -> Tuple[int, ...]:
        """How many particles there are of each kind, one kind after the other."""
        return tuple(self.document.get("kinds") or self.shape[:1])

    @property
    def continuous(self) -> bool:
        return self.kind not in ("spins", "levels")


def _space(kind: str, shape: Sequence[int], **more: Any) -> Space:
    lengths = [int(n) for n in shape]
    if not lengths or min(lengths) < 1:
        raise ValueError(f"a space has positive lengths, got {tuple(shape)}")
    return Space({"kind": kind, "shape": lengths, **{k: v for k, v in more.items() if v}})


def _lattice(shape: Sequence[int], lattice: Optional[str]) -> str:
    return lattice if lattice is not None else "square" if len(shape) == 2 else ""


def spins(*shape: int, periodic: bool = False, lattice: Optional[str] = None) -> Space:
    """Spins +1 and -1: N of them, or on a lattice (Ly, Lx) with x fastest."""
    return _space("spins", shape, periodic=periodic, lattice=_lattice(shape, lattice))


def levels(q: int, *shape: int, periodic: bool = False, lattice: Optional[str] = None) -> Space:
    """Levels 0 to q - 1."""
    return _space("levels", shape, levels=int(q), periodic=periodic, lattice=_lattice(shape, lattice))


def field(*shape: int, periodic: bool = False, lattice: Optional[str] = None) -> Space:
    """Real numbers: N of them, or on a lattice (Ly, Lx) with x fastest."""
    return _space("field", shape, periodic=periodic, lattice=_lattice(shape, lattice))


def particles(n: int, dimension: int, *, box: Optional[Sequence[float]] = None,
              kinds: Optional[Sequence[int]] = None) -> Space:
    """Coordinates (n, dimension), in a periodic box with these edges or in all of space.

    :param kinds: how many particles there are of each kind, one after the other
    """
    return _space("particles", (n, dimension), box=[float(b) for b in box] if box else None, periodic=bool(box),
                  kinds=[int(k) for k in kinds] if kinds else None)


def angles(*shape: int, periodic: bool = False, lattice: Optional[str] = None) -> Space:
    """Angles from -pi to below pi."""
    return _space("angles", shape, periodic=periodic, lattice=_lattice(shape, lattice))


def sphere(*shape: int) -> Space:
    """Unit vectors, their components last."""
    return _space("sphere", shape)
