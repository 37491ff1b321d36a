package objective

import "github.com/helmholtz-physics/helmholtz/framework/core"

// MaximumLikelihood fits the density to configurations x_i that somebody else
// drew from a density pi, by their negative log-likelihood
//
//	loss = -< ln p(x) >_{x~pi} = KL(pi || p) + entropy of pi,
//
// the divergence in the direction opposite to ReverseKL's. With n of them,
//
//	w_i = -1/n.
//
// No energy and no temperature enters.
type MaximumLikelihood struct{}

var _ Objective = MaximumLikelihood{}

// Wants implements Objective.
func (MaximumLikelihood) Wants() []core.Column { return []core.Column{core.LogP} }

// Bars implements Objective: those of ln p at fixed x.
func (MaximumLikelihood) Bars() []core.Column { return []core.Column{core.LogP} }

// Cotangents implements Objective.
func (MaximumLikelihood) Cotangents(bar, b *core.Batch, _ float64) (Loss, error) {
	loss := Unknown()
	loss.Value, loss.Stderr = meanStderr(b, mix{logP: -1})
	w := core.LogP.Room(bar, b.N)
	for i := range w {
		w[i] = -1 / float64(b.N)
	}
	return loss, nil
}
