package objective

import "github.com/helmholtz-physics/helmholtz/framework/core"

// Pathwise descends the variational free energy through the sample, which is a
// smooth function x(theta) of noise that does not depend on theta
// (reparametrisation: Kingma and Welling 2014, arXiv:1312.6114):
//
//	beta F      = < f(x(theta); theta) >,   f = ln p + beta E
//	grad beta F = < beta dE/dx . dx/dtheta + d ln p(x(theta); theta)/dtheta >
//
// with the mean over the noise, so that for n samples
//
//	xbar_i = beta dE/dx_i / n,   lbar_i = 1/n.
//
// In the ground state, beta = +Inf, f is E, the limit of f/beta.
type Pathwise struct {
	// Target is as in ReverseKL.
	Target float64
}

var _ Objective = Pathwise{}

// Needs implements Objective.
func (Pathwise) Needs() Needs { return Needs{Energy: true, EnergySlope: true, Path: true} }

// Cotangents implements Objective: c.X and c.L.
func (o Pathwise) Cotangents(c *Cotangents, b *core.Batch, beta float64) (Loss, error) {
	f, n := mixAt(beta), float64(b.N)
	c.alongSample(b)
	for k, slope := range b.Slope {
		c.X[k] = f.energy * slope / n
	}
	for i := range c.L {
		c.L[i] = f.logP / n
	}
	return reverseLoss(b, beta, o.Target), nil
}

// alongSample makes room for X and L.
func (c *Cotangents) alongSample(b *core.Batch) {
	if len(b.Slope) != len(b.X) {
		panic("objective: Slope does not have the length of X")
	}
	c.X, c.L = core.Resize(c.X, len(b.X)), core.Resize(c.L, b.N)
}
