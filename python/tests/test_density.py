"""Density matrices: derivatives, states and chains, and what runs make of them."""

from __future__ import annotations

import json
import math
from typing import Any

import helmholtz as hh
import numpy as np
import pytest
from conftest import ROOT, command
from helmholtz.part import Call
from helmholtz.shares import Place
from test_conformance import part


def call(m: Any, row: str, columns: Any, bars: Any = None) -> Any:
    return m.rows()[row](Call(row, Place.of(0, len(columns["x"]), 0, 0), columns, bars or {}))


def loaded(m: Any, seed: int = 1) -> Any:
    m.load(m.start(seed) + 0.1 * np.random.default_rng(seed).normal(size=m.parameter_count()))
    return m


def fermiflow(file: Any) -> Any:
    """The wave function of plugins/fermiflow: determinants of a trap, moved by dx/dt = sum_j eta(r_ij) (x_i - x_j) + xi(r_i) x_i in
    steps by Runge and Kutta, z(x) by Newton's method from the integration back."""
    from helmholtz.jax import jax, jnp

    n, dim = file["shape"]
    steps, square, units = int(file["settings"]["steps"]), file["settings"]["softening"]**2, int(file["settings"]["hidden"])
    count = len(file["log_p"])

    class FermiFlow(part("jax_dot", "JaxDot")):
        """Determinants moved by a continuous flow"""

        def setup(self) -> None:
            self.most = 2
            self.places = self.solutions = np.zeros((1, n * dim))
            self.back = np.zeros((1, n * dim, n * dim))

        def states(self) -> Any:
            return np.array(file["quanta"], int).reshape(count, n, dim)

        def init(self, key: Any) -> Any:
            return [jnp.zeros(count), jnp.zeros(1 + 3 * units), jnp.zeros(1 + 3 * units)]

        def log_p(self, theta: Any) -> Any:
            return math.sqrt(count) * theta[0]

        def rates(self, theta: Any, x: Any) -> Any:
            """dx/dt and its divergence, sum over pairs and particles of f' r^2/rho + dim f, rho^2 = r^2 + softening^2."""
            def f(weights: Any, squares: Any) -> Any:
                rho = jnp.sqrt(squares + square)
                a, w, c = weights[1:].reshape(3, -1)
                tanh = jnp.tanh(w * (rho[..., None] - c))
                value, slope = weights[0] + (a * tanh).sum(-1), (a * w * (1 - tanh**2)).sum(-1)
                return value, slope * squares / rho + dim * value
            apart = x[:, None] - x[None]
            (eta, pairs), (xi, places) = f(theta[1], (apart**2).sum(-1)), f(theta[2], (x**2).sum(-1))
            return (eta[..., None] * apart).sum(1) + xi[:, None] * x, (pairs * (1 - jnp.eye(n))).sum() + places.sum()

        def carried(self, theta: Any, x: Any, h: float) -> Any:
            """The end of the path from x in steps of h, and the integral of the divergence."""
            l = 0.0
            for _ in range(steps):
                v1, d1 = self.rates(theta, x)
                v2, d2 = self.rates(theta, x + h / 2 * v1)
                v3, d3 = self.rates(theta, x + h / 2 * v2)
                v4, d4 = self.rates(theta, x + h * v3)
                x, l = x + h / 6 * (v1 + 2 * v2 + 2 * v3 + v4), l + h / 6 * (d1 + 2 * d2 + 2 * d3 + d4)
            return x, l

        def end(self, theta: Any, z: Any) -> Any:
            return self.carried(theta, z.reshape(n, dim), 1 / steps)[0].reshape(-1)

        def solve(self, theta: Any, x: Any) -> None:
            """z of places x by Newton's method, and dz/dx."""
            end = jax.jit(jax.vmap(lambda z: self.end(theta, z)))
            jacobian = jax.jit(jax.vmap(jax.jacfwd(lambda z: self.end(theta, z))))
            self.places, z = x, x
            for _ in range(12):
                z = z + np.linalg.solve(jacobian(z), (x - end(z))[..., None])[..., 0]
            self.solutions, self.back = z, np.linalg.inv(jacobian(z))

        def log_psi(self, theta: Any, k: Any, x: Any) -> Any:
            at = ((self.places - x.reshape(-1))**2).sum(1).argmin()
            z, back = jnp.asarray(self.solutions)[at], jnp.asarray(self.back)[at]
            for _ in range(2):  # at the solution this moves nothing; after the first dz/dx is right, after the second also d2z/dx2
                z = z + back @ (x.reshape(-1) - self.end(theta, z))
            z = z.reshape(x.shape)
            sign, log_abs = self.log_phi(k, z)
            return sign, log_abs - self.carried(theta, z, 1 / steps)[1] / 2

    model = FermiFlow(hh.particles(n, dim))
    model.load(np.array(file["theta"]))
    model.solve(model._params, np.array(file["x"]).reshape(-1, n * dim))
    return model


