"""Densities that a velocity carries, and scores of data under noise.

    dx/dt = v(x, t; theta),  x(0) = z,  x(1) = f(z),    d ln abs(det dx/dz)/dt = div v,

by the classical method of Runge and Kutta in equal steps, the divergence exact, by forward mode. The inverse takes the same steps
back: both agree up to the error of the steps, which falls with their fourth power.

A score is s(x, t; theta) = grad_x ln p_t(x) of x_t = a(t) x_1 + sigma(t) eps, x_1 the data, t from 0 (noise) to 1
(data). As a density it is its probability flow (Song, Sohl-Dickstein, Kingma, Kumar, Ermon and Poole, arXiv:2011.13456), with tau = 1 - t

    dx/dt = -f x + g^2 s/2,    f = d ln a/dtau,    g^2 = d sigma^2/dtau - 2 f sigma^2,

from normal variables z of the variance a(0)^2 + sigma(0)^2, that of data of the variance one under the noise at t = 0.
"""

from __future__ import annotations

from typing import Any, ClassVar, Dict, List, Tuple

import numpy as np

from ..errors import Error, lacks
from ..part import Answer
from .flow import Flow


class Velocity(Flow):
    """A continuous flow; the author writes ``init`` and :meth:`velocity` for one configuration.

    :ivar steps: steps of the integration from t = 0 to 1
    """

    _library: ClassVar[bool] = True
    steps: int = 20

    def velocity(self, params: Any, x: Any, t: Any) -> Any:
        """v(x, t), with the shape of x, the space's; t is a scalar from 0 to 1."""
        raise lacks(self, "velocity")

    def forward(self, params: Any, z: Any) -> Tuple[Any, Any]:
        return self._followed(params, z, 0.0, 1 / self.steps)

    def inverse(self, params: Any, x: Any) -> Tuple[Any, Any]:
        z, det = self._followed(params, x, 1.0, -1 / self.steps)
        return z, -det

    def _followed(self, params: Any, x: Any, begin: float, h: float) -> Tuple[Any, Any]:
        """Where x comes from the time begin in steps of h, and the integral of the divergence."""
        def rates(x: Any, t: Any) -> Tuple[Any, Any]:
            return self._lib.divergence(lambda y: self.velocity(params, y, t), x)

        def step(k: Any, state: Tuple[Any, Any]) -> Tuple[Any, Any]:
            (x, det), t = state, begin + k * h
            v1, d1 = rates(x, t)
            v2, d2 = rates(x + h / 2 * v1, t + h / 2)
            v3, d3 = rates(x + h / 2 * v2, t + h / 2)
            v4, d4 = rates(x + h * v3, t + h)
            return x + h / 6 * (v1 + 2 * v2 + 2 * v3 + v4), det + h / 6 * (d1 + 2 * d2 + 2 * d3 + d4)
        return self._lib.repeat(step, (x, 0 * x.sum()), self.steps)

    def powers(self) -> List[str]:
        return super().powers() + ["velocity"]

    def _check(self) -> None:
        self._check_field("velocity")
        super()._check()

    def _check_field(self, name: str) -> None:
        if self.space.box is not None or self.steps < 1:
            raise Error("needs configurations in all of space, and a step at least", kind="mismatch", subject=self.part_name())
        self._has_shape(name, [self.space.shape, ()], self.space.shape)

    def _answers(self) -> Dict[str, Answer]:
        def velocity(params: Any, x: Any, t: Any) -> Tuple[Any]:
            return self.velocity(params, x, t),
        return {**super()._answers(), "velocity": self._gives(self._lib.values(velocity), ["x", "time"], ["velocity"]),
                "velocity_pull": self._pulls(self._lib.pull(velocity), ["x", "time"], ["velocity"])}


class Score(Velocity):
    """A score of data under noise; the author writes ``init``, :meth:`score` and perhaps :meth:`noising`.

    :ivar sigma_max, sigma_min: of the noise at t = 0 and t = 1, where :meth:`noising` is not written
    :ivar steps: of the integration of the probability flow from t = 0 to 1
    """

    _library: ClassVar[bool] = True
    sigma_max: float = 20.0
    sigma_min: float = 0.01

    def score(self, params: Any, x: Any, t: Any) -> Any:
        """s(x, t), with the shape of x, the space's; t is a scalar from 0 to 1."""
        raise lacks(self, "score")

    def noising(self, t: Any) -> Tuple[Any, Any]:
        """a(t) and sigma(t), both positive, sigma/a falling; differentiable in t.

        By default the variance explodes: a = 1, sigma a geometric sequence from sigma_max to sigma_min.
        """
        return 1 + 0 * t, self.sigma_max**(1 - t) * self.sigma_min**t

    def velocity(self, params: Any, x: Any, t: Any) -> Any:
        f, g2 = self._rates(t)
        return -f * x + g2 / 2 * self.score(params, x, t)

    def _rates(self, t: Any) -> Tuple[Any, Any]:
        """f and g^2."""
        a, a_slope = self._lib.along(lambda s: self.noising(s)[0], t, 1 + 0 * t)
        sigma, sigma_slope = self._lib.along(lambda s: self.noising(s)[1], t, 1 + 0 * t)
        f = -a_slope / a
        return f, -2 * sigma * (sigma_slope + f * sigma)

    def base_width(self) -> float:
        return self._width

    def powers(self) -> List[str]:
        return super().powers() + ["score", "score_slope"]

    def _check(self) -> None:
        self._check_field("score")
        self._has_shape("noising", [()], ((), ()), lambda _, t: self.noising(t))
        a, sigma = self._chunks.map(lambda t: self._lib.values(lambda _, t: tuple(self.noising(t)))(None, t), np.zeros(1), shapes=[(), ()])
        self._width = float(a[0]**2 + sigma[0]**2)**0.5
        super()._check()

    def _answers(self) -> Dict[str, Answer]:
        def score(params: Any, x: Any, t: Any) -> Tuple[Any]:
            return self.score(params, x, t),

        def divergence(params: Any, x: Any, t: Any) -> Tuple[Any, Any]:
            return self._lib.divergence(lambda y: self.score(params, y, t), x)

        def along(params: Any, x: Any, t: Any, e: Any) -> Tuple[Any, Any]:
            s, slope = self._lib.along(lambda y: self.score(params, y, t), x, e)
            return s, (e * slope).sum()

        of_time = {"noising": ("signal", "noise", lambda _, t: tuple(self.noising(t))), "diffusion": ("drift", "diffusion", lambda _, t: self._rates(t))}
        rows = {row: self._gives(self._lib.values(f), ["time"], [first, second]) for row, (first, second, f) in of_time.items()}
        for row, f, takes, gives in (("score", score, ["x", "time"], ["score"]),
                                     ("score_divergence", divergence, ["x", "time"], ["score", "score_divergence"]),
                                     ("score_along", along, ["x", "time", "along"], ["score", "score_along"])):
            rows[row], rows[row + "_pull"] = self._gives(self._lib.values(f), takes, gives), self._pulls(self._lib.pull(f), takes, gives)
        return {**super()._answers(), **rows}
