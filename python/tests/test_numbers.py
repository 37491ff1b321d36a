"""Spaces, shares and noise."""

from __future__ import annotations

import helmholtz as hh
import numpy as np
import pytest
from helmholtz import noise
from helmholtz.shares import Place


def test_spaces() -> None:
    assert hh.spins(4, 3, periodic=True).document == {"kind": "spins", "shape": [4, 3], "periodic": True, "lattice": "square"}
    assert hh.particles(3, 2, box=[1, 2]).document == {"kind": "particles", "shape": [3, 2], "box": [1.0, 2.0], "periodic": True}
    assert hh.levels(5, 7).levels == 5 and not hh.levels(5, 7).continuous
    mixed = hh.Space({"kind": "mixed", "fields": [{"kind": "spins", "shape": [2]}, {"kind": "field", "shape": [2, 3]}]})
    assert mixed.size == 8 and mixed.shape == (8,)
    with pytest.raises(hh.Error):
        hh.field(0)


def test_shares() -> None:
    # framework/core/shares.go: 1000 configurations have 8 shares, since 16 would have fewer than 64 each.
    assert Place.of(0, 1000, 0, 0).shares == 8 and Place.of(0, 1024, 0, 0).shares == 16 and Place.of(0, 5, 0, 0).shares == 1
    assert [(s.lo, s.hi) for s in Place.of(0, 60, 60, 16).cut()][:4] == [(0, 3), (3, 7), (7, 11), (11, 15)]
    assert [tuple(s) for s in Place.of(7, 8, 60, 16).cut()] == [(2, 0, 4), (3, 4, 8)]
    assert Place.of(0, 0, 0, 0).sum({}, 2).tolist() == [0, 0]


def test_a_node_has_the_bits_of_the_whole() -> None:
    rng = np.random.default_rng(1)
    terms = {k: rng.normal(size=50) for k in range(8)}
    whole = Place.of(0, 800, 800, 8).sum(terms, 50)
    left = Place.of(0, 400, 800, 8).sum({k: terms[k] for k in range(4)}, 50)
    right = Place.of(400, 400, 800, 8).sum({k: terms[k] for k in range(4, 8)}, 50)
    assert (left + right == whole).all()
    assert (sum(terms[k] for k in range(8)) != whole).any()  # another order has other digits


def test_noise_depends_on_seed_and_number_alone() -> None:
    z = noise.normal(2**63 + 5, (0, 1000), 7)
    assert (noise.normal(2**63 + 5, (10, 20), 7) == z[10:30]).all()
    assert (noise.normal(2**63 + 5, np.arange(10, 30, dtype=np.uint64), 7) == z[10:30]).all()
    assert (noise.normal(4, (0, 1000), 7) != z).all()


def test_noise_has_the_law() -> None:
    n, d = 40000, 5
    z, u = noise.normal(1, (0, n), d), noise.uniform(2, (0, n), d)
    # five standard errors: of the mean 1/sqrt(n), of the variance sqrt(2/n), of the fourth moment sqrt(96/n)
    assert (abs(z.mean(0)) < 5 / n**0.5).all() and (abs(z.var(0) - 1) < 5 * (2 / n)**0.5).all()
    assert (abs((z**4).mean(0) - 3) < 5 * (96 / n)**0.5).all()
    assert (u >= 0).all() and (u < 1).all() and (abs(u.mean(0) - 0.5) < 5 / (12 * n)**0.5).all()
    products = np.corrcoef(np.concatenate([z[1:], z[:-1], u[1:]], axis=1).T) - np.eye(15)
    assert (abs(products) < 5 / n**0.5).all()
