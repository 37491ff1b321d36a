package estimators

import (
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
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
				description: description{estimate: core.Estimate{Name: name, Long: "mean work over kT", Units: "1", Own: true}, needs: ofModel},
				of:          workOf(s.Beta), size: workTerms(s.Beta),
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
			return &fluctuation{scale: 1, of: workOf(s.Beta), size: workTerms(s.Beta),
				description: description{estimate: core.Estimate{Name: name, Long: "variance of the work over kT", Units: "1", Own: true}, needs: ofModel}}, nil
		},
	}
}

// workOf writes W of every configuration.
func workOf(beta float64) func(dst []float64, b *core.Batch) {
	return func(dst []float64, b *core.Batch) {
		for i, e := range b.E {
			dst[i] = beta*e + b.LogP[i]
		}
	}
}

// workTerms is the size of what adds up to W, and cancels where p is the Boltzmann density.
func workTerms(beta float64) func(b *core.Batch, i int) float64 {
	return func(b *core.Batch, i int) float64 { return math.Abs(beta*b.E[i]) + math.Abs(b.LogP[i]) }
}
