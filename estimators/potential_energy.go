package estimators

import "github.com/helmholtz-physics/helmholtz/framework/core"

// potentialEnergy is that of the density matrix, of the trap and of the
// interaction together,
//
//	E_pot = Tr rho V = < V(x) >.
func potentialEnergy() core.Part {
	return ofLocalEnergy("potential_energy", "potential energy", "potential energy <V> of a density matrix",
		func(dst []float64, b *core.Batch, _ float64) {
			if len(b.Potential) != b.N {
				panic("estimators: Potential does not have the batch's length")
			}
			copy(dst, b.Potential)
		})
}
