package objective

import "github.com/helmholtz-physics/helmholtz/framework/core"

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
type ReverseKL struct{ Divergence }

var _ core.Objective = (*ReverseKL)(nil)

// Spec implements core.Objective: it gives cotangents of ln p at fixed x.
func (o *ReverseKL) Spec() core.ObjectiveSpec {
	return o.spec([]core.Column{core.LogP, core.E}, core.LogP)
}

// Cotangents implements core.Objective. A batch of one has no baseline, and is
// an error of kind core.Invalid.
func (o *ReverseKL) Cotangents(bar, b, all *core.Batch, beta float64) ([]float64, error) {
	return o.score(bar, b, all, beta)
}

// score writes the cotangents of ln p, which a density matrix has too.
func (d *Divergence) score(bar, b, all *core.Batch, beta float64) ([]float64, error) {
	if all.N < 2 {
		return nil, noBaseline(all.N)
	}
	numbers := d.report(all, beta)
	f, mean, first := mixAt(beta), numbers[0], offset(b, all)
	w := core.LogP.Room(bar, b.N)
	for i := range w {
		w[i] = (f.at(all, first+i) - mean) / float64(all.N-1)
	}
	return numbers, nil
}

func noBaseline(n int) error {
	return core.Errorf(core.Invalid, "form cotangents", "", "a batch of %d leaves no other sample for the baseline; at least 2 are needed", n)
}
