"""A velocity field and a score in JAX, each perhaps with a mistake."""
import helmholtz as hh
from helmholtz.jax import jax, jnp


def perceptron(key, d, width):
    a, b = jax.random.split(key)
    return {"w1": jax.random.normal(a, (width, d + 1)) / (d + 1)**0.5, "b1": jnp.zeros(width),
            "w2": 0.1 * jax.random.normal(b, (d, width))}


def apply(p, x, t):
    return (p["w2"] @ jnp.tanh(p["w1"] @ jnp.append(x.reshape(-1), t) + p["b1"])).reshape(x.shape)


def frozen(p):
    """The first layer stands still for derivatives."""
    return {**p, "w1": jax.lax.stop_gradient(p["w1"])}


class JaxVelocity(hh.jax.Velocity):
    """dx/dt is a perceptron of place and time"""
    width: int = hh.key(16, min=1, max=10000, help="hidden units")
    step_count: int = hh.key(20, name="steps", min=1, max=10000, help="of the integration")
    mistake: str = hh.key("none", choices=["none", "det", "frozen"], help="what is wrong")
    steps = property(lambda self: self.step_count)

    def init(self, key):
        return perceptron(key, self.space.size, self.width)

    def velocity(self, p, x, t):
        return apply(frozen(p) if self.mistake == "frozen" else p, x, t)

    def forward(self, p, z):
        x, det = super().forward(p, z)
        return x, det * (1.01 if self.mistake == "det" else 1)


class JaxScore(hh.jax.Score):
    """The score of normal data of the variance one, and a perceptron beside it"""
    width: int = hh.key(16, min=1, max=10000, help="hidden units")
    preserving: bool = hh.key(False, help="the noise preserves the variance")
    mistake: str = hh.key("none", choices=["none", "noise", "frozen"], help="what is wrong")
    sigma_max, sigma_min, steps = 3.0, 0.1, 40

    def init(self, key):
        return perceptron(key, self.space.size, self.width)

    def noising(self, t):
        if self.mistake == "noise":  # sigma/a rises
            return 1 - t / 2, 0.1 + t
        if not self.preserving:
            return super().noising(t)
        return jnp.sin(0.1 + 1.4 * t), jnp.cos(0.1 + 1.4 * t)

    def score(self, p, x, t):
        a, sigma = self.noising(t)
        return (apply(frozen(p) if self.mistake == "frozen" else p, x, t) - x) / (a**2 + sigma**2)


if __name__ == "__main__":
    hh.serve(JaxVelocity, JaxScore)