def test_numbers_are_those_of_fermiflow() -> None:
    """plugins/fermiflow/testdata/values.json has the numbers of the plugin in Go, all derivatives by hand (values_test.go)."""
    file = json.loads((ROOT / "plugins/fermiflow/testdata/values.json").read_text())
    m = fermiflow(file)
    x = np.array(file["x"]).reshape(-1, *file["shape"])
    given = {"x": x, "k": m._states.labels}
    psi = call(m, "log_psi", given)
    close = dict(rtol=1e-10, atol=1e-10)
    np.testing.assert_allclose(psi["log_p"], file["log_p"], **close)
    np.testing.assert_allclose(psi["log_psi"].real, file["log_psi"], **close)
    lap = call(m, "laplacian", given)["lap"]
    np.testing.assert_allclose(lap.real, file["lap"], **close)
    assert not lap.imag.any()
    np.testing.assert_allclose(call(m, "state_slope", given)["log_psi_slope"].real.reshape(-1), file["slope"], **close)
    grad = call(m, "state_pull", given, {"log_p": np.array(file["w"]), "log_psi": np.array(file["v"]) + 0j})["grad"]
    np.testing.assert_allclose(grad, file["grad"], **close)


class Ring(hh.jax.DensityMatrix):
    """One particle on a ring: Psi_q(x) = exp(i (q x + a sin x)) exp(b cos x)/norm, q = 0, 1, 2"""
    polar: bool = hh.key(False, help="returns the phase and ln |Psi|, not ln Psi")

    def states(self) -> Any:
        return [[[0]], [[1]], [[2]]]

    def init(self, key: Any) -> Any:
        from helmholtz.jax import jnp
        return {"a": jnp.full((), 0.7), "b": jnp.full((), 0.3)}

    def log_psi(self, p: Any, k: Any, x: Any) -> Any:
        from helmholtz.jax import jax, jnp
        angle, width = k[0, 0] * x[0, 0] + p["a"] * jnp.sin(x[0, 0]), p["b"] * jnp.cos(x[0, 0])
        norm = jnp.log(2 * jnp.pi * jax.scipy.special.i0(2 * p["b"])) / 2
        return (jnp.exp(1j * angle), width - norm) if self.polar else width - norm + 1j * angle


@pytest.mark.parametrize("polar", [False, True])
def test_complex_wave_functions(polar: bool) -> None:
    m = Ring(hh.particles(1, 1, box=[2 * np.pi]), polar=polar)
    m.load(m.start(1))
    x = np.linspace(0.1, 6, 70).reshape(-1, 1, 1)
    q = np.arange(70) % 3
    given = {"x": x, "k": m._states.labels[q]}
    y = x[:, 0, 0]
    slope = -0.3 * np.sin(y) + 1j * (q + 0.7 * np.cos(y))  # d ln Psi/dx
    np.testing.assert_allclose(call(m, "state_slope", given)["log_psi_slope"][:, 0, 0], slope, rtol=1e-12)
    second = -0.3 * np.cos(y) - 0.7j * np.sin(y)
    np.testing.assert_allclose(call(m, "laplacian", given)["lap"], second + slope**2, rtol=1e-12)
    psi = np.exp(call(m, "log_psi", given)["log_psi"])
    np.testing.assert_allclose(psi, np.exp(0.3 * np.cos(y) + 1j * (q * y + 0.7 * np.sin(y))) / np.sqrt(2 * np.pi * np.i0(0.6)), rtol=1e-12)
    # every state is as likely, and has the same density
    np.testing.assert_allclose(call(m, "log_prob", {"x": x})["log_p"], 2 * np.log(abs(psi)), rtol=1e-12)
    v = np.cos(y) + 1j * np.sin(2 * y)
    grad = call(m, "state_pull", given, {"log_p": y, "log_psi": v})["grad"]
    with_table = [sum(y[q == s]) - sum(y) / 3 for s in range(3)]
    ratio = (np.i0(0.6 + 1e-6) - np.i0(0.6 - 1e-6)) / 2e-6 / np.i0(0.6)  # of the norm
    np.testing.assert_allclose(grad[:4], [*with_table, (v.imag * np.sin(y)).sum()], rtol=1e-12)
    assert grad[4] == pytest.approx((v.real * (np.cos(y) - ratio)).sum(), rel=1e-8)  # by that difference


def test_states_are_listed() -> None:
    """Numbers of states up to 0, 1, ... quanta above the lowest: plugins/fermiflow/README.md."""
    quanta = [(a, b) for a in range(9) for b in range(9) if a + b < 9]
    for n, counts in ((3, [1, 7, 21, 53, 116]), (6, [1, 13, 54, 186, 524])):
        for above, count in enumerate(counts):
            states, energies = hh.occupations(quanta, [a + b + 1 for a, b in quanta], n, above)
            assert states.shape == (count, n, 2) and (np.diff(energies) >= 0).all()
            np.testing.assert_allclose(states.sum((1, 2)) + n, energies)
            assert len({str(sorted(map(tuple, s))) for s in states}) == count
    with pytest.raises(hh.Error, match="more than 65536 states of 20 fermions"):
        hh.occupations(quanta, [a + b + 1 for a, b in quanta], 20, 9)


