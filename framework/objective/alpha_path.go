package objective

import (
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// AlphaPath is [Alpha] through the sample. The score function of its gradient becomes a path
// once more (Tucker, Lawson, Gu and Maddison 2019, "Doubly reparameterized gradient
// estimators", arXiv:1810.04152): for any h,
//
//	< h(x) grad_theta ln p >_p = < grad_x h . dx/dtheta >,
//
// and with h = w^alpha, grad_x ln w = -(beta dE/dx + grad_x ln p),
//
//	grad D = -1/alpha < w^alpha grad ln p >_p = < w^alpha (beta dE/dx + grad_x ln p) . dx/dtheta >,
//
//	xbar_i = w_i^alpha (beta dE/dx_i + grad_x ln p(x_i))/n,   lbar_i = 0.
//
// At alpha = 0 this is [PathGradient]. Nothing is divided by alpha, and where p is the
// target it vanishes for each sample.
type AlphaPath struct{ AlphaDivergence }

var _ core.Objective = (*AlphaPath)(nil)

// Spec implements core.Objective: it gives cotangents of x and of ln p along the
// sample.
func (o *AlphaPath) Spec() core.ObjectiveSpec {
	return o.spec([]core.Column{core.LogP, core.E, core.Slope, core.LogPSlope}, core.X, core.LogP)
}

// Cotangents implements core.Objective.
func (o *AlphaPath) Cotangents(bar, b, all *core.Batch, beta float64) ([]float64, error) {
	if err := o.weigh(all, beta, 1); err != nil {
		return nil, err
	}
	xbar, lbar, first := core.X.Room(bar, len(b.Slope)), core.LogP.Room(bar, b.N), offset(b, all)
	d := len(b.Slope) / max(b.N, 1)
	for i := range lbar {
		lbar[i] = 0
		power := math.Exp(o.Order*o.lnw[first+i]) / float64(all.N)
		for k := i * d; k < (i+1)*d; k++ {
			xbar[k] = power * (beta*b.Slope[k] + b.LogPSlope[k])
		}
	}
	return o.numbers[:], nil
}
