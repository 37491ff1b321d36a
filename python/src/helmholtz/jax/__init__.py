"""Energies and models from functions of one configuration in JAX; every derivative is automatic.

    import helmholtz as hh
    from helmholtz.jax import jnp

    class Phi4(hh.jax.Energy):
        '''Lattice phi^4'''
        L: int = hh.key(min=2, max=4096, help="edge of the lattice")
        ...
        def energy(self, x):  # of one configuration
            ...

``jnp`` and ``jax`` of this module are the libraries, imported when they are first used: the
description of a plugin is printed without them. All is computed in float64.
"""

from __future__ import annotations

from ..autodiff.lazy import Lazy
from ._load import module

jax = Lazy("jax", module)
jnp = Lazy("jax.numpy", module)
lax = Lazy("jax.lax", module)

from ._parts import Density, DensityMatrix, Energy, Flow, Score, Velocity  # noqa: E402

__all__ = ["Density", "DensityMatrix", "Energy", "Flow", "Score", "Velocity", "jax", "jnp", "lax"]
