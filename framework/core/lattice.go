package core

// PowerLinks declares that the energy is a Linker.
const PowerLinks Power = "links"

// Linker is a Hamiltonian on the configurations x of a lattice, given by its matrix
// elements:
//
//	(H Psi)(x) = V(x) Psi(x) + sum_y H_xy Psi(y).
//
// V is what Eval gives. The y are linked to x; each x may have another number of
// them.
type Linker interface {
	// Links writes how many configurations each of b.X is linked to into count,
	// length b.N, and returns them, those of the first x first, with their H_xy:
	// len(y) = len(h) * Space.Size(). The slices are the energy's, and valid until
	// the next call. Elements that are zero are better left out.
	Links(count []int32, b *Batch) (y []float64, h []complex128, err error)
}

// PowerWave declares that the model is a WaveFunction.
const PowerWave Power = "wave"

// WaveFunction is a model of one quantum state: its density is p = |Psi|^2 / <Psi|Psi>.
type WaveFunction interface {
	// Amplitude writes ln Psi(x_i), of any branch and up to a constant that is the
	// same for all x.
	Amplitude(logPsi []complex128, x []float64) error
	// AmplitudePull writes sum_i Re conj(v_i) grad_theta ln Psi(x_i) into grad
	// (overwriting it). len(v) = b.N.
	AmplitudePull(grad []float64, b *Batch, v []complex128) error
}

// Quantum tells that E is no function of x alone, but a Hamiltonian whose local
// energy depends on the state.
func (s EnergySpec) Quantum() bool {
	if s.Kinetic > 0 {
		return true
	}
	for _, p := range s.Powers {
		if p == PowerLinks {
			return true
		}
	}
	return false
}
