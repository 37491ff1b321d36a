package estimators

import (
	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/stats"
)

// The work of carrying the model's density, whose free energy is zero as that of any
// normalised one, to the Boltzmann density, in units of kT,
//
//	W = beta E + ln p = -ln(weight),   < W > >= beta F = -ln < exp(-W) >,
//
// (Jarzynski 1997, Phys. Rev. Lett. 78, 2690). Of draws of the model itself all is done in one
// step; those of the sampler annealed_importance have ln p such that W is the work of all. For
// a W that is normal, < W > - beta F = Var W/2: what is dissipated. Both vanish together.

// work is its mean.
func work() core.Part {
	const name = "work"
	return core.Part{
		Manifest: manifest(name, "mean work <beta E + ln p> from the model's density to that of Boltzmann", "Jarzynski 1997, Phys. Rev. Lett. 78, 2690"),
		NewEstimator: func(_ core.Settings, s core.Setting) (core.Estimator, error) {
			if err := needBoltzmann(name, s); err != nil {
				return nil, err
			}
			return &mean{
				description: description{estimate: core.Estimate{Name: name, Long: "mean work over kT", Units: "1"}, needs: ofModel},
				of: func(dst []float64, b *core.Batch) {
					for i, e := range b.E {
						dst[i] = s.Beta*e + b.LogP[i]
					}
				},
			}, nil
		},
	}
}

// workVariance is its variance.
func workVariance() core.Part {
	const name = "work_variance"
	return core.Part{
		Manifest: manifest(name, "variance of the work from the model's density to that of Boltzmann", "Jarzynski 1997, Phys. Rev. Lett. 78, 2690"),
		NewEstimator: func(_ core.Settings, s core.Setting) (core.Estimator, error) {
			if err := needBoltzmann(name, s); err != nil {
				return nil, err
			}
			return &function{
				description: description{estimate: core.Estimate{Name: name, Long: "variance of the work over kT", Units: "1"}, needs: ofModel},
				blocks:      stats.NewBlocks(2),
				size:        1,
				add: func(sums []float64, b *core.Batch, i int) float64 {
					w := s.Beta*b.E[i] + b.LogP[i]
					sums[0] += w
					sums[1] += w * w
					return w
				},
				of: func(dst, mean []float64) { dst[0] = max(0, mean[1]-mean[0]*mean[0]) },
			}, nil
		},
	}
}
