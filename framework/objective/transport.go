package objective

import "github.com/helmholtz-physics/helmholtz/framework/core"

// Transport is the cost of carrying the density of z to the density of x = f(z)
// along its map,
//
//	loss = < |f(z) - z|^2 >,   z from the base.
//
// Among all maps between two densities the gradient of a convex potential has the least
// cost, the squared Wasserstein distance W_2^2 (Brenier 1991, Comm. Pure Appl. Math. 44,
// 375). An objective that says where to go leaves open which way: with this one beside it,
// of a small weight, a flow takes the shortest (Onken, Wu Fung, Li and Ruthotto 2021,
// arXiv:2006.00104, with the kinetic energy of the way). Alone it stays where it is.
type Transport struct{ numbers [2]float64 }

var _ core.Objective = (*Transport)(nil)

// Spec implements core.Objective.
func (*Transport) Spec() core.ObjectiveSpec {
	return core.ObjectiveSpec{
		Wants: []core.Column{core.X, core.Z, core.Displacement}, Bars: []core.Column{core.X, core.LogP},
		Numbers: lossNumbers("squared distance from latent variables to configurations, the mean over the batch"),
	}
}

// Cotangents implements core.Objective: those of x at fixed z, and none of ln p.
func (o *Transport) Cotangents(bar, b, all *core.Batch, _ float64) ([]float64, error) {
	o.numbers[0], o.numbers[1] = meanStderrOf(core.Displacement.Of(all))
	x, z := core.X.Of(b), core.Z.Of(b)
	xbar := core.X.Room(bar, len(x))
	for k := range xbar {
		xbar[k] = 2 * (x[k] - z[k]) / float64(all.N)
	}
	clear(core.LogP.Room(bar, b.N))
	return o.numbers[:], nil
}
