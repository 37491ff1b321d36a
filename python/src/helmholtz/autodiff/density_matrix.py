"""Density matrices of fermions,

    rho = sum_K p(K) |Psi_K><Psi_K|,    F = <E_loc + ln p(K)/beta>,    E_loc = V - c lap Psi_K/Psi_K,

from functions of one configuration: ln p of all listed K up to a constant, and ln Psi_K(x) = f + i h. With its first and
second derivatives by forward over reverse mode,

    lap Psi/Psi = lap f + |grad f|^2 - |grad h|^2 + i (lap h + 2 grad f . grad h).

A gradient in the parameters, of weights w on ln p(K) and v on ln Psi_K(x), is

    sum_i [ w_i grad ln p(K_i) + Re v_i grad f_i + Im v_i grad h_i ].

x is drawn by Metropolis' method (:mod:`~helmholtz.autodiff.metropolis`).
"""

from __future__ import annotations

from typing import Any, Callable, ClassVar, Dict, List, Optional, Sequence, Tuple

import numpy as np

from ..errors import lacks
from ..part import Answer, Call, left_open
from ..states import States
from .metropolis import Metropolis
from .model import AutoModel
from .tools import Batched


class DensityMatrix(Metropolis, AutoModel):
    """A density matrix; the author writes :meth:`states`, :meth:`log_psi`, perhaps :meth:`log_p` and ``init``.

    The Psi_K must be orthonormal: only then is F a bound.

    :ivar length: about how far particles move; chains begin within it, and adapt from it; 1
    :ivar knows_kinds: :meth:`log_psi` knows that particles of different kinds (``self.space.kinds``) differ; False
    :ivar moves, state_moves, burn_in: keys of each such part: moves of all particles and proposals of K from one batch to the next, and moves of new chains
        before that; 50, 5 and 500
    """

    _library: ClassVar[bool] = True
    spaces: ClassVar[Sequence[str]] = ("particles",)
    knows_kinds: ClassVar[bool] = False

    def states(self) -> Any:
        """Quantum numbers of the occupied one-particle states in each state K, shape (S, N, dimension); see :func:`helmholtz.occupations`.

        Each K has N different ones (of each kind of particles), and no two K the same.
        """
        raise lacks(self, "states")

    def log_psi(self, params: Any, k: Any, x: Any) -> Any:
        """ln Psi_K(x), of any branch, a complex scalar; or the sign or phase of Psi and ln abs(Psi), as ``slogdet`` returns them.

        :param k: one of the :meth:`states`, shape (N, dimension)
        :param x: shape (N, dimension)
        """
        raise lacks(self, "log_psi")

    @left_open
    def log_p(self, params: Any) -> Any:
        """ln p(K) of all :meth:`states` up to a constant, shape (S,).

        Where it is not written, it is a table of parameters, which begins with :meth:`initial_log_p`.
        """
        raise NotImplementedError

    def initial_log_p(self) -> Any:
        """Where the table of ln p(K) begins, shape (S,) or a number; by default with all states alike."""
        return 0.0

    def powers(self) -> List[str]:
        return ["quantum", "states", "state_slope", "walk", "notices"] + (["kinds"] if self.knows_kinds else [])

    def spec(self) -> Dict[str, Any]:
        return {**super().spec(), "orbitals": self._states.orbitals}

    # The parameters are the author's, or where there is a table of ln p(K), that and the author's.

    def _starting(self) -> Callable[..., Any]:
        self._states = States(self.states(), self.space.kinds, self.space.shape[1])
        if not self._has_table():
            return self.init
        table = np.broadcast_to(np.asarray(self.initial_log_p(), float), (len(self._states),))

        def init(*random: Any) -> Any:
            return {"log_p": self._lib.xp.asarray(table.copy()), "psi": self.init(*random)}
        return init

    def _has_table(self) -> bool:
        return not self._overrides("log_p") and len(self._states) > 1

    def _psi_params(self, params: Any) -> Any:
        return params["psi"] if self._has_table() else params

    def _log_states(self, params: Any) -> Any:
        """ln p(K) of all states."""
        xp = self._lib.xp
        if self._overrides("log_p"):
            l = self.log_p(params)
        else:
            l = params["log_p"] if self._has_table() else xp.zeros(1)
        high = l.max()
        return l - high - xp.log(xp.exp(l - high).sum())

    def _parts(self, params: Any, k: Any, x: Any) -> Tuple[Any, Any]:
        """Real and imaginary part of ln Psi_K(x)."""
        xp, found = self._lib.xp, self.log_psi(self._psi_params(params), k, x)
        if not isinstance(found, (tuple, list)):
            self._complex = _is_complex(found)
            return (xp.real(found), xp.imag(found)) if self._complex else (found, 0 * found)
        phase, value = found
        self._complex = _is_complex(phase)
        return value, xp.angle(phase) if self._complex else xp.where(phase < 0, np.pi, 0.0)

    def _slopes(self, params: Any, x: Any, k: Any) -> Tuple[Any, Any]:
        """grad f and grad h."""
        f, h = ((lambda y, part=part: self._parts(params, k, y)[part]) for part in (0, 1))
        return self._lib.gradient(f, x), self._lib.gradient(h, x) if self._complex else 0 * x

    def _laplacian(self, params: Any, x: Any, k: Any) -> Tuple[Any, Any]:
        """Real and imaginary part of lap Psi/Psi."""
        f, lap_f = self._lib.divergence(lambda y: self._slopes(params, y, k)[0], x)
        if not self._complex:
            return lap_f + (f * f).sum(), 0 * lap_f
        h, lap_h = self._lib.divergence(lambda y: self._slopes(params, y, k)[1], x)
        return lap_f + (f * f - h * h).sum(), lap_h + 2 * (f * h).sum()

    def _check(self) -> None:
        k = self._lib.xp.asarray(self._states.numbers[0])
        self._has_shape("log_psi", [self.space.shape], ((), ()), lambda params, x: self._parts(params, k, x))
        self._has_shape("log_p", [], (len(self._states),), self._log_states)

    def load(self, theta: np.ndarray) -> None:
        super().load(theta)
        self._log_p_now = None

    def _log_p(self) -> np.ndarray:
        """ln p(K) of all states with the parameters loaded, shape (S,)."""
        if self._log_p_now is None:
            one, = self._chunks.map(lambda a: self._of_states(self._params, a), np.zeros(1), shapes=[(len(self._states),)])
            self._log_p_now = one[0]
        return self._log_p_now

    def _answers(self) -> Dict[str, Answer]:
        def psi(params: Any, x: Any, k: Any) -> Tuple[Any, Any]:
            return self._parts(params, k, x)

        def both(params: Any, x: Any, k: Any, number: Any) -> Tuple[Any, ...]:
            return self._log_states(params)[number], *self._parts(params, k, x)

        def states(params: Any, _: Any) -> Tuple[Any]:
            return self._log_states(params),
        lib = self._lib
        self._log_p_now: Optional[np.ndarray] = None
        self._of_states, self._psi, self._both_pull = lib.values(states), lib.values(psi), lib.pull(both)
        laplacian, slopes = lib.values(self._laplacian), lib.values(self._slopes)
        self._begin_walks()
        return {"log_psi": self._log_psi, "state_log_p": lambda c: {"state_log_p": self._log_p()}, "log_prob": self._diagonal,
                "laplacian": lambda c: {"lap": self._number(laplacian, c, ())},
                "state_slope": lambda c: {"log_psi_slope": self._number(slopes, c, self.space.shape)},
                "state_pull": lambda c: self._pull(c, c.bar("log_p"), c.bar("log_psi")),
                "pull": lambda c: self._pull(c, c.bar("log_p"), 2 * c.bar("log_p").astype(complex))}

    def _number(self, f: Batched, c: Call, shape: Tuple[int, ...]) -> np.ndarray:
        """The complex results of f, of its real and imaginary part, of the configurations of a call in their states."""
        k = self._states.numbers[self._states.find(c["k"])]
        re, im = self._chunks.map(lambda a: f(self._params, a), c["x"], k, shapes=[shape, shape])
        return re + 1j * im

    def _log_psi(self, c: Call) -> Dict[str, Any]:
        return {"log_psi": self._number(self._psi, c, ()), "log_p": self._log_p()[self._states.find(c["k"])]}

    def _diagonal(self, c: Call) -> Dict[str, Any]:
        """ln <x|rho|x> = ln sum_K p(K) |Psi_K(x)|^2."""
        x, total = c["x"], np.full(len(c["x"]), -np.inf)
        for numbers, log_p in zip(self._states.numbers, self._log_p()):
            k = np.broadcast_to(numbers, (len(x), *numbers.shape))
            f, _ = self._chunks.map(lambda a: self._psi(self._params, a), x, k, shapes=[(), ()])
            total = np.logaddexp(total, log_p + 2 * f)
        return {"log_p": total}

    def _pull(self, c: Call, w: np.ndarray, v: np.ndarray) -> Dict[str, Any]:
        """The gradient of weights on ln p(K) and ln Psi_K(x)."""
        states = self._states.find(c["k"])
        return self._pulled(c, self._both_pull, [c["x"], self._states.numbers[states], states], [w, v.real, v.imag])


def _is_complex(value: Any) -> bool:
    return "complex" in str(value.dtype)
