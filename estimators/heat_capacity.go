package estimators

import (
	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/stats"
)

// heatCapacity is the energy's fluctuation under the model's density, in units
// of k_B,
//
//	C = beta^2 ( < E^2 > - < E >^2 ),
//
// with the unbiased sample variance, and the error of the jackknife that
// leaves out one configuration at a time. It equals dU/dT where p is the
// Boltzmann density; elsewhere it is the fluctuation and not the derivative.
func heatCapacity() core.Part {
	const name = "heat_capacity"
	return core.Part{
		Manifest: manifest(name, "heat capacity beta^2 Var(E) in units of k_B", "fluctuation-dissipation; jackknife: Efron and Stein 1981, Ann. Statist. 9, 586"),
		NewEstimator: func(_ core.Settings, s core.Setting) (core.Estimator, error) {
			if err := needTemperature(name, s); err != nil {
				return nil, err
			}
			return &fluctuation{beta: s.Beta, estimate: core.Estimate{Name: name, Long: "heat capacity", Units: "1", Extensive: true}}, nil
		},
	}
}

// fluctuation estimates beta^2 Var(E).
type fluctuation struct {
	beta     float64
	estimate core.Estimate
	energies stats.Moments
}

var _ core.Estimator = (*fluctuation)(nil)

// Spec implements core.Estimator.
func (f *fluctuation) Spec() core.EstimatorSpec {
	return core.EstimatorSpec{Observables: announce(f.estimate)}
}

// Add implements core.Estimator.
func (f *fluctuation) Add(b *core.Batch) error {
	if err := check(f.estimate.Name, b); err != nil {
		return err
	}
	f.energies.Add(b.E)
	return nil
}

// Report implements core.Estimator.
func (f *fluctuation) Report() ([]core.Estimate, error) {
	beta2 := f.beta * f.beta
	return report(f.estimate, beta2*f.energies.Variance(), beta2*f.energies.VarianceStderr(), f.energies.N())
}
