"""What JAX does for parts: ``vmap`` makes chunks of functions of one configuration, ``vjp`` pulls them back, ``jit`` compiles."""

from __future__ import annotations

import os
from typing import Any, Callable, Optional, Tuple

import numpy as np

from ..autodiff.chunks import CPU, GPU, Chunks
from ..autodiff.tools import Batched, Noise, One, Parameters, Pull, Shape, Tools
from ._load import module


class JaxTools(Tools):
    """JAX on the device that it chooses, a GPU where there is one; parameters stay there."""

    # Below, what is kept costs more than to draw again: of a real NVP of 10 000 (chunk of 64, 2 threads)
    # 1.9 ms against 1.6 ms, of one of 150 000 7.3 ms against 8.5 ms.
    keep_from = 50_000

    def __init__(self) -> None:
        self._jax, self._jnp = module("jax"), module("jax.numpy")
        gpu = self._jax.default_backend() != "cpu"
        self.bitwise = not gpu  # kernels of GPUs choose their sums by what is fastest
        self.chunks = Chunks(GPU if gpu else CPU, 2 if gpu else 2 * (os.cpu_count() or 1), np.asarray)

    def parameters(self, init: Callable[..., Any]) -> "Tree":
        return Tree(self._jax, init)

    def shapes(self, f: Callable[..., Any], *given: Shape, params: Any = None) -> Any:
        found = self._jax.eval_shape(f, params, *(self._jax.ShapeDtypeStruct(shape, self._jnp.float64) for shape in given))
        return tuple(map(_shape, found)) if isinstance(found, (tuple, list)) else _shape(found)

    def values(self, f: One, noise: Optional[Noise] = None) -> Batched:
        return self._jax.jit(lambda params, arrays: self._chunk(f, noise, arrays)(params))

    def slope(self, f: One) -> Batched:
        jax = self._jax
        both = jax.vmap(jax.value_and_grad(lambda x, params, *arrays: f(params, x, *arrays)[0].astype(self._jnp.float64)),
                        (0, None))
        return jax.jit(lambda params, arrays: both(arrays[0], params))

    def pull(self, f: One, noise: Optional[Noise] = None) -> Pull:
        return self._jax.jit(lambda params, arrays, bars: ravel(self._jax.vjp(self._chunk(f, noise, arrays), params)[1](bars)[0]))

    def pull_first(self, f: One) -> Pull:
        return self._jax.jit(lambda params, arrays, bars: self._jax.vjp(
            lambda first: self._chunk(f, None, (first, *arrays[1:]))(params), arrays[0])[1](bars)[0])

    def keep(self, f: One, noise: Noise) -> Callable[..., Tuple[Any, Callable[[Any], Any]]]:
        draw = self._jax.jit(lambda params, arrays: self._jax.vjp(self._chunk(f, noise, arrays), params))
        pull = self._jax.jit(lambda back, bars: ravel(back(bars)[0]))

        def kept(params: Any, arrays: Any) -> Any:
            drawn, back = draw(params, arrays)
            return drawn, lambda bars: pull(back, bars)
        return kept

    def along(self, f: Callable[[Any], Any], x: Any, e: Any) -> Tuple[Any, Any]:
        return self._jax.jvp(f, (x,), (e,))

    def divergence(self, f: Callable[[Any], Any], x: Any) -> Tuple[Any, Any]:
        y, slope = self._jax.linearize(f, x)
        basis = self._jnp.eye(x.size).reshape(x.size, *x.shape)
        return y, (self._jax.vmap(slope)(basis) * basis).sum()

    def repeat(self, step: Callable[[Any, Any], Any], state: Any, n: int) -> Any:
        return self._jax.lax.scan(lambda now, k: (step(k, now), None), state, self._jnp.arange(n))[0]

    def _chunk(self, f: One, noise: Optional[Noise], arrays: Any) -> Callable[[Any], Any]:
        """f of a chunk, a function of the parameters."""
        if noise is not None:
            arrays = (noise.of(arrays[0], arrays[1], self._jnp), *arrays[2:])

        def of(params: Any) -> Any:
            found = self._jax.vmap(lambda *one: f(params, *one))(*arrays)
            return tuple(v.astype(self._jnp.float64) for v in found)
        return of


class Tree(Parameters):
    """Parameters as a tree of arrays; theta is its leaves, one after the other."""

    def __init__(self, jax: Any, init: Callable[[Any], Any]) -> None:
        self.unloaded = jax.eval_shape(lambda: init(jax.random.key(0)))
        leaves, tree = jax.tree_util.tree_flatten_with_path(self.unloaded)
        self.blocks = [(_name(path), tuple(leaf.shape)) for path, leaf in leaves]
        sizes = [int(np.prod(shape)) for _, shape in self.blocks]
        ends = np.cumsum(sizes)

        def unravel(theta: Any) -> Any:
            pieces = [theta[end - size:end].reshape(shape) for end, size, (_, shape) in zip(ends, sizes, self.blocks)]
            return jax.tree_util.tree_unflatten(tree, pieces)

        self._unravel = jax.jit(unravel)
        self._start = jax.jit(lambda bits: ravel(init(jax.random.wrap_key_data(bits, impl="threefry2x32"))))

    def start(self, seed: int) -> np.ndarray:
        return np.array(self._start(np.array([seed >> 32, seed & 0xFFFFFFFF], dtype=np.uint32)))

    def load(self, theta: np.ndarray) -> Any:
        return self._unravel(theta)


def ravel(tree: Any) -> Any:
    """The leaves of a tree as one array, in the order of theta."""
    jax, jnp = module("jax"), module("jax.numpy")
    return jnp.concatenate([jnp.ravel(jnp.asarray(leaf, jnp.float64)) for leaf in jax.tree_util.tree_leaves(tree)])


def _shape(value: Any) -> Any:
    return getattr(value, "shape", value)


def _name(path: Any) -> str:
    """A leaf's place in the tree as a name: 0.w1."""
    words = [str(getattr(p, "key", getattr(p, "idx", getattr(p, "name", p)))) for p in path]
    return ".".join(words)[:64] or "theta"
