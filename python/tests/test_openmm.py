"""Systems of OpenMM as Hamiltonians."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import helmholtz as hh
import numpy as np
import pytest

openmm = pytest.importorskip("openmm", reason="the extra openmm is not installed")
from helmholtz.engines.openmm import Openmm  # noqa: E402

ALANINE = "AlanineDipeptideVacuum(constraints=None)"
BIN = Path(sys.executable).parent


@pytest.fixture(scope="module")
def alanine() -> Any:
    pytest.importorskip("openmmtools", reason="the extra openmmtools is not installed")
    e = Openmm(testsystem=ALANINE)
    yield e
    e.close()


def test_alanine_dipeptide(alanine: Any) -> None:
    x = np.reshape(alanine.start, (1, 22, 3))
    # of openmmtools 0.27 at its positions, by OpenMM 8.6 itself
    assert alanine.energy(x)[0] == pytest.approx(-88.08858858, abs=1e-6)
    assert alanine.symmetries == ("rotation",) and alanine.space().document == {"kind": "particles", "shape": [22, 3]}
    assert alanine.units == "kJ/mol" and "its density has no norm" in alanine.warnings[0]
    x = x + 0.005 * np.random.default_rng(1).standard_normal((5, 22, 3))
    energy, slope = alanine.energy_and_slope(x)
    v, h = np.random.default_rng(2).standard_normal(x.shape), 1e-6
    difference = (alanine.energy(x + h * v) - alanine.energy(x - h * v)) / (2 * h)
    assert np.allclose(difference, (slope * v).sum(axis=(1, 2)), rtol=1e-6, atol=1e-3)
    assert np.array_equal(energy, alanine.energy(x))


def test_a_system_from_files(alanine: Any, tmp_path: Path) -> None:
    x = np.reshape(alanine.start, (22, 3))
    (tmp_path / "system.xml").write_text(openmm.XmlSerializer.serialize(alanine._system))
    context = openmm.Context(alanine._system, openmm.VerletIntegrator(0.001), openmm.Platform.getPlatformByName("Reference"))
    context.setPositions(x)
    (tmp_path / "state.xml").write_text(openmm.XmlSerializer.serialize(context.getState(getPositions=True)))
    with open(tmp_path / "a.pdb", "w") as f:
        openmm.app.PDBFile.writeFile(alanine._topology, x * openmm.unit.nanometer, f)
    for structure, tolerance in (("state.xml", 1e-6), ("a.pdb", 1.0)):  # three digits of angstroms in a PDB
        e = Openmm(system=str(tmp_path / "system.xml"), structure=str(tmp_path / structure), hold=10, workers=1)
        assert e.energy(np.reshape(e.start, (1, 22, 3)))[0] == pytest.approx(-88.08858858, abs=tolerance)
        assert not e.warnings
        e.close()


def fluid(**bond: float) -> Any:
    """Eight atoms in a periodic box of 3 nm, two of them perhaps bonded across its border."""
    s, force = openmm.System(), openmm.NonbondedForce()
    s.setDefaultPeriodicBoxVectors([3, 0, 0], [0, 3, 0], [0, 0, 3])
    force.setNonbondedMethod(openmm.NonbondedForce.CutoffPeriodic)
    for _ in range(8):
        s.addParticle(39.9)
        force.addParticle(0, 0.34, 1)
    s.addForce(force)
    if bond:
        bonds = openmm.HarmonicBondForce()
        bonds.addBond(0, 1, 1.5, 100)
        bonds.setUsesPeriodicBoundaryConditions(bool(bond["periodic"]))
        s.addForce(bonds)
    return s


def open_fluid(tmp_path: Path, system: Any, **settings: Any) -> Openmm:
    (tmp_path / "system.xml").write_text(openmm.XmlSerializer.serialize(system))
    context = openmm.Context(system, openmm.VerletIntegrator(0.001), openmm.Platform.getPlatformByName("Reference"))
    context.setPositions(np.array([[i, j, k] for i in (.2, 1.7) for j in (.2, 1.7) for k in (.2, 1.7)]))
    (tmp_path / "state.xml").write_text(openmm.XmlSerializer.serialize(context.getState(getPositions=True)))
    return Openmm(system=str(tmp_path / "system.xml"), structure=str(tmp_path / "state.xml"), workers=1, **settings)


def test_symmetries_are_those_of_the_forces(tmp_path: Path) -> None:
    e = open_fluid(tmp_path, fluid())
    assert e.symmetries == ("translation", "permutation") and e.space().box == (3, 3, 3) and e.space().document.get("kinds") is None
    e.close()
    e = open_fluid(tmp_path, fluid(periodic=True))
    assert e.symmetries == ("translation",)  # the bond makes two atoms unlike the others
    e.close()
    with pytest.raises(hh.Error, match="box: its energy changes when one atom is moved by an edge of the box"):
        open_fluid(tmp_path, fluid(periodic=False))


def test_refusals(tmp_path: Path) -> None:
    constrained = fluid()
    constrained.addConstraint(0, 1, 1.5)
    with pytest.raises(hh.Error, match="system: it has 1 constraints"):
        open_fluid(tmp_path, constrained)
    massless = fluid()
    massless.setParticleMass(3, 0)
    with pytest.raises(hh.Error, match="system: particle 3 is a virtual site, or has no mass"):
        open_fluid(tmp_path, massless)
    with pytest.raises(hh.Error, match="platform: OpenMM has no platform 'Abacus' here .it has Reference"):
        open_fluid(tmp_path, fluid(), platform="Abacus")
    with pytest.raises(hh.Error, match="system and structure are needed, or testsystem alone"):
        Openmm()
    with pytest.raises(hh.Error, match="nowhere.xml: it cannot be read"):
        Openmm(system="nowhere.xml", structure="nowhere.pdb")


RUN = """
[energy]
plugin = "openmm"
testsystem = "AlanineDipeptideVacuum(constraints=None)"
hold = 1e5
[ensemble]
kelvin = 1000
[sampler]
method = "hmc"
chains = 20
burn_in = 200
leapfrog = 10
thin = 2
step_size = 3e-3
[evaluate]
samples = 1000
batch = 200
keep_samples = 1000
"""


def test_the_virial_at_1000_kelvin(helmholtz: Any, alanine: Any, tmp_path: Path) -> None:
    if not (BIN / "helmholtz-plugin-openmm").exists():
        pytest.skip("the package's commands are not installed in this environment")
    (tmp_path / "run.toml").write_text(RUN)
    helmholtz("run", tmp_path / "run.toml", "--out", tmp_path / "out", env={"HELMHOLTZ_PLUGIN_PATH": str(BIN)})
    r = hh.open(tmp_path / "out")
    x = r["samples"]["positions"].values.reshape(-1, 22, 3)
    virial = (x * alanine.energy_and_slope(x)[1]).sum(axis=(1, 2)) * 0.12027236  # 1/(1000 K * 8.314463e-3 kJ/mol/K)
    chains = virial.reshape(-1, 20).mean(axis=0)  # draw i is one of chain i modulo 20
    error = chains.std(ddof=1) / 20**0.5
    # x dU/dx is 115 kT wide; runs/engines/alanine-1000K.toml, of 32 000 draws, has an error of 0.75 kT
    assert abs(virial.mean() - 63) < 4 * error and error < 8
    # with the spring on the centre of mass it is 66 kT, and a run knows it
    residual = r["observables"]["virial_residual"]
    assert abs(residual.item()) < 4 * r["observables"][residual.ancillary_variables].item()


@pytest.mark.parametrize("argument", ["Q", "constraint"])
def test_arguments_that_a_test_system_does_not_have(argument: str) -> None:
    with pytest.raises(hh.Error, match=rf"testsystem: HarmonicOscillator has no argument {argument} \(it has .*K.*mass"):
        Openmm(testsystem=f"HarmonicOscillator({argument}=3)")
