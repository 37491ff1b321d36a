package estimators

import (
	"fmt"
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/stats"
)

// mixed is the largest R-hat of chains that are taken as mixed (Vehtari et al. 2021,
// arXiv:1903.08008). Short ones have more by chance, up to short, at which the spread between
// chains adds 10 % to the variance of what is within them.
const mixed, short = 1.01, 1.05

// effective is the number of independent draws that chains should be worth. At
// 100, an error bar that rests on sums over the chains is uncertain by a tenth.
const effective = 100

// uncertain is the largest relative error of an error that passes without a word.
const uncertain = 0.25

// apart is the number of chains below which they may well be all in one place (ibid.).
const apart = 4

// Chains are judged by this many of their values, a millisecond or two for each row of the results, or by 32 of each,
// and the end of their start is sought in as many means, or in 128 of each.
const valuesJudged, valuesSought = 1 << 12, 1 << 15

// judge fills in what is known of an estimate from chains: tau, R-hat, effective draws and
// whether to trust it. s is its series.
func judge(e *core.Estimate, s *stats.Chains, u stats.Uncertainty) {
	if s.N() == 0 {
		return
	}
	mixing := s.Thinned(valuesJudged).Mixing()
	if !math.IsNaN(mixing.RHat) {
		e.RHat, e.Bulk, e.Tail = mixing.RHat, mixing.Bulk, mixing.Tail
	}
	if !math.IsNaN(u.Tau) {
		e.Tau, e.TauStderr, e.StderrStderr = u.Tau, u.TauStderr, u.StderrStderr
	}
	n := float64(s.N())
	limit := min(short, max(mixed, mixing.ByChance))
	switch {
	case e.RHat == 0:
		e.Warn(core.CautionFewDraws, "fewer than four draws of each chain: nothing tells whether the chains are mixed")
	case e.RHat > limit:
		e.Warn(core.CautionNotMixed, "chains are not mixed: R-hat %.4g > %.4g; draw more of each chain, or thin them", e.RHat, limit)
	case n/e.Tau < effective:
		e.Warn(core.CautionCorrelated, "%d draws are worth only %.3g independent ones (autocorrelation time %.3g draws), so the error is uncertain", s.N(), n/e.Tau, e.Tau)
	case min(e.Bulk, e.Tail) < effective:
		e.Warn(core.CautionCorrelated, "%d draws are worth only %.3g independent ones for the middle and %.3g for the ends of the distribution, so the error is uncertain", s.N(), e.Bulk, e.Tail)
	case u.StderrStderr > uncertain*u.Stderr:
		e.Warn(core.CautionUncertainError, "the error is itself uncertain by %.2g %%, being that of %d chains that are correlated over much of their length: draw more of each, or have more", 100*u.StderrStderr/u.Stderr, s.Chains())
	}
	fewChains(e, s.Chains())
}

// fewChains warns of chains that could not be told from stuck ones.
func fewChains(e *core.Estimate, chains int) {
	if chains < apart {
		e.Warn(core.CautionFewChains, "%s cannot show whether chains are stuck in a part of what there is: have at least %d that start apart", counted(chains, "chain"), apart)
	}
}

// counted is a number of things in words.
func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// judgeStart warns, on all that is estimated from the same draws, of chains whose start has
// not been forgotten: where it ends is Chodera's criterion (stats.Equilibration), and that it
// matters is tested by the shift of the mean when a part f of the draws is thrown away. It has
// the variance f sigma^2 where nothing drifts, sigma the error of what is left. At three of those,
// and half an error bar, some 2 % of mixed chains that are worth 100 draws or more are warned of (simulated).
func judgeStart(e *core.Estimate, s *stats.Chains) {
	means, joined := s.Joined(valuesSought)
	start := means.Equilibration().Start
	if start == 0 {
		return
	}
	rest := means.From(start)
	stderr, _ := rest.Error()
	part := float64(start) * float64(means.Chains()) / float64(means.N())
	shift := math.Abs(rest.Mean() - means.Mean())
	if shift > 3*stderr*math.Sqrt(part) && shift > 0.5*e.Stderr[0] {
		e.WarnOf(core.AboutDraws, core.CautionNotEquilibrated, "the first %d of %d draws of each chain differ from the rest, the %s by %.2g errors in the mean of all: they had not forgotten their start; raise sampler.burn_in by %d draws (times sampler.thin)",
			start*joined, s.N()/int64(s.Chains()), e.Long, shift/e.Stderr[0], start*joined)
	}
}

// least is the number of draws below which there is no error bar: from 8 it is
// uncertain by a quarter.
const least = 8

// certain is the number of effective draws that have to be equal before the error
// of a value is zero: fewer say nothing of what is as rare as that.
const certain = 100

// settleChains is settle for a series of Markov chains. moved tells that their draws would not be equal if
// they did not move, so that each counts.
func settleChains(e *core.Estimate, s *stats.Chains, size float64, moved bool) bool {
	count := s.Chains()
	if moved {
		count = 0
	}
	settled := settle(e, count, s.Spread(), size)
	if settled {
		e.RHat = 1
		e.Bulk, e.Tail = float64(s.N()), float64(s.N())
		fewChains(e, s.Chains())
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
