package run

import (
	"fmt"
	"math"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/sample"
)

// How far the density p of a model is from the Boltzmann density pi is known where F is,
//
//	D = < ln p - ln pi >_p = beta (F[p] - F) >= 0.
//
// Averages over p are its own: with D of one nat that of a quantity whose distributions are normal may be off by
// sqrt(2 D) = 1.4 of its standard deviations, which is many of its standard errors. A reweighted F is too large in the
// mean (Jensen), and D then at least what it says. Where no estimator has F, each average knows D from its own draws.

// distance is the caution about averages over draws of a model that is far from the Boltzmann density; none where that
// is not seen, or the draws have left the model.
func (r *runner) distance(p phase) []core.Caution {
	if _, direct := p.sampler.(sample.Direct); p.source != core.OfModel || !direct || math.IsInf(r.plan.Beta, 1) {
		return nil
	}
	bound, f, how := r.estimate(p, "free_energy"), r.estimate(p, "free_energy_reweighted"), "by reweighting"
	if exact, known := r.results.Exact["free_energy"]; known {
		f, how = &core.Estimate{Value: []float64{exact}, Stderr: []float64{0}}, "exactly"
	}
	if bound == nil || f == nil {
		return nil
	}
	d := r.plan.Beta * (bound.Value[0] - f.Value[0])
	stderr := r.plan.Beta * math.Hypot(bound.Stderr[0], f.Stderr[0])
	if !(d-3*stderr > core.FarDensity) {
		return nil
	}
	r.unbias(p)
	return []core.Caution{{Code: core.CautionFarDensity, About: core.AboutDensity, Text: fmt.Sprintf(core.FarDensityText, d, how)}}
}

// unbias takes away what single averages say of themselves, where one caution says it of all.
func (r *runner) unbias(p phase) {
	for _, i := range p.estimators {
		for k := range r.estimates[i] {
			e := &r.estimates[i][k]
			e.Cautions = slices.DeleteFunc(e.Cautions, func(c core.Caution) bool {
				return c.Code == core.CautionBiasedAverage || c.Code == core.CautionFarDensity
			})
		}
	}
}

// estimate is that of a name among those of a phase, nil where there is none.
func (r *runner) estimate(p phase, name string) *core.Estimate {
	for _, i := range p.estimators {
		for k := range r.estimates[i] {
			if e := &r.estimates[i][k]; e.Name == name && len(e.Axes) == 0 {
				return e
			}
		}
	}
	return nil
}
