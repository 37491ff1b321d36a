"""What PyTorch does for parts: ``torch.vmap`` makes chunks of functions of one configuration, reverse mode pulls them back.

Nothing is compiled: a chunk costs what its operations cost when they are called one by one. Random numbers come from numpy,
since unsigned integers of 64 bits are not at home in PyTorch.
"""

from __future__ import annotations

import math
import os
from typing import Any, Callable, Dict, Iterator, List, Optional, Tuple

import numpy as np

from ..autodiff.chunks import CPU, GPU, Chunks
from ..autodiff.tools import Batched, Keep, Noise, One, Parameters, Pull, PullFirst, PullKept, Shape, Tools, real
from ..errors import Error
from ._load import module


class TorchTools(Tools):
    """PyTorch on one device.

    :param device: ``"auto"``, which is a GPU where there is one, or what ``torch.device`` takes
    :param bitwise: matrix products by MKL have the same digits wherever a row is in a chunk. That takes four times the time where
        rows have hundreds of numbers, and nothing where they have tens. MKL reads its variable when it is first used
    """

    def __init__(self, device: str, bitwise: bool) -> None:
        if bitwise:
            os.environ.setdefault("MKL_CBWR", "COMPATIBLE")
        self._torch = self.xp = torch = module("torch")
        if device == "auto":
            device = "cuda" if torch.cuda.is_available() else "cpu"
        try:
            self.device = torch.empty(0, device=device).device
        except (RuntimeError, AssertionError) as e:
            raise Error(f"PyTorch has no device {device!r} here: {str(e).splitlines()[0]}", 'device = "auto" takes what there is',
                        subject="device") from None
        # What authors make without a device has to meet what is on it. A default costs each operation some time.
        if self.device.type != "cpu":
            torch.set_default_device(self.device)
        gpu = self.device.type != "cpu"
        self.bitwise = bitwise and not gpu  # kernels of GPUs choose their sums by what is fastest
        self.chunks = Chunks(GPU if gpu else CPU, lambda a: a.detach().cpu().numpy(), begun=2 if gpu else 0)

    def parameters(self, init: Callable[..., Any]) -> "Leaves":
        return Leaves(self._torch, self.device, init)

    def shapes(self, f: Callable[..., Any], *given: Shape, params: Any = None) -> Any:
        rows = [self._torch.zeros(1, *shape, device=self.device) for shape in given]
        with self._torch.no_grad():
            found = self._torch.vmap(lambda *one: f(params, *one))(*rows) if rows else f(params)

        def shape(v: Any) -> Shape:
            return tuple(v.shape[1:] if rows else v.shape)
        return tuple(map(shape, found)) if isinstance(found, (tuple, list)) else shape(found)

    def values(self, f: One, noise: Optional[Noise] = None) -> Batched:
        def values(params: Any, arrays: Any) -> Any:
            with self._torch.no_grad():
                return self._chunk(f, params, self._arrays(noise, arrays))
        return values

    def slope(self, f: One) -> Batched:
        def slope(params: Any, arrays: Any) -> Any:
            first, *others = self._arrays(None, arrays)
            first.requires_grad_()
            value, = self._chunk(f, params, (first, *others))
            # a number depends on its own configuration alone
            return value, self._back([value], [first], [self._torch.ones_like(value)])[0]
        return slope

    def pull(self, f: One, noise: Optional[Noise] = None) -> Pull:
        return lambda params, arrays, bars, run: self._flat(params, self._chunk(f, params, self._arrays(noise, arrays)), bars)

    def pull_first(self, f: One) -> PullFirst:
        def pull(params: Any, arrays: Any, bars: Any) -> Any:
            first, *others = self._arrays(None, arrays)
            first.requires_grad_()
            return self._back(self._chunk(f, params, (first, *others)), [first], self._arrays(None, bars))[0]
        return pull

    def keep(self, f: One, noise: Noise) -> Tuple[Keep, PullKept]:
        def keep(params: Any, arrays: Any) -> Any:
            drawn = self._chunk(f, params, self._arrays(noise, arrays))
            return drawn, drawn, sum(v.element_size() * v.nelement() for v in drawn)  # and what the tensors remember, whose size nobody knows
        return keep, lambda params, drawn, bars, run: self._flat(params, drawn, bars)

    def along(self, f: Callable[[Any], Any], x: Any, e: Any) -> Tuple[Any, Any]:
        return self._torch.func.jvp(f, (x,), (e,))

    def gradient(self, f: Callable[[Any], Any], x: Any) -> Any:
        return self._torch.func.grad(f)(x)

    def divergence(self, f: Callable[[Any], Any], x: Any) -> Tuple[Any, Any]:
        basis = self._torch.eye(x.numel(), device=self.device).reshape(x.numel(), *x.shape)
        y, slopes = self._torch.vmap(lambda e: self.along(f, x, e))(basis)
        return y[0], (slopes * basis).sum()

    def repeat(self, step: Callable[[Any, Any], Any], state: Any, n: int) -> Any:
        for k in range(n):
            state = step(self._torch.tensor(k, device=self.device), state)
        return state

    def _arrays(self, noise: Optional[Noise], arrays: Any) -> Tuple[Any, ...]:
        """Chunks on the device, of integers where they are; copies, since those of the host are of one call and read-only."""
        if noise is not None:
            arrays = (noise.of(arrays[0], arrays[1]), *arrays[2:])
        kinds = {"i": self._torch.int64}
        return tuple(self._torch.tensor(a, dtype=kinds.get(np.asarray(a).dtype.kind, self._torch.float64), device=self.device) for a in arrays)

    def _chunk(self, f: One, params: Any, arrays: Tuple[Any, ...]) -> Tuple[Any, ...]:
        found = self._torch.vmap(lambda *one: tuple(self._torch.as_tensor(v) for v in f(params, *one)))(*arrays)
        return tuple(v.to(self._torch.float64) for v in found)

    def _flat(self, params: Any, found: Tuple[Any, ...], bars: Any) -> Tuple[Any]:
        """The gradient in the parameters, flat, as the one sum of a run of one chunk."""
        pieces = [leaf for _, leaf in leaves(params)]
        return self._torch.cat([g.reshape(-1) for g in self._back(found, pieces, self._arrays(None, bars))])[None],

    def _back(self, found: Any, of: List[Any], bars: Any) -> List[Any]:
        """Cotangents of results pulled back to tensors, zeros where nothing depends on one; may be called again."""
        pairs = [(v, b) for v, b in zip(found, bars) if v.requires_grad]
        if not pairs:
            return [self._torch.zeros_like(leaf) for leaf in of]
        grads = self._torch.autograd.grad([v for v, _ in pairs], of, [b for _, b in pairs], retain_graph=True, allow_unused=True)
        return [self._torch.zeros_like(leaf) if g is None else g for g, leaf in zip(grads, of)]


