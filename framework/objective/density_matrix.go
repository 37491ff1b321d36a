package objective

import "github.com/helmholtz-physics/helmholtz/framework/core"

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
	// Target is as in ReverseKL.
	Target float64
	// Clip limits what a few local energies near nodes and coincidences of
	// particles, where they diverge, do to the gradient: Re E and Im E beyond
	// Clip mean absolute deviations from their means are moved there. Smaller
	// values quieten the gradient and bias it more; 5 leaves 7e-5 of a normal
	// distribution outside. 0 never clips. The loss is that of the local
	// energies as they are.
	Clip float64
}

var _ Objective = DensityMatrix{}

// Needs implements Objective.
func (DensityMatrix) Needs() Needs { return Needs{Energy: true, States: true} }

// Cotangents implements Objective: c.W and c.V. A batch of one is refused as
// in ReverseKL.
func (o DensityMatrix) Cotangents(c *Cotangents, b *core.Batch, beta float64) (Loss, error) {
	if b.N < 2 {
		return Loss{}, tooSmall(b.N)
	}
	if len(b.EIm) != b.N || len(b.K)%b.N != 0 {
		panic("objective: EIm and K do not have the batch's length")
	}
	loss, f := reverseLoss(b, beta, o.Target), mixAt(beta)
	c.energy, c.imaginary = clipped(c.energy, b.E, o.Clip), clipped(c.imaginary, b.EIm, o.Clip)
	c.W, c.V = core.Resize(c.W, b.N), core.Resize(c.V, b.N)
	for i := range c.W {
		c.W[i] = f.logP*b.LogP[i] + f.energy*c.energy[i]
	}
	less, others := mean(c.W), float64(b.N-1)
	for i := range c.W {
		c.W[i] = (c.W[i] - less) / others
	}
	c.weighStates(b, 2*f.energy/float64(b.N))
	return loss, nil
}

// weighStates writes V = scale (E - b_K). With m samples of a state and their
// mean, E_i - b_K = (E_i - mean) m/(m-1).
func (c *Cotangents) weighStates(b *core.Batch, scale float64) {
	all, n := mean(c.energy), float64(b.N)
	c.order = byState(c.order, b)
	for first := 0; first < b.N; {
		group := sameState(b, c.order[first:])
		first += len(group)
		center, m := all, n
		if len(group) > 1 {
			center, m = 0, float64(len(group))
			for _, i := range group {
				center += c.energy[i] / m
			}
		}
		for _, i := range group {
			c.V[i] = complex(scale*m/(m-1)*(c.energy[i]-center), scale*c.imaginary[i])
		}
	}
}
