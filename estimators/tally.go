package estimators

import (
	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/stats"
)

// tally is what estimators of one number o(x) of each configuration gather: its moments and
// tails, or its values along chains, and the size of the largest terms that make it up.
type tally struct {
	values  []float64 // of the batch at hand
	largest peak      // size of terms
	moments stats.Moments
	tails   stats.Tails // beside the moments
	chains  stats.Chains
	weighed *weighed // draws of a model beside their weights, nil where that says nothing
}

// count gathers a batch, of which of writes o(x_i); size, unless nil, is that of the terms
// whose sum is o(x_i), where they may cancel.
func (t *tally) count(b *core.Batch, of func(dst []float64, b *core.Batch), size func(b *core.Batch, i int) float64) {
	t.values = core.Resize(t.values, b.N)
	of(t.values, b)
	if size != nil {
		for i := range b.N {
			t.largest = max(t.largest, peak(size(b, i)))
		}
	}
	if b.Chains > 0 {
		t.chains.Add(t.values, b.Chains)
		return
	}
	t.moments.Add(t.values)
	t.tails.Add(t.values)
	if t.weighed != nil {
		t.weighed.add(b, t.values)
	}
}

func (t *tally) gathered() gathered {
	g := gathered{"moments": &t.moments, "tails": &t.tails, "chains": &t.chains, "largest": &t.largest}
	if t.weighed != nil {
		g["weighed"] = t.weighed
	}
	return g
}

// State implements core.Estimator.
func (t *tally) State() core.EstimatorState { return t.gathered().state() }

// Restore implements core.Estimator.
func (t *tally) Restore(state core.EstimatorState) error { return t.gathered().restore(state) }

// Merge implements core.Estimator.
func (t *tally) Merge(state core.EstimatorState) error { return t.gathered().merge(state) }
