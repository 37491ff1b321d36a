package estimators

import "github.com/helmholtz-physics/helmholtz/framework/core"

// kineticEnergy is that of the density matrix,
//
//	E_kin = Tr rho (-c lap) = < -c Re (lap Psi_K)(x)/Psi_K(x) >,   c = hbar^2/2m,
//
// the part of the local energy that is not V.
func kineticEnergy() core.Part {
	return ofLocalEnergy("kinetic_energy", "kinetic energy", "kinetic energy <-c lap Psi/Psi> of a density matrix",
		func(dst []float64, b *core.Batch, c float64) {
			if len(b.Lap) != b.N {
				panic("estimators: Lap does not have the batch's length")
			}
			for i, l := range b.Lap {
				dst[i] = -c * real(l)
			}
		})
}
