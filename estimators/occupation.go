package estimators

import (
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/stats"
)

// The occupation of a shell of g_s equivalent orbitals k in a density matrix is
// the fraction of them that its labels hold,
//
//	n_s = 1/g_s sum_(k in s) < [k in K] >,   sum_s g_s n_s = N.
//
// A state Psi_K is that of independent particles in the orbitals K, carried over
// to interacting ones by a unitary flow, which keeps the label: n_s counts
// quasi-particles (Landau 1957), as the Fermi function does at T > 0. It is not
// the momentum distribution of the bare particles, which has a tail at T = 0 as
// well. Particles of several kinds have n_s of each. The autocorrelation time and R-hat are those of the sum of the levels.

// momentumOccupation is that of plane waves by |k|, in units of an inverse length.
func momentumOccupation() core.Part {
	return ofOrbitals("momentum_occupation", "occupation of the quasi-particle states of a momentum, by its modulus", true,
		core.Axis{Name: "k", Units: "1"}, modulus)
}

// modulus is |k| of a plane wave, k_a = 2 pi n_a/L_a, of which orbitals have n.
func modulus(space core.Space, n []float64) float64 {
	sum := 0.0
	for a, v := range n {
		k := 2 * math.Pi * v / space.Box[a]
		sum += k * k
	}
	return math.Sqrt(sum)
}

// orbitalOccupation is that of the orbitals of a trap by their number of quanta,
// summed over the dimensions.
func orbitalOccupation() core.Part {
	return ofOrbitals("orbital_occupation", "occupation of the quasi-particle states of a shell of a trap, by its quanta", false,
		core.Axis{Name: "quanta", Units: "1"}, func(_ core.Space, quanta []float64) float64 { return sum(quanta) })
}

// ofOrbitals is the estimator of the occupation of shells of equal level.
func ofOrbitals(name, long string, inBox bool, axis core.Axis, level func(space core.Space, orbital []float64) float64) core.Part {
	m := manifest(name, long, "Landau 1957, Sov. Phys. JETP 3, 920; "+xie, core.Particles)
	return core.Part{
		Manifest: m,
		NewEstimator: func(_ core.Settings, s core.Setting) (core.Estimator, error) {
			space := s.Energy.Space
			if inBox != (space.Box != nil) {
				return nil, core.Errorf(core.Mismatch, "open estimator", name, "momentum_occupation is for a periodic box and orbital_occupation for open space, and the space is %s", space)
			}
			if err := needOrbitals(name, s); err != nil {
				return nil, err
			}
			var of []float64
			for _, orbital := range s.Model.Orbitals {
				of = append(of, level(space, orbital))
			}
			shells, particles, kinds := newLevels(of), space.Count(), kindOfEach(space)
			axis := axis
			axis.Values = shells.values
			size := len(space.Alike()) * len(shells.values)
			return &function{
				description: description{estimate: core.Estimate{Name: name, Long: long, Units: "1", Axes: append(kindAxes(space, "kind"), axis)}, needs: ofDensityMatrix},
				blocks:      stats.NewBlocks(size),
				size:        size,
				one:         func(k int) float64 { return 1 / shells.size[k%len(shells.size)] },
				prepare: func(b *core.Batch) error {
					if len(b.K) != b.N*particles {
						panic("estimators: K does not have the size of the batch")
					}
					return nil
				},
				add: func(sums []float64, b *core.Batch, i int) (witness float64) {
					for j, k := range b.K[i*particles : (i+1)*particles] {
						shell := shells.of[k]
						sums[kinds[j]*len(shells.values)+shell] += 1 / shells.size[shell]
						witness += shells.values[shell]
					}
					return witness
				},
				of: func(dst, mean []float64) { copy(dst, mean) },
			}, nil
		},
	}
}
