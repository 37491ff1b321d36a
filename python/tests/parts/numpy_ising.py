"""The built-in ising in numpy."""
import helmholtz as hh
import numpy as np


class NumpyIsing(hh.Energy):
    """Ising ferromagnet on a torus, E = -J sum over bonds of s s'"""
    L: int = hh.key(min=3, max=10000, help="edge of the lattice")
    J: float = hh.key(1.0, unit="J", help="coupling; positive is ferromagnetic")
    units, symmetries = "J", ("z2", "translation", "reflection")

    def space(self):
        return hh.spins(self.L, self.L, periodic=True)

    def energy(self, x):
        return -self.J * (x * (np.roll(x, 1, 1) + np.roll(x, 1, 2))).sum((1, 2))


if __name__ == "__main__":
    hh.serve(NumpyIsing)
