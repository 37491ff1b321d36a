package estimators

import (
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/stats"
)

// mixed is the largest R-hat of chains that are taken as mixed: the spread
// between them then adds 10 % to the variance of what is within them. Vehtari
// et al. 2021 (arXiv:1903.08008) ask for 1.01 where chains are long; 1.05 is
// for many short ones, whose R-hat is above 1 by (tau-1)/n with n draws of
// each chain.
const mixed = 1.05

// effective is the number of independent draws that chains should be worth. At
// 100, an error bar that rests on sums over the chains is uncertain by a tenth.
const effective = 100

// judge fills in what is known of an estimate from chains: tau, R-hat and
// whether to trust it. s is its series.
func judge(e *core.Estimate, s *stats.Chains, tau float64) {
	if s.N() == 0 {
		return
	}
	if r := s.RHat(); !math.IsNaN(r) {
		e.RHat = r
	}
	if !math.IsNaN(tau) {
		e.Tau = tau
	}
	n := float64(s.N())
	switch {
	case e.RHat == 0:
		e.Warn(core.CautionFewDraws, "fewer than four draws of each chain: nothing tells whether the chains are mixed")
	case e.RHat > mixed:
		e.Warn(core.CautionNotMixed, "chains are not mixed: R-hat %.4g > %g; draw more of each chain, or thin them", e.RHat, mixed)
	case n/e.Tau < effective:
		e.Warn(core.CautionCorrelated, "%d draws are worth only %.3g independent ones (autocorrelation time %.3g draws), so the error is uncertain", s.N(), n/e.Tau, e.Tau)
	}
}

// least is the number of draws below which there is no error bar: from 8 it is
// uncertain by a quarter.
const least = 8

// certain is the number of effective draws that have to be equal before the error
// of a value is zero: fewer say nothing of what is as rare as that.
const certain = 100

// settleChains is settle for a series of Markov chains.
func settleChains(e *core.Estimate, s *stats.Chains, size float64) bool {
	settled := settle(e, s.Chains(), s.Spread(), size)
	if settled {
		e.RHat = 1
	}
	return settled
}

// settle gives the error of a value where it does not follow from the spread of
// the draws, and tells whether it did: too few draws have none, and equal ones
// none or zero. size is that of the numbers whose difference is rounding, chains
// how many Markov chains there are, 0 for independent draws: those of one chain
// are equal where it does not move, and count as one.
func settle(e *core.Estimate, chains int, spread, size float64) bool {
	effective := e.N
	if chains > 0 {
		effective = int64(chains)
	}
	switch {
	case e.N == 0:
		return true
	case e.N < least:
		e.Stderr[0] = math.NaN()
		e.Warn(core.CautionFewDraws, "%d draws are too few for an error: draw at least %d", e.N, least)
	case !stats.Rounding(spread, size):
		return false
	case effective < certain && chains > 0:
		e.Stderr[0] = math.NaN()
		e.Warn(core.CautionFewDraws, "all draws of %d chains are equal, as those of chains that do not move, which says nothing of the error: have at least %d chains", chains, certain)
	case effective < certain:
		e.Stderr[0] = math.NaN()
		e.Warn(core.CautionFewDraws, "all %d draws are equal, which says nothing of the error: draw at least %d", e.N, certain)
	default:
		e.Stderr[0], e.Constant = 0, true
	}
	return true
}
