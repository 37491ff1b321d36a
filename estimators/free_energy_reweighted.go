package estimators

import (
	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/stats"
)

// freeEnergyReweighted is the free energy by importance sampling,
//
//	F = -T ln < w >,   w = exp(-beta E)/p,
//
// from the jackknife's ln < w >; see logZ. Where free_energy is a bound, this
// is an estimate: it may lie on either side of the exact value.
func freeEnergyReweighted() core.Part {
	const name = "free_energy_reweighted"
	return core.Part{
		Manifest: manifest(name, "free energy by importance sampling from the model, -T ln <exp(-beta E)/p>", nicoli),
		NewEstimator: func(_ core.Settings, s core.Setting) (core.Estimator, error) {
			return newReweighting(core.Estimate{Name: name, Long: "free energy, reweighted", Units: s.Energy.Units, Extensive: true},
				s, false, func(w *stats.Weights) (value, stderr, doubt float64) {
					lnZ, stderr, doubt := logMean(w)
					return -lnZ / s.Beta, stderr / s.Beta, doubt
				})
		},
	}
}
