package objective

import "github.com/helmholtz-physics/helmholtz/framework/core"

// WaveFunction descends the energy of one quantum state (variational Monte Carlo;
// Becca and Sorella 2017, "Quantum Monte Carlo Approaches for Correlated Systems",
// section 5.3):
//
//	E = <E_loc>_{x ~ |Psi|^2},
//	grad E = 2 Re < (E_loc - E)^* grad ln Psi >.
//
// The mean of the batch, which contains E_loc(x_i), stands for E: n/(n-1) makes up for
// it, so that the gradient is unbiased for every n >= 2.
type WaveFunction struct {
	// Units of the energy.
	Units string

	numbers [2]float64
}

var _ core.Objective = (*WaveFunction)(nil)

// Spec implements core.Objective.
func (o *WaveFunction) Spec() core.ObjectiveSpec {
	return core.ObjectiveSpec{
		Wants: []core.Column{core.E, core.EIm}, Bars: []core.Column{core.LogPsi}, Watch: "energy",
		Numbers: []core.NumberInfo{{Name: "energy", Long: "mean local energy of the batch", Units: o.Units},
			{Name: "energy_stderr", Long: "standard error of energy", Units: o.Units}},
	}
}

// Cotangents implements core.Objective. A batch of one has no baseline, and is
// an error of kind core.Invalid.
func (o *WaveFunction) Cotangents(bar, b, all *core.Batch, _ float64) ([]float64, error) {
	if all.N < 2 {
		return nil, noBaseline(all.N)
	}
	o.numbers[0], o.numbers[1] = meanStderrOf(all.E)
	imaginary, first, scale := mean(all.EIm), offset(b, all), 2/float64(all.N-1)
	v := core.LogPsi.Room(bar, b.N)
	for i := range v {
		v[i] = complex(scale*(all.E[first+i]-o.numbers[0]), scale*(all.EIm[first+i]-imaginary))
	}
	return o.numbers[:], nil
}
