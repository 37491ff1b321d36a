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
import math
import numbers
from typing import Any, Dict, Optional, Sequence, Tuple

from .errors import Error


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
    lengths = [_whole(n, kind) for n in shape]
    if not lengths or min(lengths) < 1:
        raise Error(f"hh.{kind}: a space has positive lengths, got {tuple(shape)}")
    return Space({"kind": kind, "shape": lengths, **{k: v for k, v in more.items() if v}})


def _whole(n: Any, kind: str) -> int:
    """A length; 4.0 of a division is one, 4.7 is a mistake."""
    if isinstance(n, numbers.Real) and math.isfinite(n) and n == int(n):
        return int(n)
    like = ", ".join(map(str, n)) if isinstance(n, (tuple, list)) else "4, 4"
    raise Error(f"hh.{kind}: a length is a whole number, got {n!r}", f"hh.{kind}({like}) has one for each axis", kind="plugin")


def _lattice(shape: Sequence[int], lattice: Optional[str]) -> str:
    return lattice if lattice is not None else "square" if len(shape) == 2 else ""


def spins(*shape: int, periodic: bool = False, lattice: Optional[str] = None) -> Space:
    """Spins +1 and -1: N of them, or on a lattice (Ly, Lx) with x fastest."""
    return _space("spins", shape, periodic=periodic, lattice=_lattice(shape, lattice))


def levels(q: int, *shape: int, periodic: bool = False, lattice: Optional[str] = None) -> Space:
    """Levels 0 to q - 1."""
    return _space("levels", shape, levels=_whole(q, "levels"), periodic=periodic, lattice=_lattice(shape, lattice))


def field(*shape: int, periodic: bool = False, lattice: Optional[str] = None) -> Space:
    """Real numbers: N of them, or on a lattice (Ly, Lx) with x fastest."""
    return _space("field", shape, periodic=periodic, lattice=_lattice(shape, lattice))


def particles(n: int, dimension: int, *, box: Optional[Sequence[float]] = None,
              kinds: Optional[Sequence[int]] = None) -> Space:
    """Coordinates (n, dimension), in a periodic box with these edges or in all of space.

    :param kinds: how many particles there are of each kind, one after the other
    """
    edges, counts = [] if box is None else [float(b) for b in box], [] if kinds is None else [_whole(k, "particles") for k in kinds]
    return _space("particles", (n, dimension), box=edges, periodic=bool(edges), kinds=counts)


def angles(*shape: int, periodic: bool = False, lattice: Optional[str] = None) -> Space:
    """Angles from -pi to below pi."""
    return _space("angles", shape, periodic=periodic, lattice=_lattice(shape, lattice))


def sphere(*shape: int) -> Space:
    """Unit vectors, their components last."""
    return _space("sphere", shape)
