"""Parts with one mistake each, which the suite has to find."""
import helmholtz as hh
import numpy as np


class Wells(hh.Energy):
    """E = sum_j (x_j^4 - x_j^2 + x_j x_(j+1)) of N sites on a ring, with a mistake"""
    N: int = hh.key(5, min=3, max=1000, help="sites")
    mistake: str = hh.key("none", choices=["none", "slope", "symmetry", "batch", "kept", "shape", "complex", "nan", "raise", "none returned"],
                          help="what is wrong")

    symmetries = ("z2", "translation")

    def space(self):
        return hh.field(self.N, periodic=True)

    def energy_and_slope(self, x):
        e = (x**4 - x**2 + x * np.roll(x, 1, 1)).sum(1)
        slope = 4 * x**3 - 2 * x + np.roll(x, 1, 1) + np.roll(x, -1, 1)
        if self.mistake == "symmetry":  # one site is another
            e, slope = e + x[:, 0]**2, slope + 2 * x * (np.arange(self.N) == 0)
        if self.mistake == "slope":  # one term
            slope = slope - np.roll(x, -1, 1)
        if self.mistake == "batch":
            e = e + 1e-3 * len(x)
        if self.mistake == "kept":
            self.first = getattr(self, "first", x)
            e = e + 1e-3 * self.first[0, 0] if len(self.first) else e
        if self.mistake == "shape":
            e = e[:, None]
        if self.mistake == "complex":
            e = e + 0j
        if self.mistake == "nan":
            e = np.where(x[:, 0] > 0, e, np.nan)
        if self.mistake == "raise":
            e = e + undefined  # noqa: F821
        return None if self.mistake == "none returned" else (e, slope)


class Biased(hh.Model):
    """x = exp(s) z with a mistake"""
    mistake: str = hh.key("none", choices=["none", "norm", "sign", "n"], help="what is wrong")

    def blocks(self):
        return {"s": self.space.shape}

    def init(self, seed):
        return {"s": np.full(self.space.shape, 0.1)}

    def draw(self, seed, first, n):
        z = hh.noise.normal(seed, (first, n), self.space.size).reshape(n, *self.space.shape)
        if self.mistake == "n":
            z = z * (1 + 1e-6 * n)
        x = z * np.exp(self.parameters()["s"])
        return x, self.log_prob(x)

    def log_prob(self, x):
        z = x * np.exp(-self.parameters()["s"])
        log_p = -(z**2 / 2 + np.log(2 * np.pi) / 2).sum(1) - self.theta.sum()
        return log_p + 0.1 if self.mistake == "norm" else log_p

    def pull(self, x, w):
        g = (w[:, None] * ((x * np.exp(-self.theta))**2 - 1)).sum(0)
        return {"s": -g if self.mistake == "sign" else g}


if __name__ == "__main__":
    hh.serve(Wells, Biased)
