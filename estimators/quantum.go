package estimators

import (
	"errors"
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Estimators of a density matrix
//
//	rho = sum_K p(K) |Psi_K><Psi_K|,   H = -c lap + V
//
// see its labels K with ln p(K), and x drawn from |Psi_K(x)|^2. What is diagonal
// in x is a mean over x. Of the energy there is only the local one,
//
//	E(x) = V(x) - c Re (lap Psi_K)(x)/Psi_K(x),   < E > = Tr rho H,
//
// whose fluctuations are not those of H, and exp(-beta E)/p(K) is no importance
// weight: what rests on either is refused.

// isQuantum tells whether the energy depends on the state beside x.
func isQuantum(s core.Setting) bool { return s.Energy.Quantum() }

// needBoltzmann tests that there is a Boltzmann density exp(-beta E(x)).
func needBoltzmann(name string, s core.Setting) error {
	if isQuantum(s) {
		return &core.Error{Kind: core.Mismatch, Op: "open estimator", Subject: name,
			Err:  errors.New("it needs an energy that is a function of x alone, and this one is a quantum Hamiltonian"),
			Hint: "leave it out; free_energy, energy and entropy are those of the density matrix"}
	}
	return needTemperature(name, s)
}

// needQuantumBox tests that there are quantum particles in a periodic box.
func needQuantumBox(name string, s core.Setting) error {
	if space := s.Energy.Space; !isQuantum(s) || space.Box == nil {
		return core.Errorf(core.Mismatch, "open estimator", name, "it needs quantum particles in a periodic box, and the space is %s", space)
	}
	return nil
}

// needOrbitals tests that the model says what the orbitals of its states are.
func needOrbitals(name string, s core.Setting) error {
	if len(s.Model.Orbitals) == 0 {
		return core.Errorf(core.Mismatch, "open estimator", name, "it needs a model that names its orbitals")
	}
	return nil
}

// localTerms is how much larger than a local energy the terms are that it is a sum
// of, one for each coordinate, of which each may be as large as the whole; 1 of an
// energy that is a function of x alone.
func localTerms(s core.Setting) float64 {
	if !isQuantum(s) {
		return 1
	}
	return float64(s.Energy.Space.Size())
}

// ofDensityMatrix is the need of estimators of a density matrix alone.
var ofDensityMatrix = core.EstimatorSpec{Source: core.OfModel, ModelPowers: []core.Power{core.PowerQuantum}}

// ofLocalEnergy is the estimator of the mean of a part of the local energy; of
// gets c.
func ofLocalEnergy(name, long, summary string, of func(dst []float64, b *core.Batch, c float64)) core.Part {
	return core.Part{
		Manifest: manifest(name, summary, xie, core.Particles),
		NewEstimator: func(_ core.Settings, s core.Setting) (core.Estimator, error) {
			if s.Energy.Kinetic == 0 {
				return nil, core.Errorf(core.Mismatch, "open estimator", name, "it needs an energy with a kinetic part")
			}
			c, terms := s.Energy.Kinetic, localTerms(s)
			return &mean{
				description: description{estimate: core.Estimate{Name: name, Long: long, Units: s.Energy.Units, Extensive: true}, needs: ofDensityMatrix},
				of:          func(dst []float64, b *core.Batch) { of(dst, b, c) },
				size:        func(b *core.Batch, i int) float64 { return terms * math.Abs(c*real(b.Lap[i])) },
			}, nil
		},
	}
}

// xie are the papers on variational density matrices whose observables these are.
const xie = "Xie, Zhang and Wang 2022, J. Mach. Learn. 1, 38 (arXiv:2105.08644); 2023, SciPost Phys. 14, 154 (arXiv:2201.03156)"
