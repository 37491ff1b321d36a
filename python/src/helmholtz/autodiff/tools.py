"""What a library of arrays has to do for parts: functions of one configuration become functions of chunks.

A *function of one configuration* is f(params, *arrays), which returns a tuple of arrays; params is what the
author's ``init`` made, with the parameters loaded last. What is made of it takes ``params`` and a tuple of
arrays in numpy, a run of whole chunks each, and where it is pulled back a tuple of cotangents, one of each result. It may
return before the work is done; :attr:`Chunks.numpy` waits. It may be called by several threads at a time.

With a :class:`Noise`, the first of the arrays is random: in its place the arrays begin with a seed and the numbers of
the configurations, uint64.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from typing import Any, Callable, List, NamedTuple, Optional, Sequence, Tuple

import numpy as np

from .. import noise
from ..errors import Error
from .chunks import Chunks, Run

Shape = Tuple[int, ...]
#: f(params, *arrays) of one configuration, a tuple of arrays
One = Callable[..., Tuple[Any, ...]]
#: (params, arrays) to arrays
Batched = Callable[[Any, Tuple[Any, ...]], Tuple[Any, ...]]
#: (params, arrays, cotangents, run) to gradients in the parameters: pieces of theta in their order, flat, with one row for each sum of
#: the run; more rows may follow
Pull = Callable[[Any, Tuple[Any, ...], Tuple[Any, ...], Run], Sequence[Any]]
#: (params, arrays, cotangents) to cotangents of the first array
PullFirst = Callable[[Any, Tuple[Any, ...], Tuple[Any, ...]], Any]
#: (params, arrays) to arrays, and what pulling them back needs, whatever that is, with its size in bytes
Keep = Callable[[Any, Tuple[Any, ...]], Tuple[Tuple[Any, ...], Any, int]]
#: (params, what was kept, cotangents, run) to gradients, as those of a pull
PullKept = Callable[[Any, Any, Tuple[Any, ...], Run], Sequence[Any]]


class Noise(NamedTuple):
    """Random numbers of a configuration: their law, ``"normal"`` or ``"uniform"``, and their shape."""

    law: str
    shape: Shape

    def of(self, seed: Any, numbers: Any, xp: Any = np) -> Any:
        """Those of the configurations with these numbers, one axis of them in front; xp as in :mod:`helmholtz.noise`."""
        law = {"normal": noise.normal, "uniform": noise.uniform}[self.law]
        return law(seed, numbers, math.prod(self.shape), xp).reshape(-1, *self.shape)


def real(name: str, dtype: Any) -> None:
    """Refuses parameters that are no real numbers: training would move an integer, a mask or a permutation, off what it is, and
    leave out an imaginary part."""
    if str(dtype) == "bfloat16" or np.dtype(dtype).kind == "f":
        return
    what = f"init: {name} is" if name else "init returned"
    hint = "parameters are real: return its real and imaginary part" if np.dtype(dtype).kind == "c" else \
        "what init returns is trained: make constants, as masks, in setup, and numbers that are trained floats"
    raise Error(f"{what} an array of {dtype}", hint, kind="plugin")


class Parameters(ABC):
    """The parameters of a model as its author made them, and as theta: the pieces one after the other.

    :ivar blocks: names and shapes of the pieces, in their order
    :ivar unloaded: ``params`` for :meth:`Tools.shapes`, before any were loaded
    """

    blocks: List[Tuple[str, Shape]]
    unloaded: Any

    @abstractmethod
    def start(self, seed: int) -> np.ndarray:
        """Starting parameters, shape (P,)."""

    @abstractmethod
    def load(self, theta: np.ndarray) -> Any:
        """The ``params`` of these parameters, for all calls until others are loaded."""


class Tools(ABC):
    """One library on one device.

    :ivar chunks: how batches are cut for it
    :ivar bitwise: digits of a configuration depend neither on its place in a chunk nor on when it is computed
    :ivar xp: the module of its functions of arrays, by the names that they have in numpy
    """

    chunks: Chunks
    bitwise: bool
    xp: Any

    @abstractmethod
    def parameters(self, init: Callable[..., Any]) -> Parameters:
        """What an author's init makes."""

    @abstractmethod
    def shapes(self, f: Callable[..., Any], *given: Shape, params: Any = None) -> Any:
        """The shapes of what f of one configuration returns: a tuple of them where it is a tuple, else one."""

    @abstractmethod
    def values(self, f: One, noise: Optional[Noise] = None) -> Batched:
        """f of a run."""

    @abstractmethod
    def slope(self, f: One) -> Batched:
        """Of f with one result, a number: the number, and its gradient in the first array."""

    @abstractmethod
    def pull(self, f: One, noise: Optional[Noise] = None) -> Pull:
        """The gradients in the parameters of sums over chunks of cotangents times results."""

    @abstractmethod
    def pull_first(self, f: One) -> PullFirst:
        """The gradient of that in the first array."""

    @abstractmethod
    def keep(self, f: One, noise: Noise) -> Tuple[Keep, PullKept]:
        """f of a run, and what pulls it back without computing it again."""

    # Of use within functions of one configuration.

    @abstractmethod
    def along(self, f: Callable[[Any], Any], x: Any, e: Any) -> Tuple[Any, Any]:
        """f(x), and its derivative along e."""

    @abstractmethod
    def gradient(self, f: Callable[[Any], Any], x: Any) -> Any:
        """The gradient of f(x), a number."""

    @abstractmethod
    def divergence(self, f: Callable[[Any], Any], x: Any) -> Tuple[Any, Any]:
        """f(x), with the shape of x, and the trace of df/dx."""

    @abstractmethod
    def repeat(self, step: Callable[[Any, Tuple[Any, ...]], Tuple[Any, ...]], state: Tuple[Any, ...], n: int) -> Tuple[Any, ...]:
        """state = step(k, state) for k from 0 to n - 1."""
