package run

import "github.com/helmholtz-physics/helmholtz/framework/core"

// localEnergies forms, from V(x), the local energy of a density matrix,
//
//	E_loc = (H Psi_K)(x)/Psi_K(x) = V - c lap Psi_K/Psi_K,   c = EnergySpec.Kinetic,
//
// E its real part and EIm its imaginary one, and refuses what is not finite.
func (r *runner) localEnergies() error {
	b := &r.batch
	if err := r.finite(r.blameEnergy, "V", b.Potential); err != nil {
		return err
	}
	m, err := power[core.DensityMatrix](r.parts.Model, core.PowerQuantum)
	if err == nil {
		b.Lap = core.Resize(b.Lap, b.N)
		err = m.Laplacian(b.Lap, b)
	}
	if err != nil {
		return r.blameModel(err)
	}
	b.EIm = core.Resize(b.EIm, b.N)
	for i, lap := range b.Lap {
		b.E[i] = b.Potential[i] - r.kinetic*real(lap)
		b.EIm[i] = -r.kinetic * imag(lap)
	}
	if err := r.finite(r.blameModel, "the local energy", b.E); err != nil {
		return err
	}
	return r.finite(r.blameModel, "the imaginary part of the local energy", b.EIm)
}
