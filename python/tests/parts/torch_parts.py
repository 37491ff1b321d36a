"""Parts in PyTorch: lattice phi^4, a real NVP of modules, a density of spins, fields, and a quantum dot."""
import math

import helmholtz as hh
import numpy as np
from helmholtz.torch import nn, torch

print("a library that prints while it is imported")


class TorchPhi4(hh.torch.Energy):
    """S = sum_x [ m2 phi^2 + lambda phi^4 + sum_mu (phi(x+mu) - phi(x))^2 ]"""
    L: int = hh.key(min=2, max=4096, help="edge of the lattice")
    m2: float = hh.key(1.0, help="m^2, of phi^2")
    lam: float = hh.key(1.0, name="lambda", min=0, help="of phi^4")
    symmetries = ("z2", "translation", "reflection")

    def space(self):
        return hh.field(self.L, self.L, periodic=True)

    def energy(self, x):
        steps = sum((torch.roll(x, 1, axis) - x)**2 for axis in (0, 1))
        return (self.m2 * x**2 + self.lam * x**4 + steps).sum()


class TorchNvp(hh.torch.Flow):
    """Affine couplings on checkerboards (arXiv:1605.08803), perhaps with a mistake"""
    couplings: int = hh.key(4, min=1, max=1000, help="affine couplings")
    width: int = hh.key(24, min=1, max=100000, help="hidden units of each")
    mistake: str = hh.key("none", choices=["none", "det", "inverse", "n"], help="what is wrong")

    def init(self):
        d = self.space.size
        nets = [nn.Sequential(nn.Linear(d, self.width), nn.Tanh(), nn.Linear(self.width, 2 * d)) for _ in range(self.couplings)]
        for net in nets:  # near the identity: the suite integrates p from -8 to 8
            nn.init.normal_(net[2].weight, std=0.01)
            nn.init.zeros_(net[2].bias)
        return nn.ModuleList(nets)

    def affine(self, i, net, x):
        mask = (torch.arange(x.numel()) + i) % 2
        a, t = net(mask * x).chunk(2)
        return (1 - mask) * torch.tanh(a), (1 - mask) * t

    def forward(self, nets, z):
        x, det = z.reshape(-1), 0.0
        for i, net in enumerate(nets):
            a, t = self.affine(i, net, x)
            x, det = x * torch.exp(a) + t, det + a.sum() * (1.01 if self.mistake == "det" else 1)
        return x.reshape(z.shape), det

    def inverse(self, nets, x):
        z, det = x.reshape(-1), 0.0
        for i, net in reversed(list(enumerate(nets))):
            a, t = self.affine(i, net, z)
            z, det = (z - t) * torch.exp(-a), det + a.sum()
        return (z * (1 + 1e-4) if self.mistake == "inverse" else z).reshape(x.shape), det


class TorchNetwork(hh.torch.Density):
    """Fully visible belief network: p(s_j = 1) = 1/(1 + exp(-2 (b_j + sum_(k<j) w_jk s_k)))"""
    spaces = ("spins",)

    def init(self):
        d = self.space.size
        return {"w": 0.1 * torch.randn(d, d), "b": torch.zeros(d)}

    def log_prob(self, p, x):
        s = x.reshape(-1)
        return nn.functional.logsigmoid(2 * s * (p["b"] + torch.tril(p["w"], -1) @ s)).sum()

    def sample(self, p, u):
        s = []
        for j, uj in enumerate(u.reshape(-1)):
            field = p["b"][j] + (p["w"][j, :j] @ torch.stack(s) if s else 0)
            s.append(torch.where(uj < torch.sigmoid(2 * field), 1.0, -1.0))
        return torch.stack(s).reshape(self.space.shape)


class TorchGauss(hh.torch.Density):
    """x = m + exp(s) z of normal z, reparametrised"""
    spaces, noise, reparametrised = ("field",), "normal", True

    def init(self):
        return [torch.full(self.space.shape, 0.2), torch.full(self.space.shape, 0.1)]

    def sample(self, p, z):
        return p[0] + torch.exp(p[1]) * z

    def log_prob(self, p, x):
        z = (x - p[0]) * torch.exp(-p[1])
        return -(z * z / 2 + p[1] + 0.9189385332046727).sum()  # ln(2 pi)/2


