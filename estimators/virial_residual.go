package estimators

import (
	"errors"
	"math"

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
//
// Of a density matrix in open space it is [quantumVirial].
func virialResidual() core.Part {
	const name = "virial_residual"
	m := manifest(name, "beta <x dE/dx> per degree of freedom - 1, zero for the Boltzmann density", virialTheorem, core.Field, core.Particles)
	return core.Part{
		Manifest: m,
		NewEstimator: func(_ core.Settings, s core.Setting) (core.Estimator, error) {
			if isQuantum(s) {
				return quantumVirial(name, s)
			}
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

// quantumVirial is the residual of the virial theorem of quantum particles,
//
//	2 < -c lap Psi/Psi > - < sum_i x_i dV/dx_i > = 0
//
// of eigenstates, and of the thermal density matrix, since Tr rho [H, sum x d/dx] = 0. In a
// harmonic trap with charges it reads 2 E_kin - 2 E_trap + E_ee = 0. For wave functions Psi(s x) it is the
// derivative of the energy in ln s at s = 1: a variational state that can be stretched has it, too, when it is
// trained, so that a residual says how far the scale of a model is from its best, and not that
// something is wrong.
func quantumVirial(name string, s core.Setting) (core.Estimator, error) {
	if s.Energy.Space.Box != nil {
		return nil, &core.Error{Kind: core.Mismatch, Op: "open estimator", Subject: name,
			Err: errors.New("in a periodic box the virial is the pressure, which is not zero"), Hint: "ask for pressure"}
	}
	if err := needSlope(name, s); err != nil {
		return nil, err
	}
	c, d, terms := s.Energy.Kinetic, s.Energy.Space.Size(), localTerms(s)
	return &mean{
		description: description{estimate: core.Estimate{Name: name, Long: "residual of the virial theorem, 2 E_kin - <x dV/dx>", Units: s.Energy.Units, Extensive: true},
			needs: core.EstimatorSpec{Source: core.OfModel, ModelPowers: ofDensityMatrix.ModelPowers, EnergyPowers: []core.Power{core.PowerSlope}, Wants: []core.Column{core.Lap}}},
		of: func(dst []float64, b *core.Batch) {
			if len(b.X) != b.N*d || len(b.Slope) != len(b.X) {
				panic("estimators: X or Slope does not have the size of the space")
			}
			for i := range dst {
				dst[i] = -2*c*real(b.Lap[i]) - dot(b.X[i*d:(i+1)*d], b.Slope[i*d:(i+1)*d])
			}
		},
		size: func(b *core.Batch, i int) float64 { return 2 * terms * math.Abs(c*real(b.Lap[i])) },
	}, nil
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
