package objective

import (
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/stats"
)

// AlphaOfData is [Alpha] from configurations of the target, at the run's own temperature
// (rows of an energy are of beta = 1), whose E and ln p are known,
//
//	grad D = -1/alpha < w^(alpha-1) grad ln p >_pi = - < 1/w (w^alpha - 1)/alpha grad ln p >_pi,
//
// because < 1/w grad ln p >_pi = <grad ln p>_p = 0. The first form is that of maximum
// likelihood at alpha = 1, and serves down to alpha = 1/2; the second has the limit
// of reverse_kl by reweighted data at alpha = 0, and a baseline made of the other
// configurations:
//
//	w_i = -1/n w^(alpha-1)/alpha                           alpha >= 1/2
//	w_i = -1/n 1/w_i [ g_i - sum_(j != i) g_j/(w_j (n-1)) ]   alpha < 1/2,   g = (w^alpha - 1)/alpha.
//
// Where ln Z is not known, -ln <1/w> of the batch stands for it.
type AlphaOfData struct{ AlphaDivergence }

var _ core.Objective = (*AlphaOfData)(nil)

// Spec implements core.Objective: it gives cotangents of ln p at fixed x.
func (o *AlphaOfData) Spec() core.ObjectiveSpec {
	return o.spec([]core.Column{core.LogP, core.E}, core.LogP)
}

// Cotangents implements core.Objective.
func (o *AlphaOfData) Cotangents(bar, b, all *core.Batch, beta float64) ([]float64, error) {
	if err := o.weigh(all, beta, -1); err != nil {
		return nil, err
	}
	n := float64(all.N)
	w, first := core.LogP.Room(bar, b.N), offset(b, all)
	if o.Order >= 0.5 {
		for i := range w {
			w[i] = -math.Exp((o.Order-1)*o.lnw[first+i]) / (o.Order * n)
		}
		return o.numbers[:], nil
	}
	sum := 0.0
	for _, lnw := range o.lnw {
		sum += math.Exp(-lnw) * stats.BoxCox(o.Order, lnw)
	}
	for i := range w {
		lnw := o.lnw[first+i]
		share, g := math.Exp(-lnw), stats.BoxCox(o.Order, lnw)
		w[i] = -share * (g - (sum-share*g)/(n-1)) / n
	}
	return o.numbers[:], nil
}
