package objective

import "github.com/helmholtz-physics/helmholtz/framework/core"

// ScoreRaw descends the variational free energy by the score function without a baseline
// (Glynn 1990; Mohamed, Rosca, Figurnov and Mnih 2020, arXiv:1906.10652, section 4),
//
//	grad beta F = < f grad ln p >,   w_i = f_i/n.
//
// A constant added to f leaves the mean of the gradient and changes its variance, which
// [ReverseKL] takes away with a baseline: this is the estimate that others are compared
// with.
type ScoreRaw struct{ Divergence }

var _ core.Objective = (*ScoreRaw)(nil)

// Spec implements core.Objective: it gives cotangents of ln p at fixed x.
func (o *ScoreRaw) Spec() core.ObjectiveSpec {
	return o.spec([]core.Column{core.LogP, core.E}, core.LogP)
}

// Cotangents implements core.Objective.
func (o *ScoreRaw) Cotangents(bar, b, all *core.Batch, beta float64) ([]float64, error) {
	f, first := mixAt(beta), offset(b, all)
	w := core.LogP.Room(bar, b.N)
	for i := range w {
		w[i] = f.at(all, first+i) / float64(all.N)
	}
	return o.report(all, beta), nil
}
