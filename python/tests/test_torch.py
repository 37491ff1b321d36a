"""Parts in PyTorch: make test-python-torch, by hand, for PyTorch takes gigabytes."""

from __future__ import annotations

import importlib.util
import re
from typing import Any

import helmholtz as hh
import numpy as np
import pytest
from conftest import ROOT, command, executable
from test_conformance import part
from test_jax import call
from test_new import make
from helmholtz.shares import Place

if importlib.util.find_spec("torch") is None:
    pytest.skip("PyTorch is missing: make test-python-torch", allow_module_level=True)


FIELDS = "^(spec|init|prefix|log_prob|gradient|slope|map|jacobian|velocity|velocity pull|score field|score pull|score slope|noising)$"
DOT = "^(spec|init|prefix|labels|state list|exchange|laplacian|state slope|state gradient|walkers|walkers cut)$"


@pytest.mark.parametrize("cls, settings", [
    ("TorchPhi4", {"L": 3}),
    ("TorchNvp", {"space": hh.field(1, 2, lattice=""), "couplings": 2, "width": 4}),
    ("TorchNetwork", {"space": hh.spins(4), "transport": "bytes"}),
    ("TorchGauss", {"space": hh.field(2), "transport": "shm"}),
    # 20 and 40 steps there and back miss by some 1e-10 and 1e-7; without the tests that integrate tens of thousands of draws
    ("TorchVelocity", {"space": hh.field(2), "transport": "shm", "tolerance": 1e-8, "only": FIELDS}),
    ("TorchScore", {"space": hh.field(2), "transport": "bytes", "tolerance": 1e-5, "only": FIELDS}),
    # a chain of 500 moves takes 10 s, and some tests want thousands of draws
    ("TorchDot", {"space": hh.particles(2, 1), "transport": "shm", "excitation": 1, "moves": 4, "burn_in": 8, "only": DOT}),
])
def test_good_parts(cls: str, settings: Any) -> None:
    hh.test(part("torch_parts", cls), helmholtz=command(), **settings)


@pytest.mark.parametrize("mistake", ["det", "inverse"])
def test_mistakes_are_found(mistake: str) -> None:
    with pytest.raises(AssertionError) as e:
        hh.test(part("torch_parts", "TorchNvp"), space=hh.field(2), helmholtz=command(), mistake=mistake, couplings=2, width=4, verbose=False,
                transport="shm", only="map")
    assert "FAIL shm/map" in str(e.value)


@pytest.mark.parametrize("cls, mistake, only, said", [
    ("TorchVelocity", "det", "map", "ln|det dx/dz| of Inverse: "),
    ("TorchVelocity", "frozen", "velocity pull", "VelocityPull is not the derivative"),
    ("TorchScore", "noise", "noising", "sigma/a goes from"),
    ("TorchScore", "frozen", "score pull", "ScorePull is not the derivative"),
])
def test_mistakes_of_fields_are_found(cls: str, mistake: str, only: str, said: str) -> None:
    with pytest.raises(AssertionError) as e:
        hh.test(part("torch_parts", cls), space=hh.field(2), helmholtz=command(), mistake=mistake, tolerance=1e-5, transport="shm", only=f"^{only}$", verbose=False)
    assert f"FAIL shm/{only}: " in str(e.value) and said in str(e.value)


@pytest.mark.parametrize("mistake, text", [("sign", "exchanging particles 0 and 1 multiplies Psi"), ("norm", "overlaps")])
def test_mistakes_of_density_matrices_are_found(mistake: str, text: str) -> None:
    with pytest.raises(AssertionError) as e:
        hh.test(part("torch_parts", "TorchDot"), space=hh.particles(2, 1), helmholtz=command(), transport="bytes", only="exchange|overlaps",
                excitation=1, moves=10, burn_in=20, mistake=mistake, verbose=False)
    assert text in str(e.value) and "FAIL" in str(e.value)


def test_free_fermions() -> None:
    """In the plane without a flow E_loc = x^2/2 - lap Psi/(2 Psi) of every x is the sum of the oscillator's levels."""
    m = part("torch_parts", "TorchDot")(hh.particles(3, 2), hidden=0)
    m.load(m.start(1))
    drawn = m.walk(3, 0, 40, 40)
    x, k = drawn["x"], drawn["k"]
    local = (x**2).sum((1, 2)) / 2 - m.rows()["laplacian"](call("laplacian", 40, {"x": x, "k": k}))["lap"].real / 2
    assert local == pytest.approx(m.energies[m._states.find(k)], abs=1e-9)


def test_a_draw_and_its_pull() -> None:
    m = part("torch_parts", "TorchNvp")(hh.field(3, 3), couplings=2, width=5)
    theta = m.start(7)
    assert (m.start(7) == theta).all() and (m.start(8) != theta).any()
    m.load(theta)
    n = 150
    place = Place.of(0, n, 0, 0)
    x, log_p = m.draw_batch(5, 0, place.cut())
    tail = m.draw_batch(5, 41, Place.of(41, 20, 0, 0).cut())
    assert (tail[0] == x[41:61]).all() and (tail[1] == log_p[41:61]).all()
    bars = {"x": np.cos(x), "log_p": np.sin(log_p)}
    pull = lambda: m.rows()["path_pull"](call("path_pull", n, {}, bars, seed=5, first=0))["grad"]  # noqa: E731
    m.draw_batch(5, 0, place.cut())
    again = pull()  # from the noise
    m.draw_batch(5, 0, place.cut())
    assert m._kept
    kept = pull()  # by what the draw kept, since the one before was pulled
    assert (kept == again).all() and (pull() == kept).all()

    step, direction = 1e-5, np.random.default_rng(3).normal(size=theta.shape)

    def moved(h: float) -> float:
        m.load(theta + h * direction)
        y, p = m.draw_batch(5, 0, place.cut())
        return float((bars["x"] * y).sum() + (bars["log_p"] * p).sum())
    # central differences err by step^2 and by rounding over the step, about 1e-9 of some 100
    assert (moved(step) - moved(-step)) / (2 * step) == pytest.approx(float(kept @ direction), rel=1e-6)


