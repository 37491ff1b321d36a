"""Draws of a density matrix by Metropolis' method.

A chain has the density p(K) |Psi_K(x)|^2, and moves in two ways that keep it: all particles at once, by steps that are uniform
in a cube, x' accepted with the probability min(1, |Psi_K(x')|^2/|Psi_K(x)|^2) (Metropolis et al., J. Chem. Phys. 21, 1087
(1953)); and now and then the state at fixed x, K' drawn from p(K') and accepted with min(1, |Psi_K'(x)|^2/|Psi_K(x)|^2),
where the shares p(K) cancel those of the proposals. So a batch has the density however few moves it is from the one before,
and where training changes p(K) the chains follow.

New chains draw K from p(K) and burn x in at this K, while each finds a step size a of its own for an acceptance A of one half,

    ln a <- ln a + (A - 1/2) (t + 1)^(-0.6)      (Robbins and Monro, Ann. Math. Stat. 22, 400 (1951)).

Then they have the density, too, as far as x has forgotten where it began.

All random numbers of chain i follow from the seed of the draw and i.
"""

from __future__ import annotations

from typing import Any, ClassVar, Dict, List, Optional, Tuple

import numpy as np

from .. import noise
from ..errors import Error
from ..keys import key
from ..states import States
from ..walkers import Chains, Walker
from .chunks import Chunks
from .tools import Noise, Tools

#: mean acceptance beyond which a notice is given: either few moves are made, or short ones
LOW, HIGH = 0.2, 0.9
SELDOM = ("less than 0.2 of the Metropolis moves are accepted: the chains hardly move; start again with these parameters, so that "
          "the step sizes adapt, or make more moves")
OFTEN = ("more than 0.9 of the Metropolis moves are accepted: they are short, and the chains move slowly; start again with these "
         "parameters, so that the step sizes adapt, or make more moves")
#: acceptance of other states below which chains keep theirs for more than two batches
LOW_STATES = 0.1
STUCK = ("less than 0.1 of the proposed states K are accepted: the chains keep theirs, and what depends on K lags behind p(K); propose more "
         "of them (state_moves)")


class Settings:
    """The keys of models that draw by Metropolis' method."""

    moves: int = key(50, min=1, max=10**6, help="Metropolis moves of all particles from one batch to the next")
    state_moves: int = key(5, min=0, max=10**5, help="states K proposed to each configuration from one batch to the next, spread among the moves")
    burn_in: int = key(500, min=0, max=10**9, help="moves of new chains before that, in which their step sizes adapt to an acceptance of one half")