class Leaves(Parameters):
    """Parameters of a module, or of a tree of dictionaries and lists of tensors; loaded in place."""

    def __init__(self, torch: Any, device: Any, init: Callable[[], Any]) -> None:
        self._torch, self._device, self._init = torch, device, init
        self.unloaded = self._made(0)
        self._leaves = list(leaves(self.unloaded))
        self.blocks = [(name[:64] or "theta", tuple(leaf.shape)) for name, leaf in self._leaves]

    def _made(self, seed: int) -> Any:
        """What init makes with the library's random numbers of a seed, which are put back then."""
        with self._torch.random.fork_rng(), self._torch.device(self._device):
            self._torch.manual_seed(seed & 0x7FFFFFFFFFFFFFFF)
            return _tree(self._torch, self._device, self._init())

    def start(self, seed: int) -> np.ndarray:
        pieces = [leaf.detach().reshape(-1).cpu().numpy() for _, leaf in leaves(self._made(seed))]
        return np.concatenate(pieces) if pieces else np.empty(0)

    def load(self, theta: np.ndarray) -> Any:
        whole, at = self._torch.tensor(theta, device=self._device), 0
        with self._torch.no_grad():
            for (_, leaf), (_, shape) in zip(self._leaves, self.blocks):
                size = math.prod(shape)
                leaf.data = whole[at:at + size].reshape(shape)
                at += size
        return self.unloaded


def leaves(params: Any) -> Iterator[Tuple[str, Any]]:
    """The parameters with their names, in the order of theta: those of a module that are trained, or of a tree."""
    if hasattr(params, "named_parameters"):
        yield from ((name, p) for name, p in params.named_parameters() if p.requires_grad)
        return
    items: Dict[Any, Any] = params if isinstance(params, dict) else dict(enumerate(params)) if isinstance(params, (list, tuple)) else {}
    if not items and params is not None and hasattr(params, "shape"):
        yield "", params
    for key in sorted(items, key=str) if isinstance(params, dict) else items:
        for name, leaf in leaves(items[key]):
            yield (f"{key}.{name}" if name else str(key)), leaf


def _tree(torch: Any, device: Any, made: Any) -> Any:
    """A tree with modules, and tensors that gradients are taken in."""
    if isinstance(made, torch.nn.Module):
        return made.to(device, torch.float64).eval()
    if isinstance(made, dict):
        return {key: _tree(torch, device, value) for key, value in made.items()}
    if isinstance(made, (list, tuple)):
        return [_tree(torch, device, value) for value in made]
    if not isinstance(made, torch.Tensor):
        raise Error(f"init returned a {type(made).__name__}, want an nn.Module, a tensor, or dictionaries and lists of them", kind="plugin")
    real("", str(made.dtype).replace("torch.", ""))
    return made.detach().to(torch.float64).clone().requires_grad_()
