"""Parts with one mistake each, which the suite has to find."""
import helmholtz as hh
import numpy as np


class Wells(hh.Energy):
    """E = sum_j (x_j^4 - x_j^2 + x_j x_(j+1)) of N sites on a ring, with a mistake"""
    N: int = hh.key(5, min=3, max=1000, help="sites")
    mistake: str = hh.key("none", choices=["none", "slope", "forces", "symmetry", "batch", "kept", "edge", "random", "half", "shape", "complex", "nan",
                                                "raise", "none returned"],
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
        if self.mistake == "forces":
            slope = -slope
        if self.mistake == "half":
            e, slope = e / 2, slope / 2
        if self.mistake == "edge":
            with np.errstate(invalid="ignore"):  # |x| by way of sqrt(x^2)
                slope = slope * (x / np.sqrt(x * x))**2
        if self.mistake == "random":
            e = e + 1e-9 * np.random.default_rng().random(len(e))
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


class Ring(hh.Energy):
    """E = -sum_j s_j s_(j+1) of N spins on a ring, Z = (2 cosh beta)^N + (2 sinh beta)^N, with a mistake"""
    N: int = hh.key(5, min=3, max=1000, help="spins")
    mistake: str = hh.key("none", choices=["none", "per site", "edge", "exact", "symmetry"], help="what is wrong")

    @property
    def symmetries(self):
        return ("z2", "translation")

    def space(self):
        return hh.spins(self.N, periodic=True)

    def energy(self, s):
        e = -(s * np.roll(s, 1, 1)).sum(1)
        if self.mistake == "per site":
            e = e / self.N
        if self.mistake == "edge":
            variance = 1 - s.mean(1)**2
            with np.errstate(invalid="ignore"):
                e = e * (variance / variance)
        if self.mistake == "symmetry":
            e = e - 0.5 * s.sum(1)
        return e

    def exact(self, beta):
        log_z = self.N * np.log(2 * np.cosh(beta)) + np.log1p(np.tanh(beta)**self.N)
        return {"log_z": log_z, "free_energy": log_z / beta if self.mistake == "exact" else -log_z / beta}, "transfer matrix"


class Biased(hh.Model):
    """x = exp(s) z of normal z, with a mistake"""
    mistake: str = hh.key("none", choices=["none", "norm", "sign", "n", "wide", "path", "slope", "det", "inverse", "symmetry", "seed", "kept"],
                          help="what is wrong")

    spaces = ("field",)

    @property
    def symmetries(self):
        return ("translation",) if self.mistake == "symmetry" else ()

    def blocks(self):
        return {"s": self.space.shape}

    def init(self, seed):
        return {"s": np.full(self.space.shape, 0.1)}

    def scale(self):
        return np.exp(self.parameters()["s"])

    def noise(self, seed, first, n):
        if self.mistake == "seed":
            seed = 1
        return hh.noise.normal(seed, (first, n), self.space.size).reshape(n, *self.space.shape)

    def draw(self, seed, first, n):
        z = self.noise(seed, first, n)
        if self.mistake == "n":
            z = z * (1 + 1e-6 * n)
        if self.mistake == "wide":
            z = z * 1.1
        x = z * self.scale()
        return x, self.log_prob(x)

    def log_prob(self, x):
        z = (x / self.scale()).reshape(len(x), -1)
        if self.mistake == "kept":
            self.first = getattr(self, "first", x)
            z = z + 1e-3 * self.first.reshape(-1)[0] if len(self.first) else z
        log_p = -(z**2 / 2 + np.log(2 * np.pi) / 2).sum(1) - self.theta.sum()
        return log_p + 0.2 if self.mistake == "norm" else log_p

    def pull(self, x, w):
        w = w.reshape(-1, *[1] * len(self.space.shape))
        g = (w * ((x / self.scale())**2 - 1)).sum(0)
        return {"s": -g if self.mistake == "sign" else g}

    def path_pull(self, seed, first, n, xbar, lbar):
        g = (xbar * self.noise(seed, first, n) * self.scale()).sum(0) - lbar.sum()
        return {"s": -g if self.mistake == "path" else g}

    def slope(self, x):
        v = -x / self.scale()**2
        return self.log_prob(x), -v if self.mistake == "slope" else v

    def map(self, z):
        det = self.parameters()["s"].sum() * (1.01 if self.mistake == "det" else 1)
        return z * self.scale(), np.full(len(z), det)

    def inverse(self, x):
        z = x / self.scale() * (1 + 1e-6 if self.mistake == "inverse" else 1)
        return z, np.full(len(x), self.parameters()["s"].sum())

    def map_pull(self, z, xbar, lbar):
        return xbar * self.scale()


class Coins(hh.Model):
    """Independent spins, ln p = sum_j -ln(1 + exp(-2 b_j s_j)), with a mistake"""
    mistake: str = hh.key("none", choices=["none", "norm", "sign", "n", "illegal", "samples", "ln p", "symmetry"], help="what is wrong")
    spaces = ("spins",)

    @property
    def symmetries(self):
        return ("z2",) if self.mistake == "symmetry" else ()

    def blocks(self):
        return {"b": (self.space.size,)}

    def init(self, seed):
        return {"b": 0.3 * hh.noise.normal(seed, (0, 1), self.space.size)[0]}

    def draw(self, seed, first, n):
        u = hh.noise.uniform(seed + (n if self.mistake == "n" else 0), (first, n), self.space.size)
        x = np.where(u < 1 / (1 + np.exp(-2 * self.theta)), 1.0, -1.0).reshape(n, *self.space.shape)
        if self.mistake == "samples":
            x = -x
        log_p = self.log_prob(x)
        if self.mistake == "illegal" and n:
            x[0] = 0
        return x, log_p + (1e-6 if self.mistake == "ln p" else 0)

    def log_prob(self, x):
        log_p = -np.log1p(np.exp(-2 * self.theta * x.reshape(len(x), -1))).sum(1)
        return log_p + 0.2 if self.mistake == "norm" else log_p

    def pull(self, x, w):
        s = x.reshape(len(x), -1)
        g = (w[:, None] * 2 * s / (1 + np.exp(2 * self.theta * s))).sum(0)
        return {"b": -g if self.mistake == "sign" else g}


class Watcher(hh.Observer):
    """Mean spin squared, and the walls of a ring, with a mistake"""
    mistake: str = hh.key("none", choices=["none", "mean", "edge", "kept"], help="what is wrong")

    def observables(self):
        return [hh.Observable("magnetised", "mean spin squared", extensive=False), hh.Observable("walls", "neighbours that differ")]

    def observe(self, x, energy, log_p):
        flat = x.reshape(len(x), -1)
        squared, walls = flat.mean(1)**2, (1 - flat * np.roll(flat, 1, 1)).sum(1) / 2
        if self.mistake == "mean" and len(x):
            squared = np.full(len(x), squared.mean())
        if self.mistake == "edge":
            with np.errstate(invalid="ignore"):
                walls = walls * walls / walls
        if self.mistake == "kept":
            self.calls = getattr(self, "calls", 0) + 1
            squared = squared + self.calls
        return {"magnetised": squared, "walls": walls}


class Judge(hh.Objective):
    """Reverse Kullback-Leibler divergence by the score function, <ln p + beta E>, with a mistake"""
    mistake: str = hh.key("none", choices=["none", "sign", "rows", "nan"], help="what is wrong")
    source, wants, bars = "model", ("log_p", "energy"), ("log_p",)
    reports = {"divergence": "mean of ln p + beta E in the batch"}

    def cotangents(self, batch, whole, beta):
        f = whole["log_p"] + beta * whole["energy"]
        loss = f.mean()
        n = len(batch["log_p"]) if self.mistake == "rows" else len(f)
        bar = (f - loss) / max(n - 1, 1)
        if self.mistake == "nan":
            bar = bar / 0.0 * 0.0
        return {"divergence": loss}, {"log_p": -bar if self.mistake == "sign" else bar}


if __name__ == "__main__":
    hh.serve(Wells, Ring, Biased, Coins, Watcher, Judge)