class Metropolis(Settings, Walker):
    """Chains on p(K) |Psi_K(x)|^2. Its subclass has the states, and ln p(K) and ln Psi_K(x)."""

    _library: ClassVar[bool] = True
    length: float = 1.0
    _lib: Tools
    _chunks: Chunks
    _params: Any
    _states: States

    def _parts(self, params: Any, k: Any, x: Any) -> Tuple[Any, Any]:
        raise NotImplementedError

    def _log_p(self) -> np.ndarray:
        raise NotImplementedError

    # The walk goes in pieces of some rounds, of some moves of x and perhaps a proposal of K each.

    @property
    def _rounds(self) -> int:
        return max(1, min(self.state_moves, self.moves)) if self._proposes() else 1

    def _proposes(self) -> bool:
        return self.state_moves > 0 and len(self._states) > 1

    @property
    def _moves(self) -> int:
        """Moves of x in a round."""
        return -(-self.moves // self._rounds)

    def _steps(self) -> int:
        """Evaluations of Psi in a piece, one of them where it begins."""
        return 1 + self._rounds * (self._moves + self._proposes())

    def _law(self) -> Noise:
        """Uniform numbers of a piece: of each step one for each coordinate and one to accept it."""
        return Noise("uniform", (self._steps(), self.space.size + 1))

    def _begin_walks(self) -> None:
        self._seen: Dict[str, int] = {}
        self._piece = self._lib.values(self._walked, self._law())

    def _walked(self, params: Any, u: Any, x: Any, a: Any, k: Any, offered: Any, t: Any) -> Tuple[Any, ...]:
        """A piece of one chain: x, its step size a, how many moves were accepted, which of the states offered it has at last (-1: that of
        before), how many others were offered and how many of them accepted, and ln |Psi|^2.

        :param offered: a state for each round; none is taken while burning in
        :param t: moves of burn-in before these, -1 where it is over
        """
        xp, moves, period = self._lib.xp, self._moves, self._moves + self._proposes()
        side = self.length * 12**0.5  # of a cube with the variance length^2 along each axis

        # Psi is written once for steps of all kinds: the first, which has to be taken, moves and proposals. What a
        # library compiles has the size of Psi, and takes seconds.
        def step(j: Any, now: Tuple[Any, ...]) -> Tuple[Any, ...]:
            x, l, a, accepted, k, chosen, others, taken = now
            r, at = (j - 1) // period, (j - 1) % period
            first, proposal = j == 0, (j > 0) & (at == moves)
            move = ~(first | proposal)
            y = xp.where(move, x + a * side * (u[j][:-1].reshape(x.shape) - 0.5), x)
            other = xp.where(proposal, offered[r], k)
            new = 2 * self._parts(params, other, y)[0]
            take = first | (xp.log(u[j][-1]) < new - l) & (move | (t < 0))
            differs = proposal & (t < 0) & (other != k).any()
            rate = xp.where(move & (t >= 0), (abs(t) + r * moves + at + 1.0)**-0.6, 0.0)
            return (xp.where(take, y, x), xp.where(take, xp.where(new == new, new, -np.inf), l), a * xp.exp((1.0 * take - 0.5) * rate),
                    accepted + (take & move), xp.where(take, other, k), xp.where(take & proposal, 1.0 * r, chosen),
                    others + differs, taken + (take & differs))

        none = 0 * a
        x, l, a, accepted, _, chosen, others, taken = self._lib.repeat(step, (x, none, a, none, k, none - 1, none, none), self._steps())
        return x, a, accepted, chosen, others, taken, l

    def walk(self, seed: int, first: int, n: int, total: int) -> Dict[str, np.ndarray]:
        before, self.chains = self.chains, Chains.none()
        if n == 0:
            return {"x": np.empty((0, *self.shape())), "log_p": np.empty(0), "k": np.empty((0, self.shape()[0]), np.int32), "accept": np.empty(0)}
        begun, of_burn_in, of_states, of_moves = (int(s) for s in noise.bits(seed, (0, 1), 4)[0])
        if before.are(first, n, total):
            x, step, state = self._unpacked(before.rows)
        else:
            x, step, state = self._fresh(begun, first, n)
            for piece in range(-(-self.burn_in // (self._rounds * self._moves))):
                seed = int(noise.bits(of_burn_in, (piece, 1), 1)[0, 0])
                x, step, *_ = self._advanced(seed, first, x, step, state, piece * self._rounds * self._moves)
        offered = self._states_drawn(of_states, first, n, self._rounds)
        x, step, accepted, chosen, others, taken, l = self._advanced(of_moves, first, x, step, state, -1, offered)
        bad = np.flatnonzero(~np.isfinite(l))
        if len(bad):
            raise Error(f"ln |Psi|^2 of configuration {first + bad[0]} is {l[bad[0]]}", kind="numeric")
        state = np.where(chosen < 0, state, offered[np.arange(n), chosen.astype(int)])
        if self.space.box:
            x = x - np.floor(x / self.space.box) * self.space.box
        accept = accepted / (self._rounds * self._moves)
        self._watch(accept.mean(), others.sum(), taken.sum())
        self.chains = Chains(first, total, np.concatenate([x.reshape(n, -1), step[:, None], state[:, None]], axis=1))
        return {"x": x, "log_p": self._log_p()[state], "k": self._states.labels[state], "accept": accept}

    def _advanced(self, seed: int, first: int, x: np.ndarray, step: np.ndarray, state: np.ndarray, t: int,
                  offered: Optional[np.ndarray] = None) -> List[np.ndarray]:
        """The chains after a piece."""
        n = len(x)
        if offered is None:
            offered = np.repeat(state[:, None], self._rounds, axis=1)
        arrays = (np.arange(first, first + n, dtype=np.uint64), x, step, self._states.numbers[state], self._states.numbers[offered], np.full(n, float(t)))
        return self._chunks.map(lambda a: self._piece(self._params, (np.uint64(seed), *a)), *arrays, shapes=[self.shape(), *[()] * 6])

    def _fresh(self, seed: int, first: int, n: int) -> Tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Where chains begin: anywhere in the box, or near the origin."""
        of_states, of_places = (int(s) for s in noise.bits(seed, (0, 1), 2)[0])
        if self.space.box:
            x = noise.uniform(of_places, (first, n), self.space.size).reshape(n, *self.shape()) * self.space.box
        else:
            x = self.length * noise.normal(of_places, (first, n), self.space.size).reshape(n, *self.shape())
        return x, np.ones(n), self._states_drawn(of_states, first, n, 1)[:, 0]

    def _states_drawn(self, seed: int, first: int, n: int, count: int) -> np.ndarray:
        """Numbers of states drawn from p(K), shape (n, count)."""
        sums = np.cumsum(np.exp(self._log_p()))
        drawn = np.searchsorted(sums, sums[-1] * noise.uniform(seed, (first, n), count), side="right")
        return np.minimum(drawn, len(sums) - 1)

    # A row of a chain: where it is, its step, the number of its state.

    def _unpacked(self, rows: np.ndarray) -> Tuple[np.ndarray, np.ndarray, np.ndarray]:
        return rows[:, :-2].reshape(-1, *self.shape()), rows[:, -2], rows[:, -1].astype(int)

    def checked(self, chains: Chains) -> Chains:
        rows, width = chains.rows, self.space.size + 2
        if len(rows) and rows.shape[1] != width:
            raise Error(f"the state has {rows.shape[1]} numbers in a row, not {width}")
        bad = [s for s in (rows[:, -1] if len(rows) else []) if s not in range(len(self._states))]
        if bad:
            raise Error(f"a chain is in the state {bad[0]:g}, and there are {len(self._states)}", "it stems from a model with other states")
        return chains

    def _watch(self, accept: float, others: float, taken: float) -> None:
        expected = LOW_STATES * others  # few proposals tell nothing: below it by three standard deviations of a count
        for text, seen in ((SELDOM, accept < LOW), (OFTEN, accept > HIGH), (STUCK, taken < expected - 3 * expected**0.5)):
            if seen:
                self._seen[text] = self._seen.get(text, 0) + 1

    def notices(self) -> List[Dict[str, Any]]:
        seen, self._seen = self._seen, {}
        return [{"text": text, "count": count} for text, count in seen.items()]
