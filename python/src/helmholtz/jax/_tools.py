"""What JAX does for parts: ``vmap`` makes chunks of functions of one configuration, ``vjp`` pulls them back, ``jit`` compiles."""

from __future__ import annotations

from typing import Any, Callable, Dict, Optional, Tuple

import numpy as np

from ..autodiff.chunks import CPU, GPU, Chunks, processors
from ..autodiff.tools import Batched, Keep, Noise, One, Parameters, Pull, PullFirst, PullKept, Shape, Tools, real
from ._load import module
from ._runs import Loop, Program, dependent


class JaxTools(Tools):
    """JAX on the device that it chooses, a GPU where there is one; parameters stay there."""

    def __init__(self) -> None:
        self._jax, self._jnp = module("jax"), module("jax.numpy")
        self.xp = self._jnp
        gpu = self._jax.default_backend() != "cpu"
        self.bitwise = not gpu  # kernels of GPUs choose their sums by what is fastest
        self.chunks = Chunks(GPU, np.asarray, begun=2) if gpu else Chunks(CPU, np.asarray, most=8, workers=processors())

    def parameters(self, init: Callable[..., Any]) -> "Tree":
        return Tree(self._jax, init)

    def shapes(self, f: Callable[..., Any], *given: Shape, params: Any = None) -> Any:
        found = self._jax.eval_shape(f, params, *(self._jax.ShapeDtypeStruct(shape, self._jnp.float64) for shape in given))
        return tuple(map(_shape, found)) if isinstance(found, (tuple, list)) else _shape(found)

    def values(self, f: One, noise: Optional[Noise] = None) -> Batched:
        return self._each(lambda params, arrays: self._chunk(f, noise, arrays)(params))

    def slope(self, f: One) -> Batched:
        jax = self._jax
        both = jax.vmap(jax.value_and_grad(lambda x, params, *arrays: f(params, x, *arrays)[0].astype(self._jnp.float64)),
                        (0, None))
        return self._each(lambda params, arrays: both(arrays[0], params))

    def pull_first(self, f: One) -> PullFirst:
        def of(params: Any, given: Any) -> Any:
            arrays, bars = given
            return self._jax.vjp(lambda first: self._chunk(f, None, (first, *arrays[1:]))(params), arrays[0])[1](bars)[0]
        program = self._program(lambda loop, params, given: loop.rows(lambda i: of(params, loop.chunk(loop.cut(given), i))))
        return lambda params, arrays, bars: program(params, (arrays, bars), len(arrays[-1]))

    def pull(self, f: One, noise: Optional[Noise] = None) -> Pull:
        def run(loop: Loop, params: Any, given: Any, _: Any, to: Any, count: int) -> Any:
            cut = loop.cut(given)

            def of(i: Any) -> Any:
                arrays, bars = loop.chunk(cut, i)
                return self._jax.vjp(self._chunk(f, noise, arrays), params)[1](bars)[0]
            return loop.sums(of, to, count, params)
        program = self._program(run)
        return lambda params, arrays, bars, run: program(params, (arrays, bars), len(arrays[-1]), run)

    def keep(self, f: One, noise: Noise) -> Tuple[Keep, PullKept]:
        # The pull-back is a tree: what it needs of the chunk is kept, and what follows from the parameters alone is made again.
        def drawn(params: Any, arrays: Any) -> Any:
            chunk = self._jax.checkpoint(self._chunk(f, noise, arrays), prevent_cse=False, policy=_worth_keeping)
            found, back = self._jax.vjp(chunk, params)
            leaves, tree = self._jax.tree_util.tree_flatten(back)
            return found, leaves, tree

        def needed(loop: Loop, params: Any, arrays: Any) -> Any:
            return dependent(self._jax, lambda chunk: drawn(params, chunk)[1], loop.chunk(loop.cut(arrays), 0))

        def draw(loop: Loop, params: Any, arrays: Any) -> Any:
            cut, (kept, _) = loop.cut(arrays), needed(loop, params, arrays)

            def of(i: Any) -> Any:
                found, leaves, _ = drawn(params, loop.chunk(cut, i))
                return found, [leaves[k] for k in kept]
            found, leaves = loop.each(of)
            return tuple(v.reshape(-1, *v.shape[2:]) for v in found), leaves

        def back(loop: Loop, params: Any, bars: Any, leaves: Any, to: Any, count: int) -> Any:
            bars = loop.cut(bars)
            nothing = np.uint64(0), np.zeros(loop.size, np.uint64)
            kept, place = needed(loop._replace(most=1), params, nothing)
            _, others, tree = drawn(params, nothing)

            def of(i: Any) -> Any:
                mine = loop.chunk(leaves, i)
                all_ = [others[k] if at is None else mine[at] for k, at in enumerate(place)]
                return self._jax.tree_util.tree_unflatten(tree, all_)(loop.chunk(bars, i))[0]
            return loop.sums(of, to, count, params)
        draws, backs = self._program(draw), self._program(back)
        sizes: Dict[int, int] = {}  # in bytes, of what is kept of so many rows: to add them up takes 0.1 ms

        def keep(params: Any, arrays: Any) -> Any:
            rows = len(arrays[-1])
            found, leaves = draws(params, arrays, rows)
            if rows not in sizes:
                sizes[rows] = sum(leaf.nbytes for leaf in leaves)
            return found, leaves, sizes[rows]
        return keep, lambda params, leaves, bars, run: backs(params, bars, len(bars[-1]), run, leaves)

    def _each(self, of: Callable[[Any, Any], Any]) -> Batched:
        """of(params, chunk) of the chunks of a run, one row for each configuration."""
        def run(loop: Loop, params: Any, arrays: Any) -> Any:
            cut = loop.cut(arrays)
            return loop.rows(lambda i: of(params, loop.chunk(cut, i)))
        program = self._program(run)
        return lambda params, arrays: program(params, arrays, len(arrays[-1]))

    def _program(self, f: Callable[..., Any]) -> Program:
        return Program(f, self.chunks.size, self.chunks.most > 1)

    def along(self, f: Callable[[Any], Any], x: Any, e: Any) -> Tuple[Any, Any]:
        return self._jax.jvp(f, (x,), (e,))

    def gradient(self, f: Callable[[Any], Any], x: Any) -> Any:
        return self._jax.grad(f)(x)

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
        for path, leaf in leaves:
            real(_name(path), leaf.dtype)
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


#: operations that cost less than to write their results and read them again
_CHEAP = frozenset(("add add_any sub mul neg sign max min abs square integer_pow select_n clamp convert_element_type copy "
                    "broadcast_in_dim reshape squeeze expand_dims transpose rev concatenate pad slice split iota eq ne lt le gt ge and or not "
                    "is_finite stop_gradient mul_add").split())


def _worth_keeping(operation: Any, *_: Any, **__: Any) -> bool:
    return operation.name not in _CHEAP


def _shape(value: Any) -> Any:
    return getattr(value, "shape", value)


def _name(path: Any) -> str:
    """A leaf's place in the tree as a name: 0.w1."""
    words = [str(getattr(p, "key", getattr(p, "idx", getattr(p, "name", p)))) for p in path]
    return ".".join(words)[:64] or "theta"
