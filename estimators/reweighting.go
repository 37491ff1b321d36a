package estimators

import (
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/stats"
)

// reweighting estimates what follows from the importance weights of the
// configurations,
//
//	w(x) = exp(-beta E(x)) / p(x),   < w > = Z,   ln w = -beta E - ln p,
//
// which are one constant, Z, when p is the Boltzmann density (Nicoli et al.
// 2020, Phys. Rev. E 101, 023304, arXiv:1910.13496).
type reweighting struct {
	description
	beta float64
	// of reads the value, its standard error, and the relative error of that from the weights.
	of func(w *stats.Weights) (value, stderr, doubt float64)
	// ofShares tells that the value is made of squares of weights, whose error is that of fourth powers
	// and unknown where the weights themselves are not to be trusted, or few of them make it up.
	ofShares bool

	lnw     []float64 // of the batch at hand
	largest peak      // |beta E| + |ln p|, whose difference is ln w
	weights stats.Weights
}

var _ core.Estimator = (*reweighting)(nil)

// newReweighting builds the estimator of a function of the weights.
func newReweighting(estimate core.Estimate, s core.Setting, ofShares bool, of func(w *stats.Weights) (value, stderr, doubt float64)) (core.Estimator, error) {
	if err := needBoltzmann(estimate.Name, s); err != nil {
		return nil, err
	}
	estimate.Reweighted = true
	return &reweighting{beta: s.Beta, description: description{estimate: estimate, needs: core.EstimatorSpec{Source: core.OfModel, Forbidden: s.Energy.Forbids, Memory: core.Memory{Kept: 8}}}, of: of, ofShares: ofShares}, nil
}

// Add implements core.Estimator. It keeps ln w, 8 bytes per configuration.
func (r *reweighting) Add(b *core.Batch) error {
	if err := r.check(b); err != nil {
		return err
	}
	r.lnw = core.Resize(r.lnw, b.N)
	for i, l := range b.LogP {
		r.lnw[i] = -r.beta*b.E[i] - l
		if !math.IsInf(b.E[i], 1) { // else w is 0
			r.largest = max(r.largest, peak(math.Abs(r.beta*b.E[i])+math.Abs(l)))
		}
	}
	r.weights.Add(r.lnw)
	return nil
}

// Report implements core.Estimator.
func (r *reweighting) Report() ([]core.Estimate, error) {
	value, stderr, doubt := r.of(&r.weights)
	e, err := r.report(value, stderr, r.weights.N())
	if !settle(&e[0], 0, r.weights.Spread(), float64(r.largest)) {
		if judgeWeights(&e[0], "", &r.weights); r.ofShares && (len(e[0].Cautions) > 0 || doubt > uncertain) {
			e[0].Stderr[0] = math.NaN()
		}
	}
	return e, err
}

func (r *reweighting) gathered() gathered { return gathered{"ln_w": &r.weights, "largest": &r.largest} }

// State implements core.Estimator.
func (r *reweighting) State() core.EstimatorState { return r.gathered().state() }

// Restore implements core.Estimator.
func (r *reweighting) Restore(state core.EstimatorState) error { return r.gathered().restore(state) }

// Merge implements core.Estimator.
func (r *reweighting) Merge(state core.EstimatorState) error { return r.gathered().merge(state) }

// largestShare is the part of the sum of all weights that one configuration
// may hold, beyond the 1/n that is its due, before a reweighted value is
// called untrustworthy. The share is the diagnostic of Chatterjee and Diaconis
// (2018, Ann. Appl. Probab. 28, 1099, arXiv:1511.01437). For large n, below
// 1 % implies an effective sample size above 100, and says more than that does:
// the effective sample size and the error bar are themselves estimated from
// the weights that were seen, and look well while large ones have yet to come.
//
// Simulated with log-normal weights, the variance of ln w from 0.25 to 10 and
// n from 10^3 to 10^5: estimates of ln Z that pass are off by 1.03 to 1.11
// standard errors (root mean square), 0.02 % of them by more than four; for an
// effective sample size above 100 alone it is 1.13 to 1.23, and 0.3 to 0.7 %.
const largestShare = 0.01

// largestSpread is the part of the weights' variance that one configuration
// may make up, before the error bar is called untrustworthy. A model that has
// lost a rare but heavy part of the Boltzmann density shows weights near 1 with
// a few large ones; each is a small part of the sum, but the error bar is no
// better known than how often such a one is met. At a half, it is uncertain by a quarter for that one alone. Of
// several that make up as much, judgeWeightTail tells.
const largestSpread = 2 * uncertain

// judgeWeights adds the reason why weights should not be trusted, if there is
// one; its text begins with of.
func judgeWeights(e *core.Estimate, of string, w *stats.Weights) {
	n := w.N()
	if n < 2 {
		return
	}
	due := 1 / float64(n)
	if largest := w.Largest(); largest > largestShare+due {
		fraction, _, _ := w.EffectiveFraction()
		e.Warn(core.CautionHeavyWeight, "%seffective sample size %.3g of %d: one configuration holds %.3g %% of the total weight (more than %g %%), so the value and its error are not to be trusted",
			of, fraction*float64(n), n, 100*largest, 100*largestShare)
	} else if spread := w.LargestSpread(); spread > largestSpread+due {
		e.Warn(core.CautionHeavyTail, "%sone of %d configurations makes up %.3g %% of the variance of the weights (more than %g %%), so the error is too uncertain to be trusted",
			of, n, 100*spread, 100*largestSpread)
	} else {
		judgeWeightTail(e, of, w)
	}
}
