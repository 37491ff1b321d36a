package run

import (
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// mostGlimpsed is how many configurations are shown of a step.
const mostGlimpsed = 64

// glimpse shows what the model drew in the last step, beside a snapshot of the training. Of terms that learn from data
// there is nothing to show.
func (r *runner) glimpse() error {
	if r.training == nil || !r.first() {
		return nil
	}
	for k, t := range r.terms() {
		if t.Data != nil {
			continue
		}
		x, d := r.training.Configurations(k), r.sizes.X
		if n := min(len(x)/d, mostGlimpsed, core.MostGlimpsed/d); n > 0 {
			return r.rec.SaveGlimpse(core.Glimpse{Step: r.step, X: slices.Clone(x[:n*d])})
		}
	}
	return nil
}
