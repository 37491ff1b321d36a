package estimators

import "github.com/helmholtz-physics/helmholtz/framework/core"

// heatCapacity is the energy's fluctuation under the model's density, in units
// of k_B,
//
//	C = beta^2 ( < E^2 > - < E >^2 ),
//
// with the error of a fluctuation. It equals dU/dT where p is the
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
			return &fluctuation{scale: s.Beta * s.Beta, of: func(dst []float64, b *core.Batch) { copy(dst, b.E) },
				description: description{estimate: core.Estimate{Name: name, Long: "heat capacity", Units: "1", Extensive: true}}}, nil
		},
	}
}
