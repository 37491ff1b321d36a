"""Density matrices: derivatives, states and chains, and what runs make of them."""

from __future__ import annotations

import json
import math
from typing import Any

import helmholtz as hh
import numpy as np
import pytest
from conftest import ROOT
from helmholtz.part import Call
from helmholtz.shares import Place
from test_conformance import part


def call(m: Any, row: str, columns: Any, bars: Any = None) -> Any:
    return m.rows()[row](Call(row, Place.of(0, len(columns["x"]), 0, 0), columns, bars or {}))


def fermiflow(file: Any) -> Any:
    """The wave function of plugins/fermiflow: determinants of a trap, moved by dx/dt = sum_j eta(r_ij) (x_i - x_j) + xi(r_i) x_i in
    steps by Runge and Kutta, z(x) by Newton's method from the integration back."""
    from helmholtz.jax import jax, jnp, lax

    n, dim = file["shape"]
    steps, square, units = int(file["settings"]["steps"]), file["settings"]["softening"]**2, int(file["settings"]["hidden"])
    count = len(file["log_p"])

    class FermiFlow(part("jax_dot", "JaxDot")):
        """Determinants moved by a continuous flow"""

        def setup(self) -> None:
            self.most = 2

        def states(self) -> Any:
            return np.array(file["quanta"], int).reshape(count, n, dim)

        def init(self, key: Any) -> Any:
            return [jnp.zeros(count), jnp.zeros(1 + 3 * units), jnp.zeros(1 + 3 * units)]

        def log_p(self, theta: Any) -> Any:
            return math.sqrt(count) * theta[0]

        def rates(self, theta: Any, x: Any) -> Any:
            def f(weights: Any, squares: Any) -> Any:
                a, w, c = weights[1:].reshape(3, -1)
                return weights[0] + (a * jnp.tanh(w * (jnp.sqrt(squares + square)[..., None] - c))).sum(-1)

            def velocity(x: Any) -> Any:
                apart = x[:, None] - x[None]
                return (f(theta[1], (apart**2).sum(-1))[..., None] * apart).sum(1) + f(theta[2], (x**2).sum(-1))[:, None] * x
            return self._lib.divergence(velocity, x)

        def carried(self, theta: Any, x: Any, h: float) -> Any:
            """The end of the path from x in steps of h, and the integral of the divergence."""
            def step(state: Any, _: Any) -> Any:
                x, l = state
                v1, d1 = self.rates(theta, x)
                v2, d2 = self.rates(theta, x + h / 2 * v1)
                v3, d3 = self.rates(theta, x + h / 2 * v2)
                v4, d4 = self.rates(theta, x + h * v3)
                return (x + h / 6 * (v1 + 2 * v2 + 2 * v3 + v4), l + h / 6 * (d1 + 2 * d2 + 2 * d3 + d4)), None
            return lax.scan(step, (x, 0.0), None, length=steps)[0]

        def log_psi(self, theta: Any, k: Any, x: Any) -> Any:
            def end(theta: Any, z: Any) -> Any:
                return self.carried(theta, z.reshape(x.shape), 1 / steps)[0].reshape(-1)
            # Newton's method knows of no derivatives.
            fixed, there = lax.stop_gradient((theta, x.reshape(-1)))
            jacobian = jax.jacfwd(lambda z: end(fixed, z))
            z = lax.scan(lambda z, _: (z + jnp.linalg.solve(jacobian(z), there - end(fixed, z)), None),
                         self.carried(fixed, there.reshape(x.shape), -1 / steps)[0].reshape(-1), None, length=6)[0]
            back = jnp.linalg.inv(jacobian(z))
            for _ in range(2):  # at the solution this moves nothing; after the first dz/dx is right, after the second also d2z/dx2
                z = z + back @ (x.reshape(-1) - end(theta, z))
            z = z.reshape(x.shape)
            sign, log_abs = self.log_phi(k, z)
            return sign, log_abs - self.carried(theta, z, 1 / steps)[1] / 2

    m = FermiFlow(hh.particles(n, dim))
    m.load(np.array(file["theta"]))
    return m


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
