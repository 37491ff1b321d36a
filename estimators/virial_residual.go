package estimators

import (
	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// virialResidual is the deviation from the virial theorem, per degree of
// freedom: with D the number of components of x,
//
//	beta/D < sum_i x_i dE/dx_i > - 1 = 0
//
// exactly, for every energy that grows fast enough at infinity. It follows from
// integrating the divergence of x exp(-beta E) by parts, or from x -> s x. For
// particles in a harmonic trap it reads 2 < sum x^2 > - < V_ee > = n d/beta with
// Coulomb repulsion V_ee; for a lattice field with the action S = beta E it is
// the Schwinger-Dyson equation < phi dS/dphi > = 1 per site. A residual that is
// not zero within its error tells that what was drawn is not the Boltzmann
// density: a model that is not exact, or chains that have not mixed.
func virialResidual() core.Part {
	const name = "virial_residual"
	m := manifest(name, "beta <x dE/dx> per degree of freedom - 1, zero for the Boltzmann density", virialTheorem, core.Field, core.Particles)
	return core.Part{
		Manifest: m,
		NewEstimator: func(_ core.Settings, s core.Setting) (core.Estimator, error) {
			if err := needForces(name, s); err != nil {
				return nil, err
			}
			var zero *core.Reference
			if s.Energy.Space.Box == nil { // in a box, integration by parts leaves its walls
				zero = &core.Reference{Value: 0, Source: "virial theorem"}
			}
			return &mean{
				description: description{
					reference: zero,
					estimate:  core.Estimate{Name: name, Long: "residual of the virial theorem per degree of freedom", Units: "1"},
					needs:     core.EstimatorSpec{Spaces: m.Spaces, EnergyPowers: []core.Power{core.PowerSlope}},
				},
				of: func(dst []float64, b *core.Batch) { virial(dst, b, s.Beta, s.Energy.Space.Size()) },
			}, nil
		},
	}
}

// virial writes beta/d x dE/dx - 1 of each configuration, of d components.
func virial(dst []float64, b *core.Batch, beta float64, d int) {
	if len(b.X) != b.N*d || len(b.Slope) != len(b.X) {
		panic("estimators: X or Slope does not have the size of the space")
	}
	for i := range dst {
		dst[i] = beta*dot(b.X[i*d:(i+1)*d], b.Slope[i*d:(i+1)*d])/float64(d) - 1
	}
}

const virialTheorem = "virial theorem; Clausius 1870, Phil. Mag. 40, 122"

func dot(a, b []float64) float64 {
	sum := 0.0
	for i, v := range a {
		sum += v * b[i]
	}
	return sum
}
