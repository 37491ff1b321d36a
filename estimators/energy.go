package estimators

import (
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// energy is the internal energy
//
//	U = < E(x) >
//
// of the density that is drawn from: the model's, or that of the chains. Of a
// density matrix E is the local energy, see quantum.go, and U = Tr rho H.
func energy() core.Part {
	const name = "energy"
	return core.Part{
		Manifest: manifest(name, "internal energy <E>", van),
		NewEstimator: func(_ core.Settings, s core.Setting) (core.Estimator, error) {
			terms := localTerms(s)
			return &mean{
				slow:        s.Chains,
				description: description{estimate: core.Estimate{Name: name, Long: "internal energy", Units: s.Energy.Units, Extensive: true}},
				of:          func(dst []float64, b *core.Batch) { copy(dst, b.E) },
				size:        func(b *core.Batch, i int) float64 { return terms * math.Abs(b.E[i]) },
			}, nil
		},
	}
}
