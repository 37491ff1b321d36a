package estimators

import "github.com/helmholtz-physics/helmholtz/framework/core"

// acceptance is the fraction of the proposed moves of Markov chains that were
// accepted. Of the independence method it measures the model: 1 where that has
// the Boltzmann density.
func acceptance() core.Part {
	const name = "acceptance"
	return core.Part{
		Manifest: manifest(name, "fraction of the proposed moves that were accepted", "Metropolis et al. 1953, J. Chem. Phys. 21, 1087"),
		NewEstimator: func(core.Settings, core.Setting) (core.Estimator, error) {
			return &mean{
				description: description{core.Estimate{Name: name, Long: "acceptance of the Markov chains", Units: "1"}, core.EstimatorSpec{Source: core.OfChains}},
				of: func(dst []float64, b *core.Batch) {
					if len(b.Accept) != b.N {
						panic("estimators: Accept does not have the batch's length")
					}
					copy(dst, b.Accept)
				},
			}, nil
		},
	}
}
