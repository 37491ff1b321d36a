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
type Pathwise struct{ Divergence }

var _ core.Objective = (*Pathwise)(nil)

// Spec implements core.Objective: it gives cotangents of x and of ln p along the
// sample.
func (o *Pathwise) Spec() core.ObjectiveSpec {
	return o.spec([]core.Column{core.LogP, core.E, core.Slope}, core.X, core.LogP)
}

// Cotangents implements core.Objective.
func (o *Pathwise) Cotangents(bar, b, all *core.Batch, beta float64) ([]float64, error) {
	f, n := mixAt(beta), float64(all.N)
	xbar, lbar := core.X.Room(bar, len(b.Slope)), core.LogP.Room(bar, b.N)
	for k, slope := range b.Slope {
		xbar[k] = f.energy * slope / n
	}
	for i := range lbar {
		lbar[i] = f.logP / n
	}
	return o.report(all, beta), nil
}
