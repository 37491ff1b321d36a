"""The energy ``openmm``: a system of OpenMM (Eastman et al. 2024, J. Phys. Chem. B 128, 109).

Energies are in kJ/mol and lengths in nanometres. The platform Reference computes in float64, and gives equal digits for equal
positions; the others are in single precision as OpenMM sets them up, and the run checks slopes accordingly.
"""

from __future__ import annotations

import helmholtz as hh  # first: takes standard output

import inspect
from typing import Any, Dict, List, Optional, Sequence, Tuple

import numpy as np

from . import calls
from .molecule import Molecule, Structure
from .pool import Engine


class Openmm(Molecule):
    """A system of OpenMM, a force field with its atoms, E in kJ/mol and x in nanometres"""

    system: str = hh.key("", file=True, help="serialised System, as openmm.XmlSerializer writes it")
    structure_file: str = hh.key("", file=True, name="structure", help="positions of a system: a file .pdb or .cif, or a serialised State .xml")
    testsystem: str = hh.key("", help="in place of system and structure, one of openmmtools.testsystems and its arguments: AlanineDipeptideVacuum(constraints=None)")
    platform: str = hh.key("Reference", help="platform of OpenMM: Reference, which is in float64, CPU, CUDA, ...")
    units = "kJ/mol"
    reference = "Eastman et al. 2024, J. Phys. Chem. B 128, 109"

    def setup(self) -> None:
        if bool(self.testsystem) == bool(self.system) or bool(self.system) != bool(self.structure_file):
            raise hh.Error("system and structure are needed, or testsystem alone", subject="system")
        self._openmm = _library("openmm")
        self._names = [self._openmm.Platform.getPlatform(i).getName() for i in range(self._openmm.Platform.getNumPlatforms())]
        if self.platform not in self._names:
            raise hh.Error(f"OpenMM has no platform {self.platform!r} here", "it has " + ", ".join(self._names), subject="platform")
        self.double = self.platform == "Reference"  # type: ignore[misc]
        if self.testsystem:
            self._system, self._topology, self._positions = self._of_openmmtools()
        else:
            self._system, (self._topology, self._positions) = self._of_file(), self._read_positions()
        self._check()
        super().setup()

    def structure(self) -> Structure:
        n = self._system.getNumParticles()
        masses = np.array([self._system.getParticleMass(i)._value for i in range(n)])
        elements = [a.element.symbol if a.element is not None else a.name for a in self._topology.atoms()] if self._topology is not None else ["X"] * n
        return Structure(self._positions[None], masses, elements, self._box())

    def factory(self) -> Tuple[str, Dict[str, Any]]:
        return f"{__name__}:engine", {"system": self._openmm.XmlSerializer.serialize(self._system), "platform": self.platform}

    def remarks(self) -> Sequence[str]:
        return () if self.double else [f"the platform {self.platform} computes in single precision: slopes and symmetries are checked to 1e-3, and digits may not repeat"]

    def _of_openmmtools(self) -> Tuple[Any, Any, np.ndarray]:
        systems = _library("openmmtools.testsystems")
        call = calls.read(self.testsystem, "testsystem")
        cls = getattr(systems, call.name, None)
        if not (isinstance(cls, type) and issubclass(cls, systems.TestSystem)):
            raise hh.Error(f"openmmtools has no test system {call.name!r}", "its documentation lists them", subject="testsystem")
        _check_arguments(call, cls)
        try:
            t = cls(*call.positional, **call.keywords)
        except Exception as e:
            raise hh.Error(f"{call.name} cannot be made: {type(e).__name__}: {e}", subject="testsystem") from None
        return t.system, t.topology, _nanometres(t.positions)

    def _of_file(self) -> Any:
        try:
            with open(self.system, encoding="utf-8") as f:
                found = self._openmm.XmlSerializer.deserialize(f.read())
        except Exception as e:
            raise hh.Error(f"it cannot be read: {e}", "openmm.XmlSerializer.serialize(system) writes such a file", kind="storage", subject=self.system) from None
        if not isinstance(found, self._openmm.System):
            raise hh.Error(f"it has a {type(found).__name__}, and no System", subject=self.system)
        return found

    def _read_positions(self) -> Tuple[Any, np.ndarray]:
        app, file = _library("openmm.app"), self.structure_file
        try:
            if file.endswith(".xml"):
                with open(file, encoding="utf-8") as f:
                    return None, _nanometres(self._openmm.XmlSerializer.deserialize(f.read()).getPositions(asNumpy=True))
            read = app.PDBxFile(file) if file.endswith((".cif", ".mmcif")) else app.PDBFile(file)
            return read.topology, _nanometres(read.getPositions(asNumpy=True))
        except Exception as e:
            raise hh.Error(f"positions cannot be read: {type(e).__name__}: {e}", "it has to be a .pdb, .cif or a State as .xml", kind="storage", subject=file) from None

    def _check(self) -> None:
        """Refuses systems whose configurations are not all positions of all particles."""
        s, n = self._system, self._system.getNumParticles()
        if len(self._positions) != n:
            raise hh.Error(f"it has {len(self._positions)} positions, and the system {n} particles", kind="mismatch", subject="structure")
        if s.getNumConstraints():
            raise hh.Error(f"it has {s.getNumConstraints()} constraints, which positions of free atoms do not keep",
                           "make it with constraints=None and rigidWater=False", kind="unsupported", subject="system")
        massless: List[int] = [i for i in range(n) if s.isVirtualSite(i) or not s.getParticleMass(i)._value > 0]
        if massless:
            raise hh.Error(f"particle {massless[0]} is a virtual site, or has no mass", "all particles have to move by themselves", kind="unsupported", subject="system")

    def _box(self) -> Optional[Tuple[float, ...]]:
        if not self._system.usesPeriodicBoundaryConditions():
            return None
        vectors = np.array([list(v._value) for v in self._system.getDefaultPeriodicBoxVectors()])
        if np.count_nonzero(vectors - np.diag(np.diag(vectors))):
            raise hh.Error(f"the box vectors {vectors.tolist()} are not along x, y and z", kind="unsupported", subject="system")
        return tuple(float(v) for v in np.diag(vectors))


