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

from ._lazy import Lazy

jax = Lazy("jax")
jnp = Lazy("jax.numpy")
lax = Lazy("jax.lax")

from .density import Density  # noqa: E402
from .energy import Energy  # noqa: E402
from .flow import Flow  # noqa: E402

__all__ = ["Density", "Energy", "Flow", "jax", "jnp", "lax"]