def perceptron(d):
    return nn.Sequential(nn.Linear(d + 1, 8), nn.Tanh(), nn.Linear(8, d))


def at(net, x, t, frozen):
    """The perceptron of place and time; where it is frozen, its first layer stands still for derivatives."""
    hidden = net[0](torch.cat([x.reshape(-1), t.reshape(1)]))
    if frozen:
        hidden = hidden.detach()
    return net[2](net[1](hidden)).reshape(x.shape)


class TorchVelocity(hh.torch.Velocity):
    """dx/dt is a perceptron of place and time, perhaps with a mistake"""
    mistake: str = hh.key("none", choices=["none", "det", "frozen"], help="what is wrong")
    steps = 20

    def init(self):
        return perceptron(self.space.size)

    def velocity(self, net, x, t):
        return 0.3 * at(net, x, t, self.mistake == "frozen")

    def forward(self, net, z):
        x, det = super().forward(net, z)
        return x, det * (1.01 if self.mistake == "det" else 1)


class TorchScore(hh.torch.Score):
    """The score of normal data of the variance one, and a perceptron beside it, perhaps with a mistake"""
    mistake: str = hh.key("none", choices=["none", "noise", "frozen"], help="what is wrong")
    sigma_max, sigma_min, steps = 3.0, 0.1, 40

    def init(self):
        return perceptron(self.space.size)

    def noising(self, t):
        if self.mistake == "noise":  # sigma/a rises
            return 1 - t / 2, 0.1 + t
        return super().noising(t)

    def score(self, net, x, t):
        a, sigma = self.noising(t)
        return (0.1 * at(net, x, t, self.mistake == "frozen") - x) / (a**2 + sigma**2)


class TorchDot(hh.torch.DensityMatrix):
    """Determinants of a trap's orbitals, Psi_K(x) = Phi_K(z) |det dz/dx|^(1/2), z_i = x_i (1 + a(|x_i|^2)), perhaps with a mistake"""
    excitation: int = hh.key(2, min=0, max=20, help="states up to so many quanta above the ground state")
    hidden: int = hh.key(4, min=0, max=1000, help="hidden units of a; 0: z = x")
    mistake: str = hh.key("none", choices=["none", "sign", "norm"], help="what is wrong")
    symmetries = ("permutation", "z2")

    def setup(self):
        n, dim = self.space.shape
        self.most = self.excitation + next(q for q in range(n + 1) if math.comb(q + dim, dim) >= n)  # quanta of an orbital
        quanta = np.array(np.meshgrid(*[range(self.most + 1)] * dim)).reshape(dim, -1).T
        self.listed, self.energies = hh.occupations(quanta, quanta.sum(1) + dim / 2, n, self.excitation)

    def states(self):
        return self.listed

    def initial_log_p(self):
        return -3 * self.energies

    def init(self):
        return nn.Sequential(nn.Linear(1, self.hidden), nn.Tanh(), nn.Linear(self.hidden, 1)) if self.hidden else {}

    def z(self, net, x):
        return x * (1 + 0.2 * net((x**2).sum(-1, keepdim=True))) if self.hidden else x

    def log_phi(self, k, z):
        h = [torch.full_like(z, math.pi**-0.25), 2**0.5 * math.pi**-0.25 * z]  # Hermite functions
        for q in range(1, self.most):
            h.append((2 / (q + 1))**0.5 * z * h[q] - (q / (q + 1))**0.5 * h[q - 1])
        table = torch.stack(h)
        sign, log_abs = torch.linalg.slogdet(torch.stack([table[k[:, c], :, c] for c in range(z.shape[1])]).prod(0))
        return sign, log_abs - (z**2).sum() / 2 - math.lgamma(len(z) + 1) / 2

    def log_psi(self, net, k, x):
        sign, log_abs = self.log_phi(k, self.z(net, x))
        if self.hidden and self.mistake != "norm":
            jacobian = torch.func.jacfwd(lambda y: self.z(net, y.reshape(x.shape)).reshape(-1))(x.reshape(-1))
            log_abs = log_abs + torch.linalg.slogdet(jacobian)[1] / 2
        return log_abs if self.mistake == "sign" else (sign, log_abs)  # of Psi, which is real but not positive


if __name__ == "__main__":
    hh.serve(TorchPhi4, TorchNvp, TorchNetwork, TorchGauss, TorchVelocity, TorchScore, TorchDot)
