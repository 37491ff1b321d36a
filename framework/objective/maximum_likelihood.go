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

// Needs implements Objective.
func (MaximumLikelihood) Needs() Needs { return Needs{} }

// Cotangents implements Objective: c.W.
func (MaximumLikelihood) Cotangents(c *Cotangents, b *core.Batch, _ float64) (Loss, error) {
	loss := Unknown()
	loss.Value, loss.Stderr = meanStderr(b, mix{logP: -1})
	c.W = core.Resize(c.W, b.N)
	for i := range c.W {
		c.W[i] = -1 / float64(b.N)
	}
	return loss, nil
}
