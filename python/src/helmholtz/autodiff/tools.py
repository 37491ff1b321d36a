"""What a library of arrays has to do for parts: functions of one configuration become functions of chunks.

A *function of one configuration* is f(params, *arrays), which returns a tuple of arrays; params is what the
author's ``init`` made, with the parameters loaded last. What is made of it takes ``params`` and a tuple of
chunks in numpy, (size, ...) each, and where it is pulled back a tuple of cotangents, one of each result. It may
return before the work is done; :attr:`Chunks.numpy` waits.

With a :class:`Noise`, the first of the arrays is random: in its place the chunks begin with a seed and the numbers of
the configurations, uint64.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from typing import Any, Callable, List, NamedTuple, Optional, Tuple

import numpy as np

from .. import noise
from .chunks import Chunks

Shape = Tuple[int, ...]
#: f(params, *arrays) of one configuration, a tuple of arrays
One = Callable[..., Tuple[Any, ...]]
#: (params, chunks) to chunks
Batched = Callable[[Any, Tuple[Any, ...]], Tuple[Any, ...]]
#: (params, chunks, cotangents) to a gradient in the parameters, flat as theta, or in the first chunk
Pull = Callable[[Any, Tuple[Any, ...], Tuple[Any, ...]], Any]


class Noise(NamedTuple):
    """Random numbers of a configuration: their law, ``"normal"`` or ``"uniform"``, and their shape."""

    law: str
    shape: Shape

    def of(self, seed: Any, numbers: Any, xp: Any = np) -> Any:
        """Those of the configurations with these numbers, one axis of them in front; xp as in :mod:`helmholtz.noise`."""
        law = {"normal": noise.normal, "uniform": noise.uniform}[self.law]
        return law(seed, numbers, math.prod(self.shape), xp).reshape(-1, *self.shape)


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
    :ivar keep_from: number of parameters from which on a draw keeps what its pull-back needs
    """

    chunks: Chunks
    bitwise: bool
    keep_from: int = 0

    @abstractmethod
    def parameters(self, init: Callable[..., Any]) -> Parameters:
        """What an author's init makes."""

    @abstractmethod
    def shapes(self, f: Callable[..., Any], *given: Shape, params: Any = None) -> Any:
        """The shapes of what f of one configuration returns: a tuple of them where it is a tuple, else one."""

    @abstractmethod
    def values(self, f: One, noise: Optional[Noise] = None) -> Batched:
        """f of a chunk."""

    @abstractmethod
    def slope(self, f: One) -> Batched:
        """Of f with one result, a number: the number, and its gradient in the first array."""

    @abstractmethod
    def pull(self, f: One, noise: Optional[Noise] = None) -> Pull:
        """The gradient in the parameters of the sum over a chunk of cotangents times results."""

    @abstractmethod
    def pull_first(self, f: One) -> Pull:
        """The same in the first array."""

    @abstractmethod
    def keep(self, f: One, noise: Noise) -> Callable[[Any, Tuple[Any, ...]], Tuple[Tuple[Any, ...], Callable[[Tuple[Any, ...]], Any]]]:
        """f of a chunk, and what pulls it back without computing it again: from cotangents to the gradient."""

    # Of use within functions of one configuration.

    @abstractmethod
    def along(self, f: Callable[[Any], Any], x: Any, e: Any) -> Tuple[Any, Any]:
        """f(x), and its derivative along e."""

    @abstractmethod
    def divergence(self, f: Callable[[Any], Any], x: Any) -> Tuple[Any, Any]:
        """f(x), with the shape of x, and the trace of df/dx."""

    @abstractmethod
    def repeat(self, step: Callable[[Any, Tuple[Any, ...]], Tuple[Any, ...]], state: Tuple[Any, ...], n: int) -> Tuple[Any, ...]:
        """state = step(k, state) for k from 0 to n - 1."""
