"""The parts of :mod:`helmholtz.autodiff`, by PyTorch."""

from __future__ import annotations

from typing import Any, ClassVar

from ..errors import lacks
from ..autodiff import continuous, density, density_matrix, energy, flow
from ._tools import TorchTools


class ByTorch:
    """What all of them have.

    :ivar device: ``"auto"``, a GPU where there is one, or what ``torch.device`` takes: ``"cpu"``, ``"cuda:1"``
    With ``bitwise = False`` large matrix products are faster on a CPU.
    """

    _library: ClassVar[bool] = True
    device: str = "auto"

    def _tools(self) -> TorchTools:
        return TorchTools(self.device, self.bitwise)


class ModelByTorch(ByTorch):
    _library: ClassVar[bool] = True

    def init(self) -> Any:
        """Starting parameters: an ``nn.Module`` whose parameters they are, or a tree of dictionaries and lists of tensors.

        PyTorch's random numbers are seeded when it is called. The other methods get it as ``params``, with the parameters
        of the training; a module in the mode ``eval``.
        """
        raise lacks(self, "init")


class Energy(ByTorch, energy.Energy):
    """A Hamiltonian whose :meth:`energy` is written for one configuration, a tensor; it must work under ``torch.vmap``.

    dE/dx is made by reverse mode, on spaces where x can move; set ``slope = False`` where E is not differentiable.
    """

    _library: ClassVar[bool] = True


class Flow(ModelByTorch, flow.Flow):
    """A flow; the author writes :meth:`init`, :meth:`forward` and :meth:`inverse` for one configuration.

    >>> class Scale(hh.torch.Flow):
    ...     '''x = z exp(s)'''
    ...     def init(self):
    ...         return {"s": torch.zeros(self.space.shape)}
    ...     def forward(self, p, z):
    ...         return z * torch.exp(p["s"]), p["s"].sum()
    ...     def inverse(self, p, x):
    ...         return x * torch.exp(-p["s"]), p["s"].sum()
    """

    _library: ClassVar[bool] = True


class Density(ModelByTorch, density.Density):
    """A normalised density; the author writes :meth:`init`, :meth:`sample` and :meth:`log_prob` for one configuration.

    >>> class Coins(hh.torch.Density):
    ...     '''Independent spins, p_j = 1/(1 + exp(-2 theta_j))'''
    ...     spaces = ("spins",)
    ...     def init(self):
    ...         return torch.zeros(self.space.shape)
    ...     def sample(self, theta, u):
    ...         return torch.where(u < torch.sigmoid(2 * theta), 1.0, -1.0)
    ...     def log_prob(self, theta, x):
    ...         return torch.nn.functional.logsigmoid(2 * theta * x).sum()

    :cvar noise: law of the numbers that :meth:`sample` gets, ``"uniform"`` in [0, 1) or ``"normal"``
    :cvar reparametrised: x is differentiable in the parameters, and the gradient along the samples is there, too
    """

    _library: ClassVar[bool] = True


class Velocity(ModelByTorch, continuous.Velocity):
    """A continuous flow; the author writes :meth:`init` and :meth:`velocity`, dx/dt = v(params, x, t), for one configuration.

    It has the density of what v carries from normal variables at t = 0 to t = 1, its divergence exact, and can be trained without following
    it (``objective = "flow_matching"``).

    :ivar steps: steps of the integration by Runge and Kutta's classical method; 20
    """

    _library: ClassVar[bool] = True


class Score(ModelByTorch, continuous.Score):
    """A score of data under noise; the author writes :meth:`init` and :meth:`score`, s(params, x, t) = grad_x ln p_t(x), for one
    configuration, from t = 0, noise, to t = 1, data; and :meth:`noising`, a(t) and sigma(t), unless variance shall explode.

    Its density is that of the probability flow; ``objective = "denoising"`` trains it without.

    :ivar sigma_max, sigma_min: of the noise at t = 0 and 1, where :meth:`noising` is not written; 20 and 0.01
    :ivar steps: steps of the integration by Runge and Kutta's classical method; 20
    """

    _library: ClassVar[bool] = True


class DensityMatrix(ModelByTorch, density_matrix.DensityMatrix):
    """A density matrix of fermions, rho = sum_K p(K) |Psi_K><Psi_K|; the author writes :meth:`states`, :meth:`log_psi` of one configuration,
    :meth:`init` where Psi has parameters, and perhaps :meth:`log_p`.

    >>> class Line(hh.torch.DensityMatrix):
    ...     '''One particle in the lowest two states of an oscillator'''
    ...     def states(self):  # quantum numbers of each particle in each state
    ...         return [[[0]], [[1]]]
    ...     def log_psi(self, params, k, x):  # the sign of Psi, and ln |Psi|
    ...         q, y = k[0, 0], x[0, 0]
    ...         psi = torch.where(q == 0, 1.0, 2**0.5 * y) * math.pi**-0.25
    ...         return torch.sign(psi), torch.log(abs(psi)) - y**2 / 2

    The Laplacian of Psi follows by forward over reverse mode, gradients in the parameters by reverse mode, and x is drawn by Metropolis'
    method. The Psi_K must be orthonormal: only then is F a bound. That is so where one map moves all of them,
    Psi_K(x) = Phi_K(z(x)) abs(det dz/dx)^(1/2), with orthonormal Phi_K. Nothing is compiled: Psi by few
    operations on large tensors is fast, by many on small ones slow.
    """

    _library: ClassVar[bool] = True

    def init(self) -> Any:
        """Starting parameters of Psi, and of p(K) where :meth:`log_p` is written: an ``nn.Module``, or a tree of tensors."""
        return {}
