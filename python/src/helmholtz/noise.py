"""Random numbers of configurations, each with a stream of its own.

Configuration i of a draw reads numbers that follow from the seed and i alone, so
they depend neither on the size of the batch nor on how it is cut:

    u_ij = mix(mix(seed) + i a + j b),

mix the finaliser of splitmix64 (Steele, Lea and Flood 2014), a and b odd.
"""

from __future__ import annotations

from typing import Any, Union

import numpy as np

_A, _B = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xD1342543DE82EF95)
_TO_UNIT = 2.0**-53

#: numbers of configurations, uint64 of shape (n,), or n of them from a first one on as (first, n)
Numbers = Union[Any, "tuple[int, int]"]


def _mix(z: Any) -> Any:
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def bits(seed: int, numbers: Numbers, d: int, xp: Any = np) -> Any:
    """64 random bits, uint64 of shape (n, d), of the configurations with these numbers.

    :param xp: numpy, or ``jax.numpy`` with the same digits
    """
    with np.errstate(over="ignore"):
        i = np.arange(numbers[0], sum(numbers), dtype=np.uint64) if isinstance(numbers, tuple) else numbers
        key = _mix(_mix(xp.asarray(seed, dtype=np.uint64).reshape(1) + _A) + i * _A)
        return _mix(key[:, None] + np.arange(1, d + 1, dtype=np.uint64) * _B)


def uniform(seed: int, numbers: Numbers, d: int, xp: Any = np) -> Any:
    """Numbers in [0, 1), shape (n, d), with 53 random bits each."""
    return (bits(seed, numbers, d, xp) >> np.uint64(11)).astype(np.float64) * _TO_UNIT


def normal(seed: int, numbers: Numbers, d: int, xp: Any = np) -> Any:
    """Standard normal numbers, shape (n, d), two of each pair of uniform ones (Box and Muller 1958)."""
    half = (d + 1) // 2
    u = uniform(seed, numbers, 2 * half, xp)
    radius = xp.sqrt(-2 * xp.log1p(-u[:, :half]))  # 1 - u is in (0, 1]
    angle = 2 * np.pi * u[:, half:]
    return xp.concatenate([radius * xp.cos(angle), radius * xp.sin(angle)], axis=1)[:, :d]
