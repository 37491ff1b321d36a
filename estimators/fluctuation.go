package estimators

import (
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// fluctuation estimates the variance of a number o(x) of configurations times a scale,
//
//	scale ( < o^2 > - < o >^2 ),
//
// from moments about the mean, which lose nothing where the mean is large. It is the unbiased
// sample variance, with the error of the jackknife that leaves out one configuration at a time.
// Of chains, the error is that of the mean of scale (o - < o >)^2, to first order in the error
// of < o >.
type fluctuation struct {
	description
	tally
	scale float64
	// of writes o(x_i) for every configuration of the batch.
	of func(dst []float64, b *core.Batch)
	// size, unless nil, is that of the terms whose sum is o(x_i), where they may cancel.
	size func(b *core.Batch, i int) float64
}

var _ core.Estimator = (*fluctuation)(nil)

// weigh implements weigher.
func (f *fluctuation) weigh(s core.Setting) {
	if f.ofBoltzmann() {
		f.weighed = newWeighed(&f.description, s, 1, variance(f.scale))
	}
}

// Add implements core.Estimator.
func (f *fluctuation) Add(b *core.Batch) error {
	if err := f.check(b); err != nil {
		return err
	}
	f.count(b, f.of, f.size)
	return nil
}

// Report implements core.Estimator.
func (f *fluctuation) Report() ([]core.Estimate, error) {
	if f.chains.N() == 0 {
		r, err := f.report(f.scale*f.moments.Variance(), f.scale*f.moments.VarianceStderr(), f.moments.N())
		if !settle(&r[0], 0, f.moments.Spread(), max(math.Abs(f.moments.Mean()), float64(f.largest))) {
			judgeVariance(&r[0], &f.moments, &f.tails)
		}
		return f.weighed.report(r), err
	}
	mean := f.chains.Mean()
	squares := f.chains.Map(func(o float64) float64 { return f.scale * (o - mean) * (o - mean) })
	u := squares.Uncertainty()
	n := float64(squares.N())
	r, err := f.report(squares.Mean()*n/(n-1), u.Stderr, squares.N())
	if !settleChains(&r[0], &f.chains, max(math.Abs(mean), float64(f.largest)), false) {
		judge(&r[0], squares, u)
	}
	return r, err
}
