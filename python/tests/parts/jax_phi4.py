"""Lattice phi^4 in JAX, its slope by reverse mode."""
import helmholtz as hh
from helmholtz.jax import jnp

print("a library that prints while it is imported")


class JaxPhi4(hh.jax.Energy):
    """S = sum_x [ m2 phi^2 + lambda phi^4 + sum_mu (phi(x+mu) - phi(x))^2 ]"""
    L: int = hh.key(min=2, max=4096, help="edge of the lattice")
    m2: float = hh.key(1.0, help="m^2, of phi^2")
    lam: float = hh.key(1.0, name="lambda", min=0, help="of phi^4")
    symmetries = ("z2", "translation", "reflection")

    def space(self):
        return hh.field(self.L, self.L, periodic=True)

    def energy(self, x):
        steps = sum((jnp.roll(x, 1, axis) - x)**2 for axis in (0, 1))
        return (self.m2 * x**2 + self.lam * x**4 + steps).sum()


if __name__ == "__main__":
    hh.serve(JaxPhi4)
