"""The energy ``ase``: any calculator of the Atomic Simulation Environment (Larsen et al. 2017, J. Phys.: Condens. Matter 29, 273002).

Energies are in eV and lengths in angstrom, which are the units of ASE; a calculator in reduced units, as
``LennardJones(sigma=1, epsilon=1)``, may call its own by ``units``. Where a calculator distinguishes them, E is the energy that its
forces are the slope of.
"""

from __future__ import annotations

import helmholtz as hh  # first: takes standard output

import importlib
import inspect
from typing import Any, Dict, List, Optional, Sequence, Tuple

import numpy as np

from . import calls
from .molecule import MOST_FRAMES, Molecule, Structure
from .pool import Engine


class Ase(Molecule):
    """Atoms of a structure file under a calculator of ASE, E in eV and x in angstrom"""

    structure_file: str = hh.key(file=True, name="structure", help="atoms, cell and periodicity: any file that ase.io reads. Chains start at its frames, one after the other")
    calculator: str = hh.key(help="calculator and its arguments, as EMT, LennardJones(sigma=3.4, epsilon=0.0104, rc=10), or by its module: mace.calculators.mace_mp(model='small')")
    energy_units: str = hh.key("eV", name="units", help="units of the calculator's energies")
    reuse: bool = hh.key(False, help="one calculator for all configurations of a process, where making one takes long: energies may then depend in their last digits, "
                         "or in those of its convergence, on what was evaluated before")
    reference = "Larsen et al. 2017, J. Phys.: Condens. Matter 29, 273002"

    def setup(self) -> None:
        self.units = self.energy_units
        self._atoms, self._frames_read = _read(self.structure_file)
        self._properties = self._try()
        super().setup()

    def structure(self) -> Structure:
        a = self._atoms
        return Structure(self._frames_read, a.get_masses(), a.get_chemical_symbols(), _box(a))

    def factory(self) -> Tuple[str, Dict[str, Any]]:
        call = calls.read(self.calculator, "calculator")
        return f"{__name__}:engine", {"atoms": self._atoms, "name": call.name, "positional": call.positional, "keywords": call.keywords,
                                      "reuse": self.reuse, "consistent": "free_energy" in self._properties}

    def slopes(self) -> bool:
        return "forces" in self._properties

    def remarks(self) -> Sequence[str]:
        found = ["the calculator is kept from one configuration to the next (reuse): digits may depend on what was evaluated before"] if self.reuse else []
        if self._constrained:
            found.append("the constraints of the structure are not kept: all atoms move")
        return found

    def _try(self) -> Sequence[str]:
        """What the calculator can compute."""
        self._constrained = bool(self._atoms.constraints)
        self._atoms.set_constraint()
        call = calls.read(self.calculator, "calculator")
        try:
            made = resolve(call.name)(*call.positional, **call.keywords)
            _check(call, made)
            return tuple(made.implemented_properties)
        except hh.Error:
            raise
        except Exception as e:  # whatever a calculator raises that is not set up
            raise hh.Error(f"{call.name} cannot be made: {type(e).__name__}: {e}", subject="calculator") from None


def _check(call: calls.Named, made: Any) -> None:
    """Refuses arguments that do nothing: ASE's own calculators take any, and remember those that they do not know."""
    from ase.calculators.calculator import Calculator
    if not (isinstance(made, Calculator) and type(made).__module__.startswith("ase.calculators.") and type(made).default_parameters) or hasattr(made, "command"):
        return  # of another package, or a program's input, which has more keywords than defaults
    known = set(type(made).default_parameters) | calls.arguments(type(made))
    for name in call.keywords:
        if name not in known:
            raise hh.Error(f"{call.name} has no parameter {name}", "it has " + ", ".join(sorted(type(made).default_parameters)), subject="calculator")


def resolve(name: str) -> Any:
    """The class or function of a calculator: by its module, by its name in ASE (``emt``), or as ASE's own class (``EMT``)."""
    from ase.calculators.calculator import get_calculator_class, names
    try:
        if "." in name:
            module, function = name.rsplit(".", 1)
            return getattr(importlib.import_module(module), function)
        if name in names:
            return get_calculator_class(name)
        for module in [f"ase.calculators.{n}" for n in _modules(name, names)]:
            try:
                cls = getattr(importlib.import_module(module), name, None)
            except ImportError:
                continue
            if inspect.isclass(cls):
                return cls
    except (ImportError, AttributeError, ValueError) as e:
        raise hh.Error(f"{name} cannot be imported: {e}", "is it installed in the environment of this plugin?", subject="calculator") from None
    raise hh.Error(f"ASE has no calculator {name!r}", "by its module it can be any: mace.calculators.mace_mp; those of ASE are " + ", ".join(names), subject="calculator")


def _modules(name: str, names: Sequence[str]) -> List[str]:
    """Modules of ASE in which a class of this name may be, the likeliest first."""
    likely = [n for n in names if n.lower() == name.lower()]
    capitals = "".join(c for c in name if c.isupper()).lower()
    return likely + [n for n in names if n == capitals and n not in likely] + [n for n in names if n[:2] == name[:2].lower() and n not in likely + [capitals]]


def engine(atoms: Any, name: str, positional: Sequence[Any], keywords: Dict[str, Any], reuse: bool, consistent: bool) -> Engine:
    """What a worker evaluates with. A calculator has a memory, as of neighbours or of a wave function: each configuration gets a new one, or all share one."""
    make = resolve(name)
    kept = make(*positional, **keywords) if reuse else None

    def evaluate(x: np.ndarray, slope: bool) -> Tuple[float, Optional[np.ndarray]]:
        a = atoms.copy()
        a.calc = kept if kept is not None else make(*positional, **keywords)
        a.positions = x
        energy = a.get_potential_energy(force_consistent=consistent)
        return float(energy), -a.get_forces() if slope else None
    return evaluate


def _read(file: str) -> Tuple[Any, np.ndarray]:
    """The first frame of a file, and the positions of those that have its atoms and its cell."""
    import ase.io
    try:
        frames = ase.io.read(file, index=f":{MOST_FRAMES}")
    except Exception as e:
        raise hh.Error(f"ase.io cannot read it: {type(e).__name__}: {e}", kind="storage", subject=file) from None
    if not frames or not len(frames[0]):
        raise hh.Error("it has no atoms", subject=file)
    first = frames[0]
    for k, other in enumerate(frames):
        if not np.array_equal(other.numbers, first.numbers) or not np.allclose(other.cell, first.cell, rtol=1e-9, atol=0) or (other.pbc != first.pbc).any():
            raise hh.Error(f"frame {k} has other atoms or another cell than the first", "all frames have to be of one system", subject=file)
    return first, np.stack([f.positions for f in frames])


def _box(a: Any) -> Optional[Tuple[float, ...]]:
    """Edges of the box, None in open space."""
    if not a.pbc.any():
        return None
    cell = np.asarray(a.cell)
    if not a.pbc.all():
        raise hh.Error(f"the structure is periodic in some directions alone: pbc = {a.pbc.tolist()}", "all or none can be", kind="unsupported", subject="structure")
    if np.count_nonzero(cell - np.diag(np.diag(cell))) or (np.diag(cell) <= 0).any():
        raise hh.Error(f"the cell {cell.tolist()} is no box with edges along x, y and z", "take a cell that is, as ase.build.make_supercell makes of many", kind="unsupported",
                       subject="structure")
    return tuple(float(v) for v in np.diag(cell))


def main() -> None:
    """The command helmholtz-plugin-ase."""
    hh.serve(Ase)


if __name__ == "__main__":
    main()
