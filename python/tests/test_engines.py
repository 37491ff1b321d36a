"""The pool of engines, and calculators of ASE as Hamiltonians."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import helmholtz as hh
import numpy as np
import pytest
from helmholtz.engines import calls
from helmholtz.engines.pool import Failure, Pool

from conftest import ROOT

sys.path.append(str(Path(__file__).parent / "parts"))  # workers have the path of whoever starts them

pytest.importorskip("ase", reason="the extra ase is not installed")
from helmholtz.engines.ase import Ase  # noqa: E402

BIN = Path(sys.executable).parent


def normal(*shape: int, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(shape)


@pytest.fixture
def pool() -> Any:
    pools = []

    def make(workers: int, factory: str = "strange_engine:make", **arguments: Any) -> Pool:
        pools.append(Pool(factory, arguments, workers))
        return pools[-1]
    yield make
    for p in pools:
        p.close()


def test_any_number_of_workers_gives_the_same_numbers(pool: Any) -> None:
    x = normal(101, 5, 3)
    for workers in (1, 3):
        for n in (101, 2, 0):
            e, g = pool(workers, power=4).evaluate(x[:n], True)
            assert np.array_equal(e, np.array([(v**4).sum() for v in x[:n]])) and np.array_equal(g, 4 * x[:n]**3)
    e, g = pool(2).evaluate(x, False)
    assert g is None and e.shape == (101,)


@pytest.mark.parametrize("code, text, died", [(-1, "ended by the signal SIGKILL", True), (-2, "ended with the status 7", True),
                                              (-3, "ArithmeticError: did not converge", False)])
@pytest.mark.parametrize("workers", [1, 3])
def test_the_first_that_fails_is_named_and_the_pool_goes_on(pool: Any, code: int, text: str, died: bool, workers: int) -> None:
    p, x = pool(workers), normal(60, 2, 3)
    x[[23, 31, 59], 0, 0] = code
    for _ in range(2):
        with pytest.raises(Failure, match=text) as e:
            p.evaluate(x, True)
        assert (e.value.index, e.value.died) == (23, died)
    assert np.array_equal(p.evaluate(x[:23], False)[0], [(v**2).sum() for v in x[:23]])


def test_an_engine_that_cannot_be_built(pool: Any) -> None:
    with pytest.raises(Failure, match="FileNotFoundError: no parameters") as e:
        pool(2, "strange_engine:broken").evaluate(normal(5, 1, 3), False)
    assert e.value.index is None


def test_calls() -> None:
    assert calls.read("EMT", "k") == ("EMT", [], {})
    assert calls.read(" mace.calculators.mp('small', a=[1, -2.5], b=None) ", "k") == ("mace.calculators.mp", ["small"], {"a": [1, -2.5], "b": None})
    for text in ("", "f(", "f(g())", "f(**{})", "__import__('os').system('x')", "f(open)", "1", "f()()"):
        with pytest.raises(hh.Error, match="k: cannot be read"):
            calls.read(text, "k")


def write(file: Path, atoms: Any) -> str:
    import ase.io
    ase.io.write(file, atoms)
    return str(file)


def crystal(cells: int, tmp_path: Path) -> str:
    from ase.build import bulk
    return write(tmp_path / "crystal.xyz", bulk("Ar", "fcc", a=(4 / 1.28)**(1 / 3), cubic=True) * (cells, cells, cells))


LENNARD_JONES = "LennardJones(sigma=1, epsilon=1, rc=1.4)"


def test_lennard_jones_crystal(tmp_path: Path) -> None:
    e = Ase(structure=crystal(3, tmp_path), calculator=LENNARD_JONES, units="eps")
    x = np.reshape(e.start, (1, 108, 3))
    # 108 * 12/2 bonds of 4 (r^-12 - r^-6) at r = a/sqrt 2, shifted by that at 1.4; files .xyz have eight digits of the positions
    assert e.energy(x)[0] == pytest.approx(-85.3795195304, abs=1e-9)
    assert e.symmetries == ("translation", "permutation") and e.units == "eps" and not e.warnings
    assert e.space().document == {"kind": "particles", "shape": [108, 3], "periodic": True, "box": pytest.approx([3 * (4 / 1.28)**(1 / 3)] * 3, rel=1e-12)}
    e.close()


def test_an_alloy_stands_species_after_species(tmp_path: Path) -> None:
    from ase import Atoms
    from ase.calculators.emt import EMT
    a = Atoms("CuAuCuAuAu", [[0, 0, 0], [2.6, 0, 0], [1.3, 2.3, 0], [3.9, 2.2, .1], [2.6, 1, 2.3]])
    e = Ase(structure=write(tmp_path / "alloy.xyz", a), calculator="EMT", hold=0.5)
    assert e.symmetries == ("rotation", "permutation") and e.space().document["kinds"] == [2, 3] and e.units == "eV" and not e.warnings
    order = [0, 2, 1, 3, 4]
    x = np.reshape(e.start, (1, 5, 3))
    m = a.get_masses()
    assert np.allclose((m[order][:, None] * x[0]).sum(axis=0), 0, atol=1e-7)
    b = a[order]
    for positions in (x[0], x[0] + 0.1 * normal(5, 3)):
        b.positions = positions
        b.calc = EMT()
        centre = (m[order] @ positions) / m.sum()
        energy, slope = e.energy_and_slope(positions[None])
        assert energy[0] == pytest.approx(b.get_potential_energy() + 0.25 * (centre**2).sum(), rel=1e-12)
        # a spring on the centre of mass adds its share of the mass to each atom
        many, slopes = e.energy_and_slope(np.concatenate([normal(6, 5, 3) * 3, positions[None]]))
        assert many[-1] == energy[0] and np.array_equal(slopes[-1], slope[0])
        assert np.allclose(slope[0], -b.get_forces() + 0.5 * np.outer(m[order] / m.sum(), centre), atol=1e-10)
    e.close()


def test_frames_are_where_chains_begin(tmp_path: Path) -> None:
    from ase import Atoms
    frames = [Atoms("Ar3", np.array([[0, 0, 0], [1.1, 0, 0], [0, 1.1 + k, 0]])) for k in (0, 0.1)]
    e = Ase(structure=write(tmp_path / "two.xyz", frames), calculator=LENNARD_JONES, hold=1)
    assert np.allclose(np.diff(np.reshape(e.start, (2, 3, 3))[:, :, 1], axis=1)[:, 1], [1.1, 1.2])
    e.close()


def refused(tmp_path: Path, **change: Any) -> str:
    from ase import Atoms
    a = Atoms("Ar3", [[0, 0, 0], [1.1, 0, 0], [0, 1.1, 0]], cell=change.pop("cell", None), pbc=change.pop("pbc", False))
    settings = {"structure": write(tmp_path / "a.xyz", a), "calculator": LENNARD_JONES, **change}
    with pytest.raises(hh.Error) as e:
        Ase(**settings)
    return str(e.value)


@pytest.mark.parametrize("change, text", [
    ({"cell": [5, 5, 5], "pbc": [True, True, False]}, "structure: the structure is periodic in some directions alone"),
    ({"cell": [[5, 0, 0], [1, 5, 0], [0, 0, 5]], "pbc": True}, "is no box with edges along x, y and z"),
    ({"cell": [5, 5, 5], "pbc": True, "hold": 1}, "hold: has no effect where the atoms are held in place already"),
    ({"calculator": "LennardJones(sigm=1)"}, "calculator: LennardJones has no parameter sigm (it has epsilon, rc, ro, sigma, smooth)"),
    ({"calculator": "LennardJones(sigma=1, sigma=2)"}, "calculator: cannot be read"),
    ({"calculator": "Lennard"}, "calculator: ASE has no calculator 'Lennard'"),
    ({"calculator": "nowhere.Potential()"}, "calculator: nowhere.Potential cannot be imported"),
    ({"calculator": "ase.calculators.lj.LennardJones(1, 2, 3, 4, 5, 6, 7)"}, "calculator: ase.calculators.lj.LennardJones cannot be made: TypeError"),
    ({"calculator": "EMT"}, "structure: the engine cannot evaluate it: NotImplementedError: No EMT-potential for Ar"),
    ({"structure": "/nowhere.xyz"}, "/nowhere.xyz: ase.io cannot read it"),
])
def test_refusals(tmp_path: Path, monkeypatch: Any, change: Any, text: str) -> None:
    monkeypatch.chdir(tmp_path)
    assert text in refused(tmp_path, **change)


def test_a_free_molecule_has_no_norm(tmp_path: Path) -> None:
    from ase import Atoms
    e = Ase(structure=write(tmp_path / "a.xyz", Atoms("Ar2", [[0, 0, 0], [1.1, 0, 0]])), calculator=LENNARD_JONES)
    assert "its density has no norm" in e.warnings[0]
    e.close()


def test_a_failure_leaves_its_configuration(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    e = Ase(structure=crystal(1, tmp_path), calculator="LennardJones(sigma=1, epsilon=1, rc=0.7)")
    x = np.tile(np.reshape(e.start, (1, 4, 3)), (9, 1, 1)) + 0.01 * normal(9, 4, 3)
    x[5, 1] = x[5, 0]  # infinity minus infinity
    with pytest.raises(hh.Error, match="configuration 5: its energy is nan") as error:
        e.energy_and_slope(x)
    file, = tmp_path.glob("ase-failed-*.npy")
    assert np.array_equal(np.load(file), x[5]) and str(file) in str(error.value) and error.value.kind == "numeric"
    e.close()


def installed() -> Any:
    if not (BIN / "helmholtz-plugin-ase").exists():
        pytest.skip("the package's commands are not installed in this environment")
    return {"HELMHOLTZ_PLUGIN_PATH": str(BIN)}


@pytest.mark.parametrize("file", sorted((ROOT / "runs/engines").glob("*.toml")), ids=lambda f: f.stem)
def test_run_files(helmholtz: Any, tmp_path: Path, file: Path) -> None:
    env = installed()
    if "testsystem" in file.read_text():
        pytest.importorskip("openmmtools", reason="the extra openmmtools is not installed")
    helmholtz("check", file, env=env)
    tiny = [f"--set={k}" for k in ("sampler.burn_in=2", "sampler.chains=4", "sampler.leapfrog=2", "sampler.thin=1", "sampler.step_size=1e-4", "evaluate.samples=16", "evaluate.batch=8")]
    # three draws meet no expectation, but perhaps by chance
    printed = helmholtz("run", file, *tiny, "--out", tmp_path / "out", env=env, status=(0, 4))
    assert "expected" in printed and " +- " in printed


def test_it_is_found_by_its_name_and_conforms(helmholtz: Any, tmp_path: Path) -> None:
    from ase import Atoms
    file = write(tmp_path / "a.xyz", Atoms("Ar4", [[0, 0, 0], [1.1, 0, 0], [0, 1.1, 0], [0.1, 0.2, 1.1]]))
    printed = helmholtz("plugin", "test", "ase", "--set", f"structure={file}", "--set", f"calculator={LENNARD_JONES}", "--set", "hold=2",
                        "--transport", "shm", env=installed())
    assert re.search("conforms: tests passed: [1-9]", printed)
