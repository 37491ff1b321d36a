package estimators

import (
	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/stats"
)

// logZ is the logarithm of the partition function by importance sampling,
//
//	ln Z = ln < w >,   w = exp(-beta E)/p,
//
// in log-sum-exp form, with the bias of order 1/n taken away and the error
// estimated by the jackknife. It is exact in the limit of many samples for
// every p that is nowhere zero; how many that takes, Caution says.
func logZ() core.Part {
	const name = "log_z"
	return core.Part{
		Manifest: manifest(name, "ln Z by importance sampling from the model, ln <exp(-beta E)/p>", nicoli),
		NewEstimator: func(_ core.Settings, s core.Setting) (core.Estimator, error) {
			return newReweighting(core.Estimate{Name: name, Long: "logarithm of the partition function, reweighted", Units: "1", Extensive: true},
				s, false, logMean)
		},
	}
}

// logMean is ln < w >.
func logMean(w *stats.Weights) (value, stderr, doubt float64) {
	value, stderr = w.LogMean()
	return value, stderr, w.Doubt()
}

// nicoli is the paper on importance sampling from autoregressive densities.
const nicoli = "Nicoli et al. 2020, Phys. Rev. E 101, 023304 (arXiv:1910.13496)"
