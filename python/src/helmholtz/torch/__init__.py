"""Energies and models from functions of one configuration in PyTorch; every derivative is automatic.

    import helmholtz as hh
    from helmholtz.torch import torch

    class Phi4(hh.torch.Energy):
        '''Lattice phi^4'''
        L: int = hh.key(min=2, max=4096, help="edge of the lattice")
        ...
        def energy(self, x):  # of one configuration
            ...

``torch`` and ``nn`` of this module are the library, imported when they are first used: the
description of a plugin is printed without it. All is computed in float64.
"""

from __future__ import annotations

from ..autodiff.lazy import Lazy
from ._load import module

torch = Lazy("torch", module)
nn = Lazy("torch.nn", module)

from ._parts import Density, DensityMatrix, Energy, Flow, Score, Velocity  # noqa: E402

__all__ = ["Density", "DensityMatrix", "Energy", "Flow", "Score", "Velocity", "nn", "torch"]
