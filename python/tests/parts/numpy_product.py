"""A model by hand in numpy, an observer and an objective."""
import helmholtz as hh
import numpy as np


class NumpyProduct(hh.Model):
    """Independent spins, ln p = sum_j -ln(1 + exp(-2 b_j s_j))"""
    spaces = ("spins",)

    def blocks(self):
        return {"b": (self.space.size,)}

    def init(self, seed):
        return {"b": 0.1 * hh.noise.normal(seed, (0, 1), self.space.size)[0]}

    def draw(self, seed, first, n):
        u = hh.noise.uniform(seed, (first, n), self.space.size)
        x = np.where(u < 1 / (1 + np.exp(-2 * self.theta)), 1.0, -1.0).reshape(n, *self.space.shape)
        return x, self.log_prob(x)

    def log_prob(self, x):
        return -np.log1p(np.exp(-2 * self.theta * x.reshape(len(x), -1))).sum(1)

    def pull(self, x, w):
        s = x.reshape(len(x), -1)
        return {"b": (w[:, None] * 2 * s / (1 + np.exp(2 * self.theta * s))).sum(0)}


class Gauss(hh.Model):
    """x = exp(s) z + m of normal z: every power that a model in numpy has"""
    spaces = ("field",)

    def blocks(self):
        return {"s": self.space.shape, "m": self.space.shape}

    def init(self, seed):
        return {"s": np.full(self.space.shape, 0.1), "m": np.full(self.space.shape, 0.2)}

    def _z(self, x):
        p = self.parameters()
        return (x - p["m"]) * np.exp(-p["s"])

    def log_prob(self, x):
        z = self._z(x).reshape(len(x), -1)
        return -(z**2 / 2 + np.log(2 * np.pi) / 2).sum(1) - self.parameters()["s"].sum()

    def _noise(self, seed, first, n):
        return hh.noise.normal(seed, (first, n), self.space.size).reshape(n, *self.space.shape)

    def draw(self, seed, first, n):
        x, _ = self.map(self._noise(seed, first, n))
        return x, self.log_prob(x)

    def pull(self, x, w):
        z, w = self._z(x), w.reshape(-1, *[1] * len(self.space.shape))
        return {"s": (w * (z**2 - 1)).sum(0), "m": (w * z * np.exp(-self.parameters()["s"])).sum(0)}

    def path_pull(self, seed, first, n, xbar, lbar):
        z, p = self._noise(seed, first, n), self.parameters()
        return {"s": (xbar * z * np.exp(p["s"])).sum(0) - lbar.sum(), "m": xbar.sum(0)}

    def slope(self, x):
        return self.log_prob(x), -self._z(x) * np.exp(-self.parameters()["s"])

    def map(self, z):
        p = self.parameters()
        return z * np.exp(p["s"]) + p["m"], np.full(len(z), p["s"].sum())

    def inverse(self, x):
        return self._z(x), np.full(len(x), self.parameters()["s"].sum())

    def map_pull(self, z, xbar, lbar):
        return xbar * np.exp(self.parameters()["s"])


class Second(hh.Observer):
    """Second moments of spins at distances along a row"""
    most: int = hh.key(2, min=1, max=100, help="largest distance")

    def observables(self):
        return [hh.Observable("magnetised", "mean spin squared", extensive=False),
                hh.Observable("at_distance", "mean of s s' in a row", axes=[{"name": "r", "units": "1", "values": range(self.most)}])]

    def observe(self, x, energy, log_p):
        flat = x.reshape(len(x), -1)
        pairs = [(flat * np.roll(flat, r, 1)).mean(1) for r in range(self.most)]
        return {"magnetised": flat.mean(1)**2, "at_distance": np.stack(pairs, 1)}


class Variance(hh.Objective):
    """Variance of ln p + beta E, which vanishes where p is the Boltzmann density"""
    source, wants, bars = "model", ("log_p", "energy"), ("log_p",)
    reports = {"variance": "variance of ln p + beta E in the batch"}

    def cotangents(self, batch, whole, beta):
        f = whole["log_p"] + beta * whole["energy"]
        f = f - f.mean()
        loss = (f * f).mean()
        return {"variance": loss}, {"log_p": (f * f - loss + 2 * f) / len(f)}


if __name__ == "__main__":
    hh.serve(NumpyProduct, Gauss, Second, Variance)
