package estimators

import (
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/stats"
)

// Means of independent draws, and of weights, converge as their tails allow: with k-hat the shape of the
// Pareto density that the largest follow, moments of order 1/k and above do not exist. Vehtari et
// al. (2024, J. Mach. Learn. Res. 25, 72, arXiv:1507.02646) trust a mean of n up to
//
//	k-hat <= min(1 - 1/log10 n, 0.7).
//
// Energies of spins lie on levels, and some densities crowd at an end: there k-hat may have any value, and counts where
// the tail is as heavy further out (stats.Tails), and the standard deviation so badly known as that means (stats.Doubtful).
//
// Draws that missed what is rare and large have a k-hat that says so before one is met, where the
// share of the largest is small.

// tailed and tailedSquares are the numbers of draws from which a row, and one of squared
// deviations, is judged by k-hat, and the first also by the doubt. Of exponential o 2.5 % and 0.8 % of rows at these numbers are warned of (400
// simulations of each), and none at 5 times as many. Below 1000 squares of good draws pass
// the threshold too often.
const tailed, tailedSquares = 100, 1000

// judgeMean warns of a mean of independent draws whose tail is too heavy, and of one whose error is
// made of few draws: the error of s is that of s^2 over 2 s^2.
func judgeMean(e *core.Estimate, m *stats.Moments, t *stats.Tails) {
	e.StderrStderr = e.Stderr[0] * m.Doubt()
	if n := m.N(); n >= tailed && m.Doubt() > stats.Doubtful(n) {
		if k, heavy := t.ParetoK(); heavy {
			warnOfTail(e, k, n, "values averaged")
			return
		}
	}
	judgeError(e, m)
}

// judgeVariance is judgeMean for a variance: what is averaged are squares.
func judgeVariance(e *core.Estimate, m *stats.Moments, t *stats.Tails) {
	doubt := t.SquareDoubt(m)
	e.StderrStderr = e.Stderr[0] * doubt
	if n := m.N(); n >= tailedSquares {
		heavy, k := false, 0.0
		if m.Doubt() > stats.Doubtful(n) {
			k, heavy = t.SquareParetoK(m.Mean())
		}
		switch {
		case heavy:
			warnOfTail(e, k, n, "squared deviations")
			return
		case doubt > uncertain:
			e.Warn(core.CautionUncertainError, "few of %d draws make up the scatter of the squared deviations, so that the error is uncertain by %.2g %% of itself: draw more", n, 100*doubt)
			return
		}
	}
	judgeError(e, m)
}

func warnOfTail(e *core.Estimate, k float64, n int64, of string) {
	e.Warn(core.CautionParetoTail, "the %s have a tail so heavy, Pareto k-hat %.2f where %d draws allow %.2f, that the value and its error are not to be trusted", of, k, n, stats.ParetoThreshold(n))
}

// judgeError warns where few draws make up the sample variance.
func judgeError(e *core.Estimate, m *stats.Moments) {
	if d := m.Doubt(); m.N() >= tailed && d > uncertain {
		e.Warn(core.CautionUncertainError, "few of %d draws make up the sample variance, which so is uncertain by %.2g %%, and the error rests on it: draw more", m.N(), 200*d)
	}
}

// judgeWeightTail warns of weights whose tail is too heavy, or whose error is uncertain by more than a tenth and
// their fourth moment 400 times the square of the variance: models near that of Boltzmann have neither, and those that
// are not have often not yet met the weights that would say so. That is about heavy weights, whose part in the uncertainty
// is at most 1/2 sqrt of the largest one's part in the variance. Where light ones make it up, as configurations that the energy
// forbids, nothing is to come that would move the value by more than 1/n, and a quarter is the limit, as of any mean. Its text begins with of.
func judgeWeightTail(e *core.Estimate, of string, w *stats.Weights) {
	n := w.N()
	if n < tailed {
		return
	}
	switch k, heavy := w.Heavy(); {
	case math.IsInf(k, 1):
		e.Warn(core.CautionParetoTail, "%sfewer than five of %d configurations make up more than half of the variance of the weights, so the error is too uncertain to be trusted", of, n)
	case !heavy:
		d, limit := w.Doubt(), max(0.1, 10/math.Sqrt(float64(n)))
		if d > limit && math.Sqrt(w.LargestSpread())/2 > limit {
			e.Warn(core.CautionUncertainError, "%sfew of %d configurations make up the variance of the weights, so that the error is uncertain by %.2g %% of itself, and more where heavier ones have yet to come", of, n, 100*d)
		} else if d > uncertain {
			e.Warn(core.CautionUncertainError, "%sfew of %d configurations, of less weight than the others, make up the variance of the weights, so that the error is uncertain by %.2g %% of itself", of, n, 100*d)
		}
	default:
		e.Warn(core.CautionParetoTail, "%sthe weights have a tail so heavy, Pareto k-hat %.2f where %d draws allow %.2f, that the value and its error are not to be trusted", of, k, n, stats.ParetoThreshold(n))
	}
}
