package objective

import (
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/stats"
)

// Alpha descends the alpha-divergence of the target pi = exp(-beta E)/Z from the model's p
// (Amari 1985; Minka 2005, MSR-TR-2005-173; see [stats.AlphaTerm]),
//
//	D_alpha(pi||p) = [1 - int pi^alpha p^(1-alpha)] / (alpha (1-alpha)),
//
// which is KL(p||pi), the variational free energy, for alpha -> 0, and KL(pi||p), maximum
// likelihood, for alpha -> 1: the lower alpha, the more a model seeks one mode of the
// target, the higher, the more it covers all. With w = pi/p and <grad ln p>_p = 0,
//
//	grad D = -1/alpha < w^alpha grad ln p >_p = - < (w^alpha - 1)/alpha grad ln p >_p,
//
// from draws of the model; the second form has the limit ln w at alpha = 0. As in
// [ReverseKL], its baseline is the mean of the other draws,
//
//	w_i = -1/n [ g_i - sum_(j != i) g_j/(n-1) ],   g = (w^alpha - 1)/alpha.
//
// Where ln Z is not known, ln <w> of the batch stands for it, with a bias of order 1/n. All
// cotangents then have a common factor that ln Z does not change in direction: they are the
// normalised weights w^alpha / sum w^alpha of the Renyi divergence, a function of D (Li
// and Turner 2016, arXiv:1602.02311).
type Alpha struct{ AlphaDivergence }

// AlphaDivergence is what gradients of the alpha-divergence have in common: the weights
// of a batch and the numbers that they report of it.
type AlphaDivergence struct {
	// Order is alpha, any number.
	Order float64
	// Known tells that LogZ is ln Z at the inverse temperature Target. While beta is
	// annealed, ln Z is not known.
	Known        bool
	LogZ, Target float64

	lnw     []float64 // ln pi/p of the batch
	numbers [2]float64
}

var _ core.Objective = (*Alpha)(nil)

// Spec implements core.Objective: it gives cotangents of ln p at fixed x.
func (o *Alpha) Spec() core.ObjectiveSpec {
	return o.spec([]core.Column{core.LogP, core.E}, core.LogP)
}

func (*AlphaDivergence) spec(wants []core.Column, bars ...core.Column) core.ObjectiveSpec {
	return core.ObjectiveSpec{
		Wants: wants, Bars: bars, Hint: `set train.gradient = "score"`,
		Numbers: []core.NumberInfo{
			{Name: "loss", Long: "alpha-divergence of the Boltzmann density from the model", Units: "1"},
			{Name: "loss_stderr", Long: "standard error of loss", Units: "1"}},
	}
}

// Cotangents implements core.Objective.
func (o *Alpha) Cotangents(bar, b, all *core.Batch, beta float64) ([]float64, error) {
	if err := o.weigh(all, beta, 1); err != nil {
		return nil, err
	}
	n, sum := float64(all.N), 0.0
	for _, lnw := range o.lnw {
		sum += stats.BoxCox(o.Order, lnw)
	}
	w, first := core.LogP.Room(bar, b.N), offset(b, all)
	for i := range w {
		g := stats.BoxCox(o.Order, o.lnw[first+i])
		w[i] = -(g - (sum-g)/(n-1)) / n
	}
	return o.numbers[:], nil
}

// weigh computes ln w and the numbers of a batch. Its configurations are draws of the
// model, sign = 1, or of the target, sign = -1, for which the model is that which
// diverges: D_alpha(pi||p) = D_(1-alpha)(p||pi). Of v = w^sign,
//
//	<v> = 1,   D = <t>,   t = AlphaTerm(order, ln v),   order = alpha or 1-alpha.
//
// Divided by its mean where ln Z is not known, v adds what varies with the mean: with
// S = <v^order> = 1 - order (1-order) D, D changes by c (v_i - 1)/n with a draw i,
//
//	c = S/(1-order), of which terms with order > 1/2 have 1/(1-order) already.
func (o *AlphaDivergence) weigh(all *core.Batch, beta, sign float64) error {
	if all.N < 2 {
		return noBaseline(all.N)
	}
	known := o.Known && beta == o.Target
	shift, order := o.LogZ, o.Order
	if sign < 0 {
		order = 1 - order
	}
	o.lnw = core.Resize(o.lnw, all.N)
	for i := range o.lnw {
		o.lnw[i] = -beta*all.E[i] - all.LogP[i]
	}
	if !known {
		shift = sign * stats.LogMeanExp(o.lnw, sign)
	}
	for i := range o.lnw {
		o.lnw[i] -= shift
	}
	d, stderr := meanStderr(all.N, func(i int) float64 { return stats.AlphaTerm(order, sign*o.lnw[i]) })
	if !known {
		c := -order * d
		if order <= 0.5 {
			c += 1 / (1 - order)
		}
		_, stderr = meanStderr(all.N, func(i int) float64 {
			return stats.AlphaTerm(order, sign*o.lnw[i]) + c*math.Expm1(sign*o.lnw[i])
		})
	}
	o.numbers = [2]float64{d, stderr}
	return nil
}
