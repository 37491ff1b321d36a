"""Runs of the command with parts in Python."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Callable

import helmholtz as hh
import numpy as np
import pytest

VAN = """
[model]
plugin = "van"
[energy]
{energy}
L = 4
[ensemble]
temperature = 2.5
[train]
steps = 60
batch = 200
[evaluate]
samples = 4000
"""

FLOW = """
[model]
{model}
[energy]
{energy}
L = 4
m2 = 1.0
lambda = 1.0
[ensemble]
beta = 1
[train]
gradient = "pathwise"
steps = {steps}
batch = 256
learning_rate = 5e-3
[evaluate]
samples = {samples}
"""


def run(helmholtz: Callable[..., str], folder: Path, name: str, text: str, **env: str) -> Any:
    file = folder / f"{name}.toml"
    file.write_text(text)
    helmholtz("run", file, "--out", folder / f"{name}.out", env=env)
    return hh.open(folder / f"{name}.out")


def value(r: Any, name: str) -> Any:
    o = r["observables"]
    return float(o[name]), float(o[o[name].attrs["ancillary_variables"]])


def test_ising_in_numpy_has_the_digits_of_the_built_in(helmholtz: Any, plugin: Any, tmp_path: Path) -> None:
    external = f'plugin = "numpy-ising"\npath = "{plugin("numpy_ising")}"'
    built_in = run(helmholtz, tmp_path, "builtin", VAN.format(energy='plugin = "ising"'))
    for transport in ("auto", "bytes"):
        mine = run(helmholtz, tmp_path, f"numpy-{transport}", VAN.format(energy=external), HELMHOLTZ_TRANSPORT=transport)
        # energies of spins are whole numbers, so nothing is rounded and everything is equal
        assert np.array_equal(mine["history"]["free_energy"], built_in["history"]["free_energy"])
        for name in ("free_energy", "energy", "entropy", "log_z", "magnetization_abs"):
            assert value(mine, name) == value(built_in, name), name
    assert built_in["observables"]["free_energy"].attrs["units"] == "J"
    parameters = hh.checkpoint(tmp_path / "numpy-auto.out")
    assert sum(p.size for p in parameters.values()) > 100 and all(np.isfinite(p).all() for p in parameters.values())


def test_a_real_nvp_in_jax_meets_the_built_in_one(helmholtz: Any, plugin: Any, tmp_path: Path) -> None:
    model = f'plugin = "jax-nvp"\npath = "{plugin("jax_nvp")}"'
    built_in = 'plugin = "phi4"'
    mine = run(helmholtz, tmp_path, "jax", FLOW.format(model=model, energy=built_in, steps=150, samples=8192))
    theirs = run(helmholtz, tmp_path, "go", FLOW.format(model='plugin = "realnvp"', energy=built_in, steps=400, samples=20000))
    (f, f_error), (z, z_error), (exact, exact_error) = value(mine, "free_energy"), value(mine, "log_z"), value(theirs, "log_z")
    assert abs(z - exact) < 4 * np.hypot(z_error, exact_error) and 0 < z_error < 0.03
    # F is a bound, 0.6 above -ln Z at most where the effective sample size is about a half
    assert -exact - 4 * f_error < f < -exact + 0.6
    history = mine["history"]["free_energy"].values
    assert history[-10:].mean() < history[:10].mean() - 1
    names = list(hh.checkpoint(tmp_path / "jax.out"))
    assert names[:4] == ["0.b1", "0.b2", "0.w1", "0.w2"]


def test_an_energy_in_jax_has_the_values_of_the_built_in(helmholtz: Any, plugin: Any, tmp_path: Path) -> None:
    external = f'plugin = "jax-phi4"\npath = "{plugin("jax_phi4")}"'
    both = [run(helmholtz, tmp_path, name, FLOW.format(model='plugin = "realnvp"\ncouplings = 2', energy=energy, steps=20, samples=2000))
            for name, energy in (("mine", external), ("theirs", 'plugin = "phi4"'))]
    mine, theirs = (value(r, "free_energy")[0] for r in both)
    assert mine == pytest.approx(theirs, rel=1e-9)  # rounding, which 20 steps of training make larger
    assert "a library that prints" in (tmp_path / "mine.out" / "plugin-energy.log").read_text()


def test_an_observer_and_an_objective(helmholtz: Any, plugin: Any, tmp_path: Path) -> None:
    path = plugin("numpy_product")
    text = VAN.format(energy='plugin = "ising"').replace("[train]\nsteps = 60", '[train]\nobjective = "variance"\nsteps = 200\nlearning_rate = 0.02') + f"""
[objective]
path = "{path}"
[[estimator]]
plugin = "second"
path = "{path}"
most = 3
"""
    r = run(helmholtz, tmp_path, "observed", text)
    assert value(r, "magnetised")[0] == pytest.approx(value(r, "magnetization_squared")[0], rel=1e-12)
    assert r["observables"]["at_distance"].shape == (3,) and float(r["observables"]["at_distance"][0]) == 1
    assert r["history"]["variance"].values[-10:].mean() < r["history"]["variance"].values[:10].mean() / 2


@pytest.mark.parametrize("mistake, text", [
    ("shape", "Wells.energy_and_slope [0] has the shape (256, 1), want (256,)"),
    ("nan", "energy wells"),
    ("raise", "NameError: name 'undefined' is not defined (helmholtz-plugin-broken, line "),
    ("slope", "its slope dE/dx along a line is"),
])
def test_what_the_user_sees(helmholtz: Any, plugin: Any, tmp_path: Path, mistake: str, text: str) -> None:
    file = tmp_path / "broken.toml"
    energy = f'plugin = "wells"\npath = "{plugin("broken")}"\nmistake = "{mistake}"'
    file.write_text(FLOW.format(model='plugin = "realnvp"\nnetwork = "mlp"', energy=energy, steps=5, samples=100)
                    .replace("L = 4\nm2 = 1.0\nlambda = 1.0\n", ""))
    printed = helmholtz("run", file, "--out", tmp_path / "out", status=1 if mistake == "nan" else 3)
    assert text in printed
