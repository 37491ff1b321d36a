"""Random numbers of configurations, each with a stream of its own.

Configuration i of a draw reads numbers that follow from the seed and i alone, so
they depend neither on the size of the batch nor on how it is cut:

    u_ij = mix(mix(seed) + i a + j b),

mix the finaliser of splitmix64 (Steele, Lea and Flood 2014), a and b odd.
"""

from __future__ import annotations

import numpy as np

_A, _B = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xD1342543DE82EF95)
_TO_UNIT = 2.0**-53


def _mix(z: np.ndarray) -> np.ndarray:
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def bits(seed: int, first: int, n: int, d: int) -> np.ndarray:
    """64 random bits: uint64 of shape (n, d), of the configurations first to first + n - 1."""
    with np.errstate(over="ignore"):
        i = np.arange(first, first + n, dtype=np.uint64)
        key = _mix(_mix(np.full(1, seed, dtype=np.uint64) + _A) + i * _A)
        return _mix(key[:, None] + np.arange(1, d + 1, dtype=np.uint64) * _B)


def uniform(seed: int, first: int, n: int, d: int) -> np.ndarray:
    """Numbers in [0, 1), shape (n, d), with 53 random bits each."""
    return (bits(seed, first, n, d) >> np.uint64(11)) * _TO_UNIT


def normal(seed: int, first: int, n: int, d: int) -> np.ndarray:
    """Standard normal numbers, shape (n, d), two of each pair of uniform ones (Box and Muller 1958)."""
    half = (d + 1) // 2
    u = uniform(seed, first, n, 2 * half)
    radius = np.sqrt(-2 * np.log1p(-u[:, :half]))  # 1 - u is in (0, 1]
    angle = 2 * np.pi * u[:, half:]
    return np.concatenate([radius * np.cos(angle), radius * np.sin(angle)], axis=1)[:, :d]
