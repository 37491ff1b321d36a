package run

import (
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// handOn gives cautions about the draws of a phase, those found already and others, to all estimates that they concern:
// what one estimator sees in configurations is true for the others. What two kinds of draws are
// compared by hears of its model's draws from itself.
func (r *runner) handOn(p phase, about ...core.Caution) {
	for _, i := range p.estimators {
		for _, e := range r.estimates[i] {
			for _, c := range e.Cautions {
				if c.About != core.AboutValue && c.About != core.AboutModel && !slices.Contains(about, c) {
					about = append(about, c)
				}
			}
		}
	}
	for _, i := range p.estimators {
		if p.source == core.OfModel && r.parts.Estimators[i].Spec().Source == core.OfModelAndBoltzmann {
			continue
		}
		r.warn(i, about)
	}
}

// handToModel gives what is wrong with the model's draws, as others show it, to all that is
// estimated from them, in the place of what was given before.
func (r *runner) handToModel() {
	about := func(c core.Caution) bool { return c.About == core.AboutModel }
	var cautions []core.Caution
	for _, i := range r.estimatorsOf(core.OfBoltzmann, core.OfModelAndBoltzmann) {
		for _, e := range r.estimates[i] {
			for _, c := range e.Cautions {
				if about(c) && !slices.Contains(cautions, c) {
					cautions = append(cautions, c)
				}
			}
		}
	}
	for _, i := range r.estimatorsOf(core.OfModel) {
		for k := range r.estimates[i] {
			r.estimates[i][k].Cautions = slices.DeleteFunc(r.estimates[i][k].Cautions, about)
		}
		r.warn(i, cautions)
	}
}

// warn adds cautions to the estimates of an estimator that they concern.
func (r *runner) warn(i int, cautions []core.Caution) {
	for k := range r.estimates[i] {
		e := &r.estimates[i][k]
		for _, c := range cautions {
			if c.Concerns(e) && !slices.Contains(e.Cautions, c) {
				e.Cautions = append(e.Cautions, c)
			}
		}
	}
}