def test_what_does_not_fit_is_refused_when_the_part_opens() -> None:
    from helmholtz.torch import torch

    class PerSite(hh.torch.Energy):
        """Forgot the sum"""
        def space(self) -> hh.Space:
            return hh.field(3)

        def energy(self, x: Any) -> Any:
            return x**2

    class Numpy(hh.torch.Density):
        """Parameters that are no tensors"""
        def init(self) -> Any:
            return np.zeros(3)

    class Elsewhere(PerSite):
        """On a device that is not there"""
        device = "cuda:99"
    with pytest.raises(hh.Error, match=r"PerSite.energy of one configuration has the shape \(3,\), want a scalar"):
        PerSite().spec()
    with pytest.raises(hh.Error, match="init returned a ndarray, want an nn.Module"):
        Numpy(hh.field(3))
    with pytest.raises(hh.Error, match="PyTorch has no device 'cuda:99' here"):
        Elsewhere().spec()
    assert torch.get_default_dtype() == torch.float64


def test_the_page(helmholtz: Any, tmp_path: Any) -> None:
    """The program of docs/python.md in PyTorch conforms."""
    programs = re.findall(r"^```python\n(#!.*?)^```", (ROOT / "docs/python.md").read_text(), re.M | re.S)
    text, = (p for p in programs if p.splitlines()[1] == "# scales.py")
    printed = helmholtz("plugin", "test", executable(text, tmp_path / "scales.py"), "--space", "field:2", "--transport", "shm", "--run", "map|gradient|sample|normalisation")
    assert "conforms: tests passed: " in printed


@pytest.mark.parametrize("kind", ["energy", "model"])
def test_new(helmholtz: Any, tmp_path: Any, kind: str) -> None:
    """What ``helmholtz plugin new torch`` writes runs as it is."""
    helmholtz("plugin", "new", "torch", "mine", "--kind", kind, "--dir", tmp_path / "mine")
    assert "effective_sample_size" in make(tmp_path / "mine", "run")
    found = hh.open(tmp_path / "mine/mine.out")["observables"]
    # a bound that came near: ln Z is that of the reweighted draws
    assert -0.1 < found["free_energy"].item() + found["log_z"].item() < 1.5


def test_a_run(helmholtz: Any, plugin: Any, tmp_path: Any) -> None:
    """Flow and energy in PyTorch train together; 2 sites, where -ln Z is known by quadrature."""
    path = plugin("torch_parts")
    (tmp_path / "run.toml").write_text(f"""
[model]
plugin = "torch-nvp"
path = "{path}"
couplings = 4
[energy]
plugin = "torch-phi4"
path = "{path}"
L = 2
[ensemble]
beta = 1
[train]
gradient = "pathwise"
steps = 150
batch = 256
learning_rate = 1e-2
[evaluate]
samples = 8192
""")
    helmholtz("run", tmp_path / "run.toml", "--out", tmp_path / "out")
    o = hh.open(tmp_path / "out")["observables"]
    log_z, error = float(o["log_z"]), float(o[o["log_z"].attrs["ancillary_variables"]])
    # both bonds of an edge of two sites: S = sum_i (x_i^2 + x_i^4) + 2 sum over the 4 edges of the square of the difference;
    # the transfer matrix on a grid is that of one column, to 10 digits
    g = np.linspace(-4, 4, 65)
    a, b = np.meshgrid(g, g, indexing="ij")
    column = (a**2 + a**4 + b**2 + b**4 + 2 * (a - b)**2).reshape(-1)
    between = 2 * ((a.reshape(-1, 1) - a.reshape(1, -1))**2 + (b.reshape(-1, 1) - b.reshape(1, -1))**2)
    exact = np.log(np.exp(-column[:, None] - column[None, :] - between).sum() * (g[1] - g[0])**4)
    assert abs(log_z - exact) < 4 * error and error < 0.02
    assert log_z < -float(o["free_energy"]) + 1 and -float(o["free_energy"]) < exact + 0.01


def test_describe_imports_no_torch(plugin: Any) -> None:
    import json
    import os
    import subprocess
    import sys
    from test_start import COOKIE
    done = subprocess.run([sys.executable, "-X", "importtime", str(plugin("torch_parts")), "describe"], capture_output=True, text=True,
                          env={**os.environ, **COOKIE}, check=True)
    assert [p["name"] for p in json.loads(done.stdout)["parts"]] == ["torch-phi4", "torch-nvp", "torch-network", "torch-gauss", "torch-velocity", "torch-score", "torch-dot"]
    imported = {line.split("|")[-1].strip() for line in done.stderr.splitlines() if line.startswith("import time:")}
    assert "numpy" in imported and "torch" not in imported
