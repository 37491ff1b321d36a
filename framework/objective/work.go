package objective

import (
	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/stats"
)

// Work descends the work by which a map x = f(z) carries the density of one energy to
// that of another (Jarzynski 2002, Phys. Rev. E 65, 046122; learned maps: Wirnsberger
// et al. 2020, arXiv:2002.04913):
//
//	W(z) = beta E_b(f(z)) - beta E_a(z) - ln|det df/dz|,   z ~ exp(-beta E_a)/Z_a,
//	<W> >= beta (F_b - F_a) = -ln <exp(-W)>.
//
// The first is an equality for the map that carries one density to the other, which has
// the same work for every z. E in the roles "a" and "b" are the two energies.
type Work struct {
	work    []float64
	numbers [3]float64
}

var _ core.Objective = (*Work)(nil)

var energyA, energyB, slopeB = core.E.As("a"), core.E.As("b"), core.Slope.As("b")

// Spec implements core.Objective: it gives cotangents of x = f(z) and of the
// log-determinant.
func (*Work) Spec() core.ObjectiveSpec {
	return core.ObjectiveSpec{
		Wants: []core.Column{energyA, energyB, slopeB, core.LogDet}, Bars: []core.Column{core.X, core.LogDet}, Watch: "work",
		Numbers: []core.NumberInfo{{Name: "work", Long: "mean work of the batch, over kT", Units: "1"},
			{Name: "work_stderr", Long: "standard error of work", Units: "1"},
			{Name: "free_energy_difference", Long: "-ln <exp(-W)> of the batch, beta (F_b - F_a)", Units: "1"}},
	}
}

// Cotangents implements core.Objective.
func (o *Work) Cotangents(bar, b, all *core.Batch, beta float64) ([]float64, error) {
	o.report(all, beta)
	n := float64(all.N)
	slope := slopeB.Of(b)
	xbar, lbar := core.X.Room(bar, len(slope)), core.LogDet.Room(bar, b.N)
	for k, s := range slope {
		xbar[k] = beta * s / n
	}
	for i := range lbar {
		lbar[i] = -1 / n
	}
	return o.numbers[:], nil
}

func (o *Work) report(all *core.Batch, beta float64) {
	a, b, lnDet := energyA.Of(all), energyB.Of(all), core.LogDet.Of(all)
	o.work = core.Resize(o.work, all.N)
	for i := range o.work {
		o.work[i] = beta*(b[i]-a[i]) - lnDet[i]
	}
	o.numbers[0], o.numbers[1] = meanStderrOf(o.work)
	o.numbers[2] = -stats.LogMeanExp(o.work, -1)
}
