"""The parts of :mod:`helmholtz.autodiff`, by JAX."""

from __future__ import annotations

from typing import Any, ClassVar

from ..errors import lacks
from ..autodiff import continuous, density, density_matrix, energy, flow
from ._tools import JaxTools


class ByJax:
    """What all of them have."""

    _library: ClassVar[bool] = True

    def _tools(self) -> JaxTools:
        return JaxTools()


class ModelByJax(ByJax):
    _library: ClassVar[bool] = True

    def init(self, key: Any) -> Any:
        """Starting parameters, a tree of arrays, from a key of ``jax.random``."""
        raise lacks(self, "init")


class Energy(ByJax, energy.Energy):
    """A Hamiltonian whose :meth:`energy` is written for one configuration, traced by JAX.

    Batches are made by ``vmap``, and dE/dx by reverse mode, on spaces where x can move;
    set ``slope = False`` where E is not differentiable.
    """

    _library: ClassVar[bool] = True


class Flow(ModelByJax, flow.Flow):
    """A flow; the author writes :meth:`init`, :meth:`forward` and :meth:`inverse` for one configuration.

    >>> class Scale(hh.jax.Flow):
    ...     '''x = z exp(s)'''
    ...     def init(self, key):
    ...         return {"s": jnp.zeros(self.space.shape)}
    ...     def forward(self, p, z):
    ...         return z * jnp.exp(p["s"]), p["s"].sum()
    ...     def inverse(self, p, x):
    ...         return x * jnp.exp(-p["s"]), p["s"].sum()
    """

    _library: ClassVar[bool] = True


class Density(ModelByJax, density.Density):
    """A normalised density; the author writes :meth:`init`, :meth:`sample` and :meth:`log_prob` for one configuration.

    >>> class Coins(hh.jax.Density):
    ...     '''Independent spins, p_j = 1/(1 + exp(-2 theta_j))'''
    ...     spaces = ("spins",)
    ...     def init(self, key):
    ...         return jnp.zeros(self.space.shape)
    ...     def sample(self, theta, u):
    ...         return jnp.where(u < jax.nn.sigmoid(2 * theta), 1.0, -1.0)
    ...     def log_prob(self, theta, x):
    ...         return jax.nn.log_sigmoid(2 * theta * x).sum()

    :cvar noise: law of the numbers that :meth:`sample` gets, ``"uniform"`` in [0, 1) or ``"normal"``
    :cvar reparametrised: x is differentiable in the parameters, and the gradient along the samples is there, too
    """

    _library: ClassVar[bool] = True


class Velocity(ModelByJax, continuous.Velocity):
    """A continuous flow; the author writes :meth:`init` and :meth:`velocity`, dx/dt = v(params, x, t), for one configuration.

    It has the density of what v carries from normal variables at t = 0 to t = 1, its divergence exact, and can be trained without following
    it (``objective = "flow_matching"``).

    :ivar steps: steps of the integration by Runge and Kutta's classical method; 20
    """

    _library: ClassVar[bool] = True


class Score(ModelByJax, continuous.Score):
    """A score of data under noise; the author writes :meth:`init` and :meth:`score`, s(params, x, t) = grad_x ln p_t(x), for one
    configuration, from t = 0, noise, to t = 1, data; and :meth:`noising`, a(t) and sigma(t), unless variance shall explode.

    Its density is that of the probability flow; ``objective = "denoising"`` trains it without.

    :ivar sigma_max, sigma_min: of the noise at t = 0 and 1, where :meth:`noising` is not written; 20 and 0.01
    :ivar steps: steps of the integration by Runge and Kutta's classical method; 20
    """

    _library: ClassVar[bool] = True


class DensityMatrix(ModelByJax, density_matrix.DensityMatrix):
    """A density matrix of fermions, rho = sum_K p(K) |Psi_K><Psi_K|; the author writes :meth:`states`, :meth:`log_psi` of one configuration,
    :meth:`init` where Psi has parameters, and perhaps :meth:`log_p`.

    >>> class Line(hh.jax.DensityMatrix):
    ...     '''One particle in the lowest two states of an oscillator'''
    ...     def states(self):  # quantum numbers of each particle in each state
    ...         return [[[0]], [[1]]]
    ...     def log_psi(self, params, k, x):  # the sign of Psi, and ln |Psi|
    ...         q, y = k[0, 0], x[0, 0]
    ...         psi = jnp.where(q == 0, 1, 2**0.5 * y) * jnp.pi**-0.25
    ...         return jnp.sign(psi), jnp.log(abs(psi)) - y**2 / 2

    The Laplacian of Psi follows by forward over reverse mode, gradients in the parameters by reverse mode, and x is drawn by Metropolis'
    method. The Psi_K must be orthonormal: only then is F a bound. That is so where one map moves all of them,
    Psi_K(x) = Phi_K(z(x)) abs(det dz/dx)^(1/2), with orthonormal Phi_K.
    """

    _library: ClassVar[bool] = True

    def init(self, key: Any) -> Any:
        """Starting parameters of Psi, and of p(K) where :meth:`log_p` is written: a tree of arrays, from a key of ``jax.random``."""
        return {}
