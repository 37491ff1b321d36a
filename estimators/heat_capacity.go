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
// Boltzmann density, as for chains; elsewhere it is the fluctuation and not the
// derivative.
func heatCapacity() core.Part {
	const name = "heat_capacity"
	return core.Part{
		Manifest: manifest(name, "heat capacity beta^2 Var(E) in units of k_B", "fluctuation-dissipation; jackknife: Efron and Stein 1981, Ann. Statist. 9, 586"),
		NewEstimator: func(_ core.Settings, s core.Setting) (core.Estimator, error) {
			if err := needBoltzmann(name, s); err != nil {
				return nil, err
			}
			return &fluctuation{beta: s.Beta,
				description: description{estimate: core.Estimate{Name: name, Long: "heat capacity", Units: "1", Extensive: true}}}, nil
		},
	}
}

// fluctuation estimates beta^2 Var(E). Of chains, the error is that of the mean
// of beta^2 (E - < E >)^2, to first order in the error of < E >.
type fluctuation struct {
	description
	beta     float64
	energies stats.Moments
	chains   stats.Chains
}

var _ core.Estimator = (*fluctuation)(nil)

// Add implements core.Estimator.
func (f *fluctuation) Add(b *core.Batch) error {
	if err := f.check(b); err != nil {
		return err
	}
	if b.Chains > 0 {
		f.chains.Add(b.E, b.Chains)
	} else {
		f.energies.Add(b.E)
	}
	return nil
}

// Report implements core.Estimator.
func (f *fluctuation) Report() ([]core.Estimate, error) {
	beta2 := f.beta * f.beta
	if f.chains.N() == 0 {
		r, err := f.report(beta2*f.energies.Variance(), beta2*f.energies.VarianceStderr(), f.energies.N())
		settle(&r[0], 0, f.energies.Spread(), f.energies.Mean())
		return r, err
	}
	mean := f.chains.Mean()
	squares := f.chains.Map(func(e float64) float64 { return beta2 * (e - mean) * (e - mean) })
	stderr, tau := squares.Error()
	n := float64(squares.N())
	r, err := f.report(squares.Mean()*n/(n-1), stderr, squares.N())
	if !settleChains(&r[0], &f.chains, mean) {
		judge(&r[0], squares, tau)
	}
	return r, err
}

func (f *fluctuation) gathered() gathered {
	return gathered{"energies": &f.energies, "chains": &f.chains}
}

// State implements core.Estimator.
func (f *fluctuation) State() core.EstimatorState { return f.gathered().state() }

// Restore implements core.Estimator.
func (f *fluctuation) Restore(state core.EstimatorState) error { return f.gathered().restore(state) }

// Merge implements core.Estimator.
func (f *fluctuation) Merge(state core.EstimatorState) error { return f.gathered().merge(state) }
