package objective

import (
	"fmt"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// ReverseKL descends the variational free energy by the score function, with
// the batch mean as baseline (Wu, Wang and Zhang 2019, Phys. Rev. Lett. 122,
// 080602, arXiv:1809.10606):
//
//	f(x)        = ln p(x) + beta E(x)
//	beta F      = < f >_{x~p}
//	grad beta F = < (f - <f>) grad ln p >
//
// grad ln p has mean zero: therefore the derivative of the ln p in f drops out,
// as does any constant taken from f.
//
// The batch mean is not a constant: it contains f_i itself, and weights
// (f_i - mean f)/n give (n-1)/n of the gradient in expectation. The weights
// are therefore
//
//	w_i = (f_i - mean f)/(n-1) = (f_i - mean of f over the others)/n,
//
// which is unbiased for every n >= 2, because a baseline made of the other
// samples is independent of x_i (Kool, van Hoof and Welling 2019, "Buy 4
// REINFORCE samples, get a baseline for free!").
//
// In the ground state, beta = +Inf, f is E, the limit of f/beta.
type ReverseKL struct {
	// Target is the run's own inverse temperature, at which Loss.FreeEnergy is
	// taken: +Inf for the ground state. 0 means the beta of each step.
	//
	// At the target, every point of a training curve is a bound on the same
	// exact free energy, from above and in expectation, also while beta is
	// still being annealed. The loss at the annealed beta is no such bound.
	Target float64
}

var _ Objective = ReverseKL{}

// Cotangents implements Objective. A batch of one has no baseline, and is an
// error of kind core.Invalid. It allocates nothing.
func (o ReverseKL) Cotangents(w []float64, b *core.Batch, beta float64) (Loss, error) {
	if len(w) != b.N || len(b.LogP) != b.N || len(b.E) != b.N {
		panic("objective: w, LogP and E do not have the batch's length")
	}
	if b.N < 2 {
		return Loss{}, core.Errorf(core.Invalid, "form cotangents", "", "a batch of %d leaves no other sample for the baseline; at least 2 are needed", b.N)
	}
	if i := firstNotFinite(b); i >= 0 {
		return Loss{}, core.Errorf(core.Numeric, "form cotangents", fmt.Sprintf("sample %d", i), "ln p = %v, E = %v", b.LogP[i], b.E[i])
	}
	f := mixAt(beta)
	loss := Loss{Beta: beta}
	loss.Value, loss.Stderr = meanStderr(b, f)
	target := o.Target
	if target == 0 {
		target = beta
	}
	loss.FreeEnergy, loss.FreeEnergyStderr = meanStderr(b, mix{logP: 1 / target, energy: 1})
	loss.Energy, _ = meanStderr(b, mix{energy: 1})
	logP, _ := meanStderr(b, mix{logP: 1})
	loss.Entropy = -logP
	for i := range w {
		w[i] = (f.at(b, i) - loss.Value) / float64(b.N-1)
	}
	return loss, nil
}
