"""Parts in JAX in this process: derivatives, and digits that depend on the configuration alone."""

from __future__ import annotations

from typing import Any

import helmholtz as hh
import numpy as np
import pytest
from helmholtz.autodiff.chunks import Chunks
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
    assert not m._kept
    again = pull()  # from the noise
    m.draw_batch(5, 0, place.cut())
    assert m._kept
    kept = pull()  # by what the draw kept, since the one before was pulled
    assert (kept == again).all()

    step, direction = 1e-5, np.random.default_rng(3).normal(size=theta.shape)

    def moved(h: float) -> float:
        m.load(theta + h * direction)
        y, p = m.draw_batch(5, 0, place.cut())
        return float((bars["x"] * y).sum() + (bars["log_p"] * p).sum())
    # central differences err by step^2 and by rounding over the step, about 1e-9 of some 100
    assert (moved(step) - moved(-step)) / (2 * step) == pytest.approx(float(kept @ direction), rel=1e-6)


def test_digits_depend_neither_on_runs_nor_on_how_a_batch_is_cut() -> None:
    # 128 configurations in each of 8 shares, and 1030, whose last chunk is short: runs of 1, 2, 4 and 8 chunks
    m = part("jax_nvp", "JaxNvp")(hh.field(3, 3), couplings=2, width=5)
    m.load(m.start(7) + 0.1 * np.random.default_rng(2).normal(size=m.parameter_count()))
    n = 1030
    whole = Place.of(0, n, 0, 8)
    x, log_p = m.draw_batch(5, 0, whole.cut())
    slope = m.rows()["slope"](call("slope", n, {"x": x}))
    bars = {"x": np.cos(x), "log_p": np.sin(log_p)}

    def pulls(place: Place, row: str, at: slice, **more: Any) -> Any:
        return m.rows()[row](Call(row, place, {"x": x[at]}, {k: b[at] for k, b in bars.items()}, **more))["grad"]
    sums = {row: pulls(whole, row, slice(0, n), seed=5, first=0) for row in ("pull", "path_pull")}
    assert max(map(len, (run.borders for run in m._runs(whole.cut())))) > 1
    for workers, first, last in ((1, 0, n), (1, 0, 1), (1, 0, 130), (2, 3, 300), (2, 700, n)):
        m._chunks.workers = workers
        place = Place.of(first, last - first, n, 8)
        drawn = m.draw_batch(5, first, place.cut())
        assert (drawn[0] == x[first:last]).all() and (drawn[1] == log_p[first:last]).all()
        found = m.rows()["slope"](call("slope", last - first, {"x": x[first:last]}))
        assert all((found[k] == slope[k][first:last]).all() for k in slope)
    for row, whole_sum in sums.items():  # of quarters of the shares, as ranks have them
        nodes = [Place.of(lo * n // 8, (lo + 2) * n // 8 - lo * n // 8, n, 8) for lo in (0, 2, 4, 6)]
        a, b, c, d = (pulls(p, row, slice(p.first, p.first + p.n), seed=5, first=p.first) for p in nodes)
        assert ((a + b) + (c + d) == whole_sum).all()


def test_long_gradients_have_a_sum_in_each_call(monkeypatch: pytest.MonkeyPatch) -> None:
    m = part("jax_nvp", "JaxNvp")(hh.field(3, 3), couplings=1, width=4)
    m.load(m.start(7) + 0.1)
    x = np.random.default_rng(1).normal(size=(600, 3, 3))
    pull = lambda: m.rows()["pull"](call("pull", 600, {"x": x}, {"log_p": x[:, 0, 0]}))["grad"]  # noqa: E731
    few = pull()
    monkeypatch.setattr("helmholtz.autodiff.model.SUMS", 0)
    assert all(run.alone and len(run.pieces) == 1 for run in m._runs(Place.of(0, 600, 0, 0).cut()))
    np.testing.assert_allclose(pull(), few, rtol=1e-12, atol=1e-11)  # the compiler may round another way


def test_what_is_dear_and_depends_on_the_configuration_is_kept() -> None:
    m = part("jax_nvp", "JaxNvp")(hh.field(3, 3), couplings=2, width=5)
    m.load(m.start(7))
    _, kept, size = m._draw(m._params, (np.uint64(1), np.arange(128, dtype=np.uint64)))
    assert all(leaf.shape[0] == 2 for leaf in kept) and size == sum(leaf.nbytes for leaf in kept)
    # of each coupling tanh of 5 units, tanh and exp of 9 sites and a product of 9 or 18, and the noise: no weights
    assert size < 8 * 128 * (2 * (5 + 9 + 9 + 18) + 9 + 1)


def test_an_error_of_one_thread_is_raised() -> None:
    chunks = Chunks(2, np.asarray, workers=3)

    def begin(run: Any) -> Any:
        if run.borders[0][0] == 6:
            raise ValueError("no")
        return run.borders[0][0]
    assert list(chunks.each(begin, lambda _, found: found, chunks.runs([(0, 6)]))) == [0, 2, 4]
    with pytest.raises(ValueError, match="no"):
        chunks.each(begin, lambda _, found: found, chunks.runs([(0, 10)]))


def test_runs() -> None:
    chunks = Chunks(4, np.asarray, most=8, workers=2)
    runs = chunks.runs([(0, 10), (10, 20), (20, 22)], sums=8)  # of 3, 3 and 1 chunks
    assert [list(run.borders) for run in runs] == [[(0, 4), (4, 8)], [(8, 10), (10, 14), (14, 18), (18, 20)], [(20, 22)]]
    assert [(run.sums, run.pieces) for run in runs] == [((0, 0), (0,)), ((0, 1, 1, 2), (0, 1, 1)), ((0,), (2,))]
    assert [len(run.borders) for run in chunks.runs([(0, 99)])] == [8, 8, 8, 1]
    assert [run.pieces for run in chunks.runs([(0, 99)], sums=1)] == [(0,)] * 4
    run, = chunks.runs([(0, 6)])[:1]
    assert chunks.fill(run, np.arange(6)).tolist() == [0, 1, 2, 3]


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
