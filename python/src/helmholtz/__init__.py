"""Helmholtz in Python: Hamiltonians, generative models, observables and objectives as plugins, and results.

    import helmholtz as hh

    class Ising(hh.Energy):
        '''Ising ring, E = -J sum_j s_j s_(j+1)'''
        N: int = hh.key(min=3, max=10**6, help="spins")
        J: float = hh.key(1.0, unit="J", help="coupling; positive is ferromagnetic")
        units, symmetries = "J", ("z2",)

        def space(self):
            return hh.spins(self.N, periodic=True)

        def energy(self, x):
            return -self.J * (x * np.roll(x, 1, axis=1)).sum(axis=1)

    if __name__ == "__main__":
        hh.serve(Ising)

Import it first, so that nothing which other libraries print reaches the host.
``helmholtz.jax`` and ``helmholtz.torch`` have energies of one configuration and models whose derivatives are automatic.
"""

from . import _start  # first: takes standard output

from . import noise
from ._attach import Attachment, attach
from ._plot import Pictures, plot
from ._run import RunError, run
from ._serve import serve
from .energy import Energy
from .errors import Error
from .keys import key
from .model import Model
from .objective import Objective
from .observer import Observable, Observer
from .part import Part
from .results import checkpoint, open
from .spaces import Space, angles, field, levels, particles, sphere, spins
from .states import occupations
from .testing import test



def __getattr__(name: str):  # type: ignore[no-untyped-def]
    """``hh.jax`` and ``hh.torch`` without an import of their own."""
    if name in ("jax", "torch"):
        import importlib
        return importlib.import_module("." + name, __name__)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__version__ = "0.1.0"
__all__ = ["Attachment", "Energy", "Error", "Model", "Objective", "Observable", "Observer", "Part", "Pictures", "RunError", "Space",
           "angles", "attach", "checkpoint", "field", "key", "levels", "noise", "occupations", "open", "particles", "plot", "run", "serve", "sphere",
           "spins", "test"]
