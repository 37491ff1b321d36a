package objective

import (
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// DensityMatrix descends the variational free energy of
// rho = sum_K p(K) |Psi_K><Psi_K| with orthonormal Psi_K, by score functions of
// both factors (Xie, Zhang and Wang 2022, J. Mach. Learn. 1, 38,
// arXiv:2105.08644). With the local energy E(x) = (H Psi_K)(x)/Psi_K(x),
//
//	f           = ln p(K) + beta Re E(x)
//	beta F      = < f >_{K~p, x~|Psi_K|^2}
//	grad beta F = < (f - b) grad ln p(K) > + 2 beta Re < conj(E - b_K) grad ln Psi_K(x) >.
//
// beta F - ln Z is the relative entropy S(rho || exp(-beta H)/Z). The local
// energy is never differentiated: d<Psi|H|Psi> = 2 Re <H Psi|d Psi> for a
// Hermitian H.
//
// The baseline b is that of [ReverseKL]. A normalised Psi_K has
// Re < grad ln Psi_K > = 0 for each K, so that b_K may depend on K, and the
// differences between the states' energies are no noise. It is the mean of
// Re E over the other samples of the state K or, where K was drawn once, over
// all others; either is independent of x_i, which leaves no bias. b_K is real,
// because the phase of Psi_K may turn with the parameters, and then
// Im < grad ln Psi_K > is not 0; < E > of a state is real anyway.
//
// In the ground state, beta = +Inf, f is E, the limit of f/beta.
type DensityMatrix struct {
	Divergence
	// Clip limits E - b_K, for V alone: what is beyond Clip mean absolute
	// deviations is moved there, real and imaginary parts each. At a distance d
	// from a node both E and grad ln Psi grow like 1/d where |Psi|^2 falls like
	// d^2, so that their product has no variance and single samples can decide
	// a step. Smaller values quieten the gradient and bias it more; 5 leaves 7e-5
	// of a normal distribution outside. 0 never clips.
	//
	// W takes the local energies as they are: its product with grad ln p(K) has
	// a variance, and energies cut at the batch's spread would be wrong for
	// rare states, and so would then be p(K). The loss takes them as they are, too.
	Clip float64

	energy, imaginary []float64 // deviations of local energies, clipped
	order             []int     // samples, those of one state together
}

var _ core.Objective = (*DensityMatrix)(nil)

// Spec implements core.Objective: it gives cotangents of ln p(K), as ReverseKL
// does, and of ln Psi_K(x).
func (o *DensityMatrix) Spec() core.ObjectiveSpec {
	return o.spec([]core.Column{core.K, core.LogP, core.E, core.EIm}, core.LogP, core.LogPsi)
}

// Cotangents implements core.Objective.
func (o *DensityMatrix) Cotangents(bar, b, all *core.Batch, beta float64) ([]float64, error) {
	numbers, err := o.score(bar, b, all, beta)
	if err != nil {
		return nil, err
	}
	if len(all.EIm) != all.N || len(all.K)%all.N != 0 {
		panic("objective: EIm and K do not have the batch's length")
	}
	o.weighStates(core.LogPsi.Room(bar, b.N), all, offset(b, all), 2*mixAt(beta).energy/float64(all.N))
	return numbers, nil
}

// weighStates writes v = scale (E - b_K) of the samples from first on. With m
// samples of a state and their mean, E_i - b_K = (E_i - mean) m/(m-1); clipped
// deviations from the mean have a mean of their own.
func (o *DensityMatrix) weighStates(v []complex128, all *core.Batch, first int, scale float64) {
	n := float64(all.N)
	o.order = byState(o.order, all)
	o.energy, o.imaginary = append(o.energy[:0], all.E...), append(o.imaginary[:0], all.EIm...)
	common := mean(all.E)
	for group := range sameStates(all, o.order) {
		center := common
		if len(group) > 1 {
			center = meanOf(all.E, group)
		}
		for _, i := range group {
			o.energy[i] -= center
		}
	}
	clipDeviations(o.energy, o.Clip)
	clipDeviations(o.imaginary, o.Clip)
	for group := range sameStates(all, o.order) {
		center, m := 0.0, n
		if len(group) > 1 {
			center, m = meanOf(o.energy, group), float64(len(group))
		}
		for _, i := range group {
			if at := i - first; 0 <= at && at < len(v) {
				v[at] = complex(scale*m/(m-1)*(o.energy[i]-center), scale*o.imaginary[i])
			}
		}
	}
}

// clipDeviations moves deviations beyond width times their mean absolute value
// to there; 0 moves none.
func clipDeviations(deviations []float64, width float64) {
	if width == 0 {
		return
	}
	sum := 0.0
	for _, d := range deviations {
		sum += math.Abs(d)
	}
	reach := width * sum / float64(len(deviations))
	for i, d := range deviations {
		deviations[i] = min(max(d, -reach), reach)
	}
}
