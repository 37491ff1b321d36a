package estimators

import (
	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/stats"
)

// effectiveSampleSize is the effective number of samples that reweighting to
// the Boltzmann density leaves, as a fraction of n:
//
//	(sum_i w_i)^2 / (n sum_i w_i^2),   w = exp(-beta E)/p,
//
// which estimates < w >^2 / < w^2 >, 1 where p is the Boltzmann density. It is
// too large, and its error too small, while the largest weights have not been
// met; a caution says when, and there is no error bar then.
func effectiveSampleSize() core.Part {
	const name = "effective_sample_size"
	return core.Part{
		Manifest: manifest(name, "effective sample size of reweighting, as a fraction of the samples", "Kish 1965, Survey Sampling; Kong 1992, University of Chicago technical report 348"),
		NewEstimator: func(_ core.Settings, s core.Setting) (core.Estimator, error) {
			return newReweighting(core.Estimate{Name: name, Long: "effective sample size, fraction of the samples", Units: "1"},
				s, true, (*stats.Weights).EffectiveFraction)
		},
	}
}
