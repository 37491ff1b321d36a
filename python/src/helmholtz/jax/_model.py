"""What JAX models share: parameters as a tree, chunks, noise of each configuration."""

from __future__ import annotations

from typing import Any, Callable, ClassVar, Dict, List, Sequence, Tuple

import numpy as np

from ..errors import Error
from ..model import Drawn, ModelBase
from ..part import Call
from ..shares import Share
from ..spaces import Space
from ._chunks import Chunks
from ._lazy import module


class JaxModel(ModelBase):
    """A model whose parameters are a tree of arrays; theta is its leaves, one after the other."""

    _library: ClassVar[bool] = True

    def __init__(self, space: Space, **settings: Any) -> None:
        super().__init__(space, **settings)
        jax, jnp = module("jax"), module("jax.numpy")
        tree = jax.eval_shape(lambda: self.init(jax.random.key(0)))
        leaves, self._tree = jax.tree_util.tree_flatten_with_path(tree)
        if not leaves:
            raise Error(f"{type(self).__name__}.init returned no arrays", kind="plugin")
        self._blocks = [(_name(path), tuple(leaf.shape)) for path, leaf in leaves]
        sizes = [int(np.prod(shape)) for _, shape in self._blocks]
        ends = np.cumsum(sizes)
        shapes = [shape for _, shape in self._blocks]

        def unravel(theta: Any) -> Any:
            pieces = [theta[end - size:end].reshape(shape) for end, size, shape in zip(ends, sizes, shapes)]
            return jax.tree_util.tree_unflatten(self._tree, pieces)

        def start(key: Any) -> Any:
            return ravel(self.init(jax.random.wrap_key_data(key, impl="threefry2x32")))

        self._start, self._unravel = jax.jit(start), jax.jit(unravel)
        self._chunks = Chunks()
        self._params = tree  # shapes until parameters are loaded
        self._compile(jax, jnp)

    def init(self, key: Any) -> Any:
        """Starting parameters, a tree of arrays, from a key of ``jax.random``."""
        raise NotImplementedError(f"{type(self).__name__} has no method init")

    def _compile(self, jax: Any, jnp: Any) -> None:
        raise NotImplementedError

    def parameter_blocks(self) -> List[Tuple[str, Tuple[int, ...]]]:
        return self._blocks

    def start(self, seed: int) -> np.ndarray:
        return np.array(self._start(words(seed)))

    def load(self, theta: np.ndarray) -> None:
        self._params = self._unravel(theta)

    def _numbered(self, first: int) -> np.ndarray:
        """Numbers of the configurations of a chunk; those past the end of a batch are drawn for nothing."""
        return np.arange(first, first + self._chunks.size, dtype=np.uint64)

    def draw_batch(self, seed: int, first: int, pieces: Sequence[Share]) -> Drawn:
        n = pieces[-1].hi if pieces else 0
        x, log_p = np.empty((n, *self.space.shape)), np.empty(n)
        begun = ((b, self._draw_chunk(np.uint64(seed), self._numbered(first + b[0])))
                 for s in pieces for b in self._chunks.cut(s.lo, s.hi))
        for (lo, hi), found in self._chunks.ahead(begun):
            x[lo:hi], log_p[lo:hi] = np.asarray(found[0])[:hi - lo], np.asarray(found[1])[:hi - lo]
        return x, log_p

    def _draw_chunk(self, seed: Any, numbers: np.ndarray) -> Any:
        """x and ln p of the configurations with these numbers."""
        return self._draw(self._params, seed, numbers)

    def _sum_chunks(self, c: Call, of: Callable[[int, int], Any]) -> Dict[str, Any]:
        """The gradient of a call, of what its chunks add: in each share in their order, then along the tree."""
        terms: Dict[int, np.ndarray] = {}
        begun = ((s.number, of(lo, hi)) for s in c.place.cut() for lo, hi in self._chunks.cut(s.lo, s.hi))
        for k, g in self._chunks.ahead(begun):
            terms[k] = terms[k] + np.asarray(g) if k in terms else np.asarray(g)
        return {"grad": c.place.sum(terms, self.parameter_count())}

    def _pull_by(self, f: Any, c: Call, x: np.ndarray, *bars: np.ndarray) -> Dict[str, Any]:
        """The sum over the batch of f(params, x, cotangents), which sums over a chunk."""
        return self._sum_chunks(c, lambda lo, hi: f(
            self._params, self._chunks.fill(x[lo:hi]), *(self._chunks.weights(b[lo:hi]) for b in bars)))


def words(seed: int) -> np.ndarray:
    """The 64 bits of a seed as a key of threefry, for starting parameters."""
    return np.array([seed >> 32, seed & 0xFFFFFFFF], dtype=np.uint32)


def ravel(tree: Any) -> Any:
    """The leaves of a tree as one array, in the order of theta."""
    jax, jnp = module("jax"), module("jax.numpy")
    return jnp.concatenate([jnp.ravel(jnp.asarray(leaf, jnp.float64)) for leaf in jax.tree_util.tree_leaves(tree)])


def pulled(f: Any, params: Any, *bars: Any) -> Any:
    """The vector-Jacobian product of f at the parameters, flat."""
    return ravel(module("jax").vjp(f, params)[1](bars if len(bars) > 1 else bars[0])[0])


def _name(path: Any) -> str:
    """A leaf's place in the tree as a name: 0.w1."""
    words = [str(getattr(p, "key", getattr(p, "idx", getattr(p, "name", p)))) for p in path]
    return ".".join(words)[:64] or "theta"


