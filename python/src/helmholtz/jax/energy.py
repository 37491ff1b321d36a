"""Energies of one configuration in JAX, with their slope."""

from __future__ import annotations

from typing import Any, Callable, ClassVar, Dict

from ..energy import EnergyBase
from ..errors import Error
from ..part import Call
from ._chunks import Chunks
from ._lazy import module


class Energy(EnergyBase):
    """A Hamiltonian whose :meth:`energy` is written for one configuration.

    Batches are made by ``vmap``, and dE/dx by reverse mode, on spaces where x can move;
    set ``slope = False`` where E is not differentiable.
    """

    _library: ClassVar[bool] = True
    slope: ClassVar[bool] = True

    def energy(self, x: Any) -> Any:
        """The total energy, a scalar, of one configuration x with the space's shape, traced by JAX."""
        raise NotImplementedError(f"{type(self).__name__} has no method energy")

    def has_slope(self) -> bool:
        return self.slope and self.space().continuous

    def _compiled(self) -> None:
        if hasattr(self, "_value"):
            return
        jax, jnp = module("jax"), module("jax.numpy")
        shape = jax.eval_shape(self.energy, jax.ShapeDtypeStruct(self.shape(), jnp.float64))
        if getattr(shape, "shape", None) != ():
            raise Error(f"{type(self).__name__}.energy of one configuration has the shape {getattr(shape, 'shape', shape)}, want a scalar",
                        "it is called with one configuration, and sums over all of it", kind="plugin")
        self._chunks = Chunks()
        scalar: Callable[[Any], Any] = lambda x: self.energy(x).astype(jnp.float64)  # noqa: E731
        self._value = jax.jit(lambda x: (jax.vmap(scalar)(x),))
        self._both = jax.jit(jax.vmap(jax.value_and_grad(scalar)))

    def spec(self) -> Dict[str, Any]:
        self._compiled()
        return super().spec()

    def _evaluate(self, c: Call) -> Dict[str, Any]:
        e, = self._chunks.map(self._value, c["x"], shapes=[()])
        return {"energy": e}

    def _evaluate_with_slope(self, c: Call) -> Dict[str, Any]:
        e, slope = self._chunks.map(self._both, c["x"], shapes=[(), self.shape()])
        return {"energy": e, "slope": slope}
