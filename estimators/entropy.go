package estimators

import "github.com/helmholtz-physics/helmholtz/framework/core"

// entropy is that of the model's density, in units of k_B,
//
//	S = -< ln p(x) >.
func entropy() core.Part {
	const name = "entropy"
	return core.Part{
		Manifest: manifest(name, "entropy -<ln p> in units of k_B", van),
		NewEstimator: func(core.Settings, core.Setting) (core.Estimator, error) {
			return &mean{
				description: description{core.Estimate{Name: name, Long: "entropy", Units: "1", Extensive: true}, ofModel},
				of: func(dst []float64, b *core.Batch) {
					for i, l := range b.LogP {
						dst[i] = -l
					}
				},
			}, nil
		},
	}
}
