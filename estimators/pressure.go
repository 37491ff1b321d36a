package estimators

import (
	"errors"
	"fmt"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// pressure is that of quantum particles in a periodic box of volume Omega = L^d whose V is
// homogeneous in all lengths, V(sx; sL) = s^a V(x; L). With x = L u the Hamiltonian is
// L^-2 K(u) + L^a V(u), and by Hellmann and Feynman
//
//	P = - dF/dOmega at constant T = ( 2 E_kin - a E_pot )/(d Omega),
//
// of charges, a = -1, (2 E_kin + E_pot)/(d Omega). Their V is all of it, with the images and the Madelung
// constant of the electrons' own images, which go as 1/L, too. K and V are of the same draws, so the
// error knows how they are correlated. Of a variational density matrix it is
// exact where its parameters in units of L are at the minimum of F.
func pressure() core.Part {
	const name = "pressure"
	return core.Part{
		Manifest: manifest(name, "pressure of quantum particles in a periodic box, by the virial theorem", "Hellmann and Feynman; Ceperley and Alder 1980, Phys. Rev. Lett. 45, 566", core.Particles),
		NewEstimator: func(_ core.Settings, s core.Setting) (core.Estimator, error) {
			space := s.Energy.Space
			if err := needQuantumBox(name, s); err != nil {
				return nil, err
			}
			if s.Energy.Degree == 0 {
				return nil, &core.Error{Kind: core.Mismatch, Op: "open estimator", Subject: name,
					Err:  errors.New("it needs an energy that is homogeneous in all lengths and says so (degree in its spec)"),
					Hint: "leave it out"}
			}
			c, degree, volume := s.Energy.Kinetic, s.Energy.Degree, 1.0
			for _, edge := range space.Box {
				volume *= edge
			}
			d := len(space.Box)
			over, terms := 1/(float64(d)*volume), localTerms(s)
			return &mean{
				description: description{estimate: core.Estimate{Name: name, Long: "pressure", Units: fmt.Sprintf("%s/length^%d", s.Energy.Units, d)},
					needs: core.EstimatorSpec{Source: core.OfModel, ModelPowers: ofDensityMatrix.ModelPowers, Wants: []core.Column{core.E, core.V, core.Lap}}},
				of: func(dst []float64, b *core.Batch) {
					for i, v := range b.Potential {
						dst[i] = (-2*c*real(b.Lap[i]) - degree*v) * over
					}
				},
				size: func(b *core.Batch, i int) float64 {
					v, lap := b.Potential[i], real(b.Lap[i])
					return terms * (2*c*max(lap, -lap) + max(v, -v)) * over
				},
			}, nil
		},
	}
}
