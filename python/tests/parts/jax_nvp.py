"""Real NVP (Dinh, Sohl-Dickstein and Bengio 2017, arXiv:1605.08803) in JAX, with a density of spins beside it."""
import helmholtz as hh
from helmholtz.jax import jax, jnp


class JaxNvp(hh.jax.Flow):
    """Affine couplings on checkerboards: x = z exp(a) + t of the one half, a and t of the other"""
    couplings: int = hh.key(4, min=1, max=1000, help="affine couplings")
    width: int = hh.key(24, min=1, max=100000, help="hidden units of each")

    def init(self, key):
        d = self.space.size

        def layer(k):
            a, b = jax.random.split(k)
            return {"w1": jax.random.normal(a, (self.width, d)) / d**0.5, "b1": jnp.zeros(self.width),
                    "w2": 0.01 * jax.random.normal(b, (2 * d, self.width)), "b2": jnp.zeros(2 * d)}
        return [layer(k) for k in jax.random.split(key, self.couplings)]

    def net(self, i, p, x):
        mask = (jnp.indices(self.space.shape).sum(0).reshape(-1) + i) % 2
        o = p["w2"] @ jnp.tanh(p["w1"] @ (mask * x) + p["b1"]) + p["b2"]
        return (1 - mask) * jnp.tanh(o[:x.size]), (1 - mask) * o[x.size:]

    def forward(self, params, z):
        x, det = z.reshape(-1), 0.0
        for i, p in enumerate(params):
            a, t = self.net(i, p, x)
            x, det = x * jnp.exp(a) + t, det + a.sum()
        return x.reshape(z.shape), det

    def inverse(self, params, x):
        z, det = x.reshape(-1), 0.0
        for i, p in reversed(list(enumerate(params))):
            a, t = self.net(i, p, z)
            z, det = (z - t) * jnp.exp(-a), det + a.sum()
        return z.reshape(x.shape), det


class Network(hh.jax.Density):
    """Fully visible belief network: p(s_j = 1) = 1/(1 + exp(-2 (b_j + sum_(k<j) w_jk s_k)))"""
    spaces = ("spins",)

    def init(self, key):
        d = self.space.size
        return {"w": 0.1 * jax.random.normal(key, (d, d)), "b": jnp.zeros(d)}

    def log_prob(self, p, x):
        s = x.reshape(-1)
        return jax.nn.log_sigmoid(2 * s * (p["b"] + jnp.tril(p["w"], -1) @ s)).sum()

    def sample(self, p, u):
        s, u = jnp.zeros(u.size), u.reshape(-1)
        for j in range(u.size):
            s = s.at[j].set(jnp.where(u[j] < jax.nn.sigmoid(2 * (p["b"][j] + p["w"][j, :j] @ s[:j])), 1.0, -1.0))
        return s.reshape(self.space.shape)


if __name__ == "__main__":
    hh.serve(JaxNvp, Network)
