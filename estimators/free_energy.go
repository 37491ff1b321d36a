package estimators

import (
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// freeEnergy is the variational free energy
//
//	F[p] = < E(x) + T ln p(x) >  >=  -T ln Z,
//
// an upper bound of the exact one in expectation, which a finite sample can
// miss by its standard error. The gap is T times the Kullback-Leibler
// divergence of p from the Boltzmann density; when there is none, E + T ln p
// is the same number for every x and the standard error is zero. In the
// ground state, T = 0, it is < E >, a bound of the lowest energy.
//
// Of a density matrix E is the local energy and p is p(K), see quantum.go: it is
// Tr rho (H + T ln rho), and when rho is exact E + T ln p(K) is again one number.
// That is why its < ln p > is that of the draws, also where the entropy is known
// as a sum over all states.
func freeEnergy() core.Part {
	const name = "free_energy"
	return core.Part{
		Manifest: manifest(name, "variational free energy <E + T ln p>, an upper bound", van),
		NewEstimator: func(_ core.Settings, s core.Setting) (core.Estimator, error) {
			if err := needBeta(name, s); err != nil {
				return nil, err
			}
			temperature, terms := 1/s.Beta, localTerms(s)
			return &mean{
				description: description{estimate: core.Estimate{Name: name, Long: "variational free energy", Units: s.Energy.Units, Extensive: true, Bound: +1}, needs: ofModel},
				size: func(b *core.Batch, i int) float64 {
					return terms*math.Abs(b.E[i]) + math.Abs(temperature*b.LogP[i])
				},
				of: func(dst []float64, b *core.Batch) {
					for i, l := range b.LogP {
						dst[i] = b.E[i] + temperature*l
					}
				},
			}, nil
		},
	}
}

// van is the paper whose observables of the variational density these are.
const van = "Wu, Wang and Zhang 2019, Phys. Rev. Lett. 122, 080602 (arXiv:1809.10606)"
