package run

import (
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// handOn gives cautions about the draws of a phase to all estimates that they concern:
// what one estimator sees in configurations is true for the others.
func (r *runner) handOn(p phase) {
	var about []core.Caution
	for _, i := range p.estimators {
		for _, e := range r.estimates[i] {
			for _, c := range e.Cautions {
				if c.About != core.AboutValue && !slices.Contains(about, c) {
					about = append(about, c)
				}
			}
		}
	}
	for _, i := range p.estimators {
		for k := range r.estimates[i] {
			e := &r.estimates[i][k]
			for _, c := range about {
				if c.Concerns(e) && !slices.Contains(e.Cautions, c) {
					e.Cautions = append(e.Cautions, c)
				}
			}
		}
	}
}
