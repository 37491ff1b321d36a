#!/usr/bin/env python3
"""A quantum dot: Slater determinants of a harmonic trap, moved by backflow."""

from __future__ import annotations

import math
from typing import Any

import helmholtz as hh
import numpy as np
from helmholtz.jax import jax, jnp


class JaxDot(hh.jax.DensityMatrix):
    """Determinants of a trap's orbitals, Psi_K(x) = Phi_K(z(x)) |det dz/dx|^(1/2), z_i = x_i + sum_j a(r_ij) (x_i - x_j) + b(r_i) x_i"""
    excitation: int = hh.key(2, min=0, max=20, help="states up to so many quanta above the ground state")
    initial_beta: float = hh.key(1.0, min=0, help="p(K) begins as that of free fermions at this inverse temperature")
    hidden: int = hh.key(8, min=0, max=1000, help="hidden units of a and b; 0: z = x")
    symmetries = ("permutation", "z2")

    def setup(self) -> None:
        n, dim = self.space.shape
        self.most = self.excitation + next(q for q in range(n + 1) if math.comb(q + dim, dim) >= n)  # quanta of an orbital
        quanta = np.array(np.meshgrid(*[range(self.most + 1)] * dim)).reshape(dim, -1).T
        self.listed, self.energies = hh.occupations(quanta, quanta.sum(1) + dim / 2, n, self.excitation)

    def states(self) -> Any:
        return self.listed

    def initial_log_p(self) -> Any:
        return -self.initial_beta * self.energies

    def init(self, key: Any) -> Any:
        if self.hidden == 0:
            return {}
        w = jax.random.normal(key, (2, 2, self.hidden))
        return {"w": w[0], "bias": w[1], "v": jnp.zeros((2, self.hidden))}

    def z(self, p: Any, x: Any) -> Any:
        """The place of free fermions to which the flow takes x."""
        if self.hidden == 0:
            return x
        apart = x[:, None] - x[None]  # that of a particle from itself is 0, and so is its share

        def f(m: int, squares: Any) -> Any:
            r = jnp.sqrt(squares + 0.01)[..., None]
            return (jnp.tanh(r * p["w"][m] + p["bias"][m]) * jnp.exp(-r / 4)) @ p["v"][m]
        pairs, places = f(0, (apart**2).sum(-1)), f(1, (x**2).sum(-1))
        return x + (pairs[..., None] * apart).sum(1) + places[:, None] * x

    def log_phi(self, k: Any, z: Any) -> Any:
        """Sign and ln |Phi_K(z)|: Hermite functions, by their recurrence."""
        h = [jnp.full_like(z, math.pi**-0.25), 2**0.5 * math.pi**-0.25 * z]
        for q in range(1, self.most):
            h.append((2 / (q + 1))**0.5 * z * h[q] - (q / (q + 1))**0.5 * h[q - 1])
        table = jnp.stack(h)
        orbitals = jnp.stack([table[k[:, c], :, c] for c in range(z.shape[1])]).prod(0)
        sign, log_abs = jnp.linalg.slogdet(orbitals)
        return sign, log_abs - (z**2).sum() / 2 - math.lgamma(len(z) + 1) / 2

    def log_psi(self, p: Any, k: Any, x: Any) -> Any:
        sign, log_abs = self.log_phi(k, self.z(p, x))
        if self.hidden == 0:
            return sign, log_abs
        jacobian = jax.jacfwd(lambda y: self.z(p, y.reshape(x.shape)).reshape(-1))(x.reshape(-1))
        return sign, log_abs + jnp.linalg.slogdet(jacobian)[1] / 2


class BrokenDot(JaxDot):
    """A quantum dot with a mistake"""
    mistake: str = hh.key("none", choices=["none", "bosons", "norm", "laplacian", "frozen"], help="what is wrong")

    def z(self, p: Any, x: Any) -> Any:
        if self.mistake == "frozen":  # the flow, for derivatives in its parameters
            p = jax.lax.stop_gradient(p)
        return super().z(p, x)

    def log_psi(self, p: Any, k: Any, x: Any) -> Any:
        sign, log_abs = super().log_psi(p, k, x)
        if self.mistake == "bosons":
            return log_abs  # of Psi, which is real but not positive
        phi = self.log_phi(k, self.z(p, x))[1]
        if self.mistake == "norm":  # without the determinant of the map
            return sign, phi
        if self.mistake == "laplacian":  # that determinant stands still for derivatives
            return sign, phi + jax.lax.stop_gradient(log_abs - phi)
        return sign, log_abs


if __name__ == "__main__":
    hh.serve(JaxDot, BrokenDot)