@pytest.mark.parametrize("states, text", [
    ([[[0], [0]]], r"state 0 has an orbital twice: \[\[0\], \[0\]\]"),
    ([[[0], [1]], [[1], [0]]], "the states 0 and 1 have the same orbitals"),
    ([[0, 1]], r"states is an array of int64 of the shape \(1, 2\), want quantum numbers of the shape \(states, 2, 1\)"),
    ([], "want quantum numbers of the shape"),
])
def test_states_that_are_none_are_refused(states: Any, text: str) -> None:
    class Listed(Ring):
        """Lists them"""
        def states(self) -> Any:
            return states
    with pytest.raises(hh.Error, match=text):
        Listed(hh.particles(2, 1))


def test_kinds_and_wrong_shapes() -> None:
    class Kinds(Ring):
        """Two particles that differ may be in the same orbital, and its orbitals are in the order in which they occur"""
        knows_kinds = True

        def states(self) -> Any:
            return [[[2.5], [2.5]], [[-1.5], [2.5]], [[2.5], [-1.5]]]

    m = Kinds(hh.particles(2, 1, kinds=[1, 1]))
    assert m.spec()["orbitals"].tolist() == [[2.5], [-1.5]] and "kinds" in m.powers()
    assert m._states.labels.tolist() == [[0, 0], [1, 0], [0, 1]]
    with pytest.raises(hh.Error, match=r"configuration 1 is in no state of the model: orbitals \[1, 1\]"):
        m._states.find(np.array([[0, 1], [1, 1]]))

    class PerParticle(Kinds):
        """Forgot the sum"""
        def log_psi(self, p: Any, k: Any, x: Any) -> Any:
            return x[:, 0]
    with pytest.raises(hh.Error, match=r"PerParticle.log_psi of one configuration returned the shapes \(\(2,\), \(2,\)\)"):
        PerParticle(hh.particles(2, 1, kinds=[1, 1]))


def test_a_walk() -> None:
    """A chain depends on its number and its row; what they remember is checked, and acceptance is watched."""
    from helmholtz.walkers import Chains
    m = loaded(Ring(hh.particles(1, 1, box=[2 * np.pi]), moves=7, state_moves=3, burn_in=20))
    first = m.walk(5, 0, 150, 150)
    assert (0 <= first["x"]).all() and (first["x"] < 2 * np.pi).all() and set(first["k"][:, 0]) == {0, 1, 2}
    np.testing.assert_array_equal(first["log_p"], m._log_p()[m._states.find(first["k"])])
    chains = m.chains
    second = m.walk(6, 0, 150, 150)
    m.chains = m.checked(Chains(40, 150, chains.rows[40:110]))
    part = m.walk(6, 40, 70, 150)
    for name in second:
        np.testing.assert_array_equal(part[name], second[name][40:110])

    class Short(Ring):
        """Moves by a thousandth of the ring"""
        length = 1e-3
    short = loaded(Short(m.space, moves=7, burn_in=0))
    short.walk(5, 0, 20, 20)
    told, = short.notices()
    assert told["text"].startswith("more than 0.9 of the Metropolis moves") and told["count"] == 1 and not short.notices()
    for rows, text in ((chains.rows[:, 1:], "2 numbers in a row, not 3"), (chains.rows + 3, "a chain is in the state [345], and there are 3")):
        with pytest.raises(hh.Error, match=text):
            m.checked(Chains(0, 150, rows))


def test_it_conforms() -> None:
    """Two particles on a line, of which overlaps can be integrated."""
    hh.test(part("jax_dot", "JaxDot"), space=hh.particles(2, 1), helmholtz=command(), transport="shm", hidden=2, excitation=2, moves=20, verbose=False)


def test_free_fermions(helmholtz: Any, plugin: Any, tmp_path: Any) -> None:
    """Without a flow and without repulsion every sample of every state has the energy of its orbitals, and with p(K) of free fermions
    F = E_loc + ln p/beta is the same for all: that of the recursion over all orbitals."""
    (tmp_path / "free.toml").write_text(f"""
[model]
plugin = "jax-dot"
path = "{plugin("jax_dot")}"
hidden = 0
excitation = 8
initial_beta = 3
moves = 20
[energy]
plugin = "quantumdot"
n = 2
kappa = 0
[ensemble]
beta = 3
[train]
steps = 2
learning_rate = 1e-9
batch = 200
[evaluate]
samples = 4000
""")
    helmholtz("run", tmp_path / "free.toml", "--out", tmp_path / "free.out")
    o = hh.open(tmp_path / "free.out")["observables"]
    # the states that are left out add exp(-27) for each of about a hundred ways
    assert o["free_energy"].item() == pytest.approx(o["free_energy_exact"].item(), abs=1e-9) and o["free_energy_stderr"].item() < 1e-9
    for name, exact in (("energy", o["energy_exact"]), ("entropy", o["entropy_exact"]), ("kinetic_energy", o["energy_exact"] / 2)):  # a trap's virial theorem
        stderr = o[f"{name}_stderr"].item()
        assert abs(o[name].item() - exact.item()) < 4 * stderr + 1e-7 and stderr < 0.05