def engine(system: str, platform: str) -> Engine:
    """What a worker evaluates with: a context, which keeps nothing but the positions on Reference."""
    import openmm
    chosen = openmm.Platform.getPlatformByName(platform)
    properties = {"Threads": "1"} if platform == "CPU" else {}
    integrator = openmm.VerletIntegrator(0.001)  # is never asked for a step
    context = openmm.Context(openmm.XmlSerializer.deserialize(system), integrator, chosen, properties)

    def evaluate(x: np.ndarray, slope: bool) -> Tuple[float, Optional[np.ndarray]]:
        context.setPositions(x)
        state = context.getState(getEnergy=True, getForces=slope)
        return state.getPotentialEnergy()._value, -state.getForces(asNumpy=True)._value if slope else None
    return evaluate


def _check_arguments(call: calls.Named, cls: type) -> None:
    """Refuses arguments that do nothing: test systems take any, and leave out what neither they nor the makers of systems know."""
    app = _library("openmm.app")
    makers = [inspect.signature(c.createSystem).parameters for c in (app.AmberPrmtopFile, app.ForceField)]
    own = calls.arguments(cls)
    for name in call.keywords:
        if name not in own and not any(name in m for m in makers):
            raise hh.Error(f"{call.name} has no argument {name}", "it has " + (", ".join(sorted(own)) or "none"), subject="testsystem")


def _nanometres(positions: Any) -> np.ndarray:
    from openmm import unit
    return np.array(positions.value_in_unit(unit.nanometer), dtype=np.float64)


def _library(name: str) -> Any:
    import importlib
    try:
        return importlib.import_module(name)
    except ImportError as e:
        raise hh.Error(f"the Python package {name.split('.')[0]} is needed, and cannot be imported: {e}", "install it into the environment of this plugin", kind="plugin") from None


def main() -> None:
    """The command helmholtz-plugin-openmm."""
    hh.serve(Openmm)


if __name__ == "__main__":
    main()
