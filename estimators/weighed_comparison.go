package estimators

import (
	"math"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/stats"
)

// report judges what is reported, and adds what it is by weights where that is wanted.
func (w *weighed) report(r []core.Estimate) []core.Estimate {
	if w == nil || !w.all && len(r[0].Cautions) > 0 {
		return r
	}
	c := w.compare()
	if len(r[0].Cautions) == 0 {
		w.judge(&r[0], c)
	}
	if w.all {
		r = append(r, c.estimate(r[0]))
	}
	return r
}

// comparison is what each draw says, to first order, of the values of f, of those under the weights and of their differences.
type comparison struct {
	n                        int
	weights                  stats.Weights
	lnw                      stats.Moments
	u                        []float64 // w/< w >
	plain, under, difference []*stats.Chains
}

// judge warns of values that are off from those of the Boltzmann density. A difference that few heavy weights make up is no
// larger than its error, and what is reweighted then says that these are few.
func (w *weighed) judge(e *core.Estimate, c *comparison) {
	if c.n < weighable {
		return
	}
	if nats, stderr := c.distance(); nats-3*stderr > core.FarDensity && !w.paths {
		e.Warn(core.CautionFarDensity, core.FarDensityText, nats, "by reweighting")
		return
	}
	if !c.biased() {
		return
	}
	at, do := "", ": train longer, or take averages by weights (evaluate.reweighted = true) or draws of chains"
	if len(c.plain) > 1 {
		at = "at some of its values "
	}
	if w.all {
		do = ", which stands beside it by weights"
	}
	e.Warn(core.CautionBiasedAverage, "it is that of the model, and %sfurther from that of the Boltzmann density than the average of %d independent draws would be%s", at, core.BiasedDraws, do)
}

// biased tells whether a value is off by many errors, and by more than the average of few draws.
func (c *comparison) biased() bool {
	for k, shift := range c.difference {
		if off := math.Abs(shift.Mean()); off > mostShift*c.stderr(shift) && off > c.one(k)/math.Sqrt(core.BiasedDraws) {
			return true
		}
	}
	return false
}

// distance is beta (F[p] - F) = ln < w > - < ln w > with its standard error.
func (c *comparison) distance() (nats, stderr float64) {
	lnZ, stderr := c.weights.LogMean()
	return lnZ - c.lnw.Mean(), math.Hypot(stderr, c.lnw.Stderr())
}

// one is the standard deviation of what one draw says of value k: a draw of the model, or of the Boltzmann density if that is
// smaller, of which < (u y)^2/u > is the variance, u y being what a weighted draw says.
func (c *comparison) one(k int) float64 {
	under, square := c.under[k], 0.0
	value := under.Mean()
	for i, v := range under.Values() {
		if c.u[i] > 0 {
			square += (v - value) * (v - value) / c.u[i]
		}
	}
	return min(c.plain[k].Spread(), math.Sqrt(square/float64(c.n)))
}

// estimate is what e, of the model, is of the Boltzmann density.
func (c *comparison) estimate(e core.Estimate) core.Estimate {
	under := core.Estimate{Name: e.Name + core.ReweightedSuffix, Long: e.Long + ", reweighted", Units: e.Units, Axes: e.Axes, Extensive: e.Extensive, Reweighted: true,
		Value: nans(len(e.Value)), Stderr: nans(len(e.Value)), N: e.N, Tau: 1}
	for k, u := range c.under {
		under.Value[k] = u.Mean()
		if under.Stderr[k] = c.stderr(u); stats.Rounding(u.Spread(), under.Value[k]) && len(c.under) > 1 {
			under.Stderr[k] = math.NaN() // as of a bin that nothing fell into
		}
	}
	if c.n == 0 {
		return under
	}
	if spread := c.under[0].Spread(); len(c.under) == 1 && settle(&under, 0, spread, math.Abs(under.Value[0])) {
		return under
	}
	if judgeWeights(&under, "", &c.weights); len(under.Cautions) == 0 && slices.ContainsFunc(under.Value, math.IsNaN) {
		under.Warn(core.CautionUndefined, "it has no value at the averages by weights: draw more, or it does not exist for this system")
	}
	for _, u := range c.under {
		doubt := judgeWeighted(&under, u.Values())
		if len(c.under) == 1 {
			under.StderrStderr = under.Stderr[0] * doubt
		}
	}
	return under
}

// judgeWeighted warns, once, of an average whose error few draws make up, and tells the relative error of that; values are what each
// draw says. Of averages of a model these are draws that it makes often enough to know; here they may be such as it makes too rarely.
func judgeWeighted(e *core.Estimate, values []float64) (doubt float64) {
	var m stats.Moments
	m.Add(values)
	n := m.N()
	if doubt = m.Doubt(); len(e.Cautions) > 0 || n < tailed || !(doubt > max(doubtful, 2.5/math.Sqrt(float64(n)))) {
		return doubt
	}
	var t stats.Tails
	t.Add(values)
	if k, heavy := t.ParetoK(); heavy {
		warnOfTail(e, k, n, "values by weights")
	} else {
		e.Warn(core.CautionHeavyTail, "few of %d draws make up the error of the average by weights, which is uncertain by %.2g %% of itself, and more where heavier ones have yet to come", n, 100*doubt)
	}
	return doubt
}

// doubtful is the relative error of the error of a weighted average from which it is warned of.
const doubtful = 0.1

// stderr is the standard error of a mean.
func (c *comparison) stderr(of *stats.Chains) float64 { return of.Spread() / math.Sqrt(float64(c.n)) }

// compare draws with and without their weights.
func (w *weighed) compare() *comparison {
	f, n := w.form, w.n()
	c := &comparison{n: n}
	if n == 0 {
		return c
	}
	lnw := make([]float64, n)
	for i := range lnw {
		lnw[i] = w.row(i)[0]
	}
	c.weights.Add(lnw)
	c.lnw.Add(lnw)
	if f.under == nil {
		f.under = func(dst, mean []float64, _ float64) { f.plain(dst, mean) }
	}
	top, a, first := slices.Max(lnw), make([]float64, f.count), make([]float64, f.count)
	f.terms(first, w.row(0), w.row(0))
	values := make([][]float64, 1+2*f.count) // a, w, w (a - first), so that a constant in a adds no rounding
	for k := range values {
		values[k] = make([]float64, n)
	}
	for i, l := range lnw {
		f.terms(a, w.row(i), w.row(0))
		weight := math.Exp(l - top)
		values[f.count][i] = weight
		for k, v := range a {
			values[k][i], values[f.count+1+k][i] = v, weight*(v-first[k])
		}
	}
	c.u = values[f.count]
	columns := make([]*stats.Chains, len(values))
	for k, v := range values {
		columns[k] = &stats.Chains{}
		columns[k].Add(v, n) // as many chains of one draw, which know no order
		values[k] = nil
	}
	average := columns[f.count].Mean()
	for i := range c.u {
		c.u[i] /= average
	}
	_, y := stats.Linearised(columns, 3*f.values, func(dst, mean []float64) {
		weight := mean[f.count]
		for k := range a {
			a[k] = first[k] + mean[f.count+1+k]/weight
		}
		plain, under := dst[:f.values], dst[f.values:2*f.values]
		f.plain(plain, mean[:f.count])
		f.under(under, a, top+math.Log(weight))
		for k := range plain {
			dst[2*f.values+k] = plain[k] - under[k]
		}
	})
	c.plain, c.under, c.difference = y[:f.values], y[f.values:2*f.values], y[2*f.values:]
	return c
}
