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
type MaximumLikelihood struct{ numbers [2]float64 }

var _ core.Objective = (*MaximumLikelihood)(nil)

// Spec implements core.Objective: it gives cotangents of ln p at fixed x.
func (*MaximumLikelihood) Spec() core.ObjectiveSpec {
	return core.ObjectiveSpec{
		Wants: []core.Column{core.LogP}, Bars: []core.Column{core.LogP},
		Numbers: []core.NumberInfo{
			{Name: "loss", Long: "negative log-likelihood of a configuration, the mean over the batch", Units: "1"},
			{Name: "loss_stderr", Long: "standard error of loss", Units: "1"}},
	}
}

// Cotangents implements core.Objective.
func (o *MaximumLikelihood) Cotangents(bar, b, all *core.Batch, _ float64) ([]float64, error) {
	o.numbers[0], o.numbers[1] = mix{logP: -1}.meanStderr(all)
	w := core.LogP.Room(bar, b.N)
	for i := range w {
		w[i] = -1 / float64(all.N)
	}
	return o.numbers[:], nil
}
