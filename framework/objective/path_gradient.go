package objective

import "github.com/helmholtz-physics/helmholtz/framework/core"

// PathGradient descends the variational free energy through the sample alone
// (Roeder, Wu and Duvenaud 2017, "Sticking the landing", arXiv:1703.09194; for
// flows Vaitl, Nicoli, Nakajima and Kessel 2022, arXiv:2206.09016). Of the
// derivative of ln p in [Pathwise],
//
//	d ln p(x(theta); theta)/dtheta = grad_x ln p . dx/dtheta + grad_theta ln p,
//
// the second term has mean zero and is left out:
//
//	xbar_i = (beta dE/dx_i + grad_x ln p(x_i))/n,   lbar_i = 0.
//
// xbar is the slope of f = ln p + beta E, which is constant where p is the
// Boltzmann density: there the gradient vanishes for each sample, not only in
// the mean. In the ground state f is E, and the gradient that of Pathwise.
type PathGradient struct{ Divergence }

var _ core.Objective = (*PathGradient)(nil)

// Spec implements core.Objective: it gives cotangents of x and of ln p along the
// sample.
func (o *PathGradient) Spec() core.ObjectiveSpec {
	return o.spec([]core.Column{core.LogP, core.E, core.Slope, core.LogPSlope}, core.X, core.LogP)
}

// Cotangents implements core.Objective.
func (o *PathGradient) Cotangents(bar, b, all *core.Batch, beta float64) ([]float64, error) {
	f, n := mixAt(beta), float64(all.N)
	xbar, lbar := core.X.Room(bar, len(b.Slope)), core.LogP.Room(bar, b.N)
	for k, slope := range b.Slope {
		xbar[k] = (f.energy*slope + f.logP*b.LogPSlope[k]) / n
	}
	clear(lbar)
	return o.report(all, beta), nil
}
