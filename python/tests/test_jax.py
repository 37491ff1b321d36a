"""Parts in JAX in this process: derivatives, and digits that depend on the configuration alone."""

from __future__ import annotations

from typing import Any

import helmholtz as hh
import numpy as np
import pytest
from helmholtz.part import Call
from helmholtz.shares import Place
from test_conformance import part


def call(row: str, n: int, columns: Any, bars: Any = None, **more: Any) -> Call:
    return Call(row, Place.of(0, n, 0, 0), columns, bars or {}, **more)


def test_the_slope_is_that_of_the_formula() -> None:
    e = part("jax_phi4", "JaxPhi4")(L=4, m2=-1.0, lam=0.7)
    x = np.random.default_rng(1).normal(size=(70, 4, 4))
    found = e.rows()["slope"](call("slope", 70, {"x": e.spec() and x}))
    near = sum(np.roll(x, s, a) for a in (1, 2) for s in (1, -1))
    np.testing.assert_allclose(found["energy"], (x * (3 * x + 0.7 * x**3 - near)).sum((1, 2)), rtol=1e-12)
    np.testing.assert_allclose(found["slope"], 6 * x + 2.8 * x**3 - 2 * near, rtol=1e-12, atol=1e-12)
    alone = e.rows()["slope"](call("slope", 1, {"x": x[69:]}))
    assert (alone["slope"] == found["slope"][69:]).all() and (alone["energy"] == found["energy"][69:]).all()


def test_a_draw_and_its_pull() -> None:
    m = part("jax_nvp", "JaxNvp")(hh.field(3, 3), couplings=2, width=5)
    theta = m.start(7)
    theta += 0.1 * np.random.default_rng(2).normal(size=theta.shape)
    m.load(theta)
    n = 150
    place = Place.of(0, n, 0, 0)
    x, log_p = m.draw_batch(5, 0, place.cut())
    tail = m.draw_batch(5, 41, Place.of(41, 20, 0, 0).cut())
    assert (tail[0] == x[41:61]).all() and (tail[1] == log_p[41:61]).all()
    z = hh.noise.normal(5, (0, n), 9).reshape(n, 3, 3)
    np.testing.assert_allclose(m.rows()["map"](call("map", n, {"z": z}))["x"], x, rtol=1e-12, atol=1e-12)

    bars = {"x": np.cos(x), "log_p": np.sin(log_p)}
    pull = lambda: m.rows()["path_pull"](call("path_pull", n, {}, bars, seed=5, first=0))["grad"]  # noqa: E731
    m.draw_batch(5, 0, place.cut())
    again = pull()  # from the noise
    m.draw_batch(5, 0, place.cut())
    assert m._kept
    kept = pull()  # by what the draw kept, since the one before was pulled
    np.testing.assert_allclose(kept, again, rtol=1e-11, atol=1e-11)

    step, direction = 1e-5, np.random.default_rng(3).normal(size=theta.shape)

    def moved(h: float) -> float:
        m.load(theta + h * direction)
        y, p = m.draw_batch(5, 0, place.cut())
        return float((bars["x"] * y).sum() + (bars["log_p"] * p).sum())
    # central differences err by step^2 and by rounding over the step, about 1e-9 of some 100
    assert (moved(step) - moved(-step)) / (2 * step) == pytest.approx(float(kept @ direction), rel=1e-6)


def test_wrong_shapes_are_refused_when_the_part_opens() -> None:
    from helmholtz.jax import jnp

    class PerSite(hh.jax.Energy):
        """Forgot the sum"""
        def space(self) -> hh.Space:
            return hh.field(3)

        def energy(self, x: Any) -> Any:
            return x**2

    class NoDet(hh.jax.Flow):
        """Gives a log-determinant of each component"""
        def init(self, key: Any) -> Any:
            return {"s": jnp.zeros(3)}

        def forward(self, p: Any, z: Any) -> Any:
            return z * jnp.exp(p["s"]), p["s"]
        inverse = forward
    with pytest.raises(hh.Error, match=r"PerSite.energy of one configuration has the shape \(3,\), want a scalar"):
        PerSite().spec()
    with pytest.raises(hh.Error, match="NoDet.forward of one configuration returned the shapes"):
        NoDet(hh.field(3))
