package estimators

import (
	"fmt"
	"math"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/stats"
)

// weighed are draws of a model with their weights, by which a function f of averages over them is held against that of
// the Boltzmann density,
//
//	f(< a >)  beside  f(< w a >/< w >),   w = exp(-beta E)/p
//
// (Nicoli et al. 2020, as reweighting). The error bar of the first is of the model's density, however far that is from the
// other one. Their difference, from the same draws, has an error of its own, and is many of these where the model is
// off at all and draws are plenty. It matters where the average of core.BiasedDraws independent draws would be nearer.
type weighed struct {
	beta  float64
	size  int // numbers of each draw that are kept beside ln w
	form  form
	all   bool      // draws are kept, and what is reweighted is an estimate of its own
	paths bool      // draws have left the model, whose distance is no longer theirs
	rows  []float64 // ln w and the numbers of each draw
}

// form is a function of averages, of one value or an array.
type form struct {
	values int
	// terms writes the numbers a, count of them, of a draw with a row: ln w and what is kept. first is the row of the first draw.
	terms func(a, row, first []float64)
	count int
	// plain writes f of the averages.
	plain func(dst, mean []float64)
	// under, unless nil, writes what f of the Boltzmann density is of the weighted averages and ln Z.
	under func(dst, mean []float64, lnZ float64)
}

// averages is f of averages of what is kept itself.
func averages(values, count int, f func(dst, mean []float64)) form {
	return form{values: values, count: count, plain: f, terms: func(a, row, _ []float64) { copy(a, row[1:]) }}
}

// average is that of one number.
func average() form { return averages(1, 1, func(dst, mean []float64) { dst[0] = mean[0] }) }

// variance is scale (< o^2 > - < o >^2) of one number o, whose origin does not matter.
func variance(scale float64) form {
	return form{values: 1, count: 2,
		terms: func(a, row, first []float64) { d := row[1] - first[1]; a[0], a[1] = d, d*d },
		plain: func(dst, mean []float64) { dst[0] = scale * (mean[1] - mean[0]*mean[0]) },
	}
}

// entropic is -< ln p > over a unit, and of the Boltzmann density, whose ln p is that of the model and ln w - ln Z,
// < w (-ln p - ln w) >/< w > + ln < w >. What is kept is -ln p/unit.
func entropic(unit float64) form {
	return form{values: 1, count: 2,
		terms: func(a, row, _ []float64) {
			a[0], a[1] = row[1], 0
			if !math.IsInf(row[0], -1) { // else w ln w is 0
				a[1] = row[0] / unit
			}
		},
		plain: func(dst, mean []float64) { dst[0] = mean[0] },
		under: func(dst, mean []float64, lnZ float64) { dst[0] = mean[0] - mean[1] + lnZ/unit },
	}
}

const (
	// weighedDraws is how many draws are weighed, the first ones, unless all are; of arrays fewer, with weighedNumbers in all.
	weighedDraws, weighedNumbers = 1 << 14, 1 << 18
	// widest is the largest number of averages whose draws are weighed.
	widest = 1 << 10
	// weighable is the least number of draws by which averages are told to be off.
	weighable = 30
	// mostShift is how many of its errors a difference may have by chance: of honest errors 6e-7 are larger.
	mostShift = 5
)

// weigher is an estimator of a function of averages.
type weigher interface {
	core.Estimator
	// weigh lets it hold them against those with weights, if they stand for those of the Boltzmann density.
	weigh(s core.Setting)
}

// weighing is a part whose estimators weigh the draws that have weights.
func weighing(part core.Part) core.Part {
	open := part.NewEstimator
	part.NewEstimator = func(settings core.Settings, s core.Setting) (core.Estimator, error) {
		e, err := open(settings, s)
		if err == nil {
			letWeigh(e, s)
		}
		return e, err
	}
	return part
}

func letWeigh(e core.Estimator, s core.Setting) {
	if w, ok := e.(weigher); ok && s.Weights {
		w.weigh(s)
	}
}

// newWeighed weighs size numbers of each draw, for the estimator that is described.
func newWeighed(d *description, s core.Setting, size int, f form) *weighed {
	w := &weighed{beta: s.Beta, all: s.Reweight, paths: s.Paths, size: size, form: f}
	each := 8 * float64(2*(1+size)+1+2*f.count+2+3*f.values) // rows that grow, the columns, ln w, and what a draw says
	if d.weighted = w.all; w.all {
		d.needs.Memory.Kept += each
	} else {
		d.needs.Memory.Fixed += each * float64(w.most())
	}
	return w
}

// ofBoltzmann tells that averages over draws of a model stand for those of the Boltzmann density: they are
// not about the model itself, nor of what is known to be zero.
func (d *description) ofBoltzmann() bool {
	return d.needs.Source == core.OfEither && !d.estimate.Own && d.reference == nil
}

// add keeps size numbers of each configuration of a batch, and nothing of one that lacks E or ln p.
func (w *weighed) add(b *core.Batch, values []float64) {
	if len(b.E) != b.N || len(b.LogP) != b.N {
		return
	}
	if w.rows == nil && !w.all {
		w.rows = make([]float64, 0, w.most()*(1+w.size))
	}
	for i := range w.room(b.N) {
		w.rows = append(w.rows, -w.beta*b.E[i]-b.LogP[i])
		w.rows = append(w.rows, values[i*w.size:(i+1)*w.size]...)
	}
}

// room is how many of n more draws are kept.
func (w *weighed) room(n int) int {
	if w.all {
		return n
	}
	return min(n, w.most()-w.n())
}

// most is how many draws are kept where not all are.
func (w *weighed) most() int { return min(weighedDraws, weighedNumbers/(1+w.size)) }

// n is the number of draws.
func (w *weighed) n() int { return len(w.rows) / (1 + w.size) }

func (w *weighed) row(i int) []float64 { return w.rows[i*(1+w.size) : (i+1)*(1+w.size)] }

// report judges what is reported, and adds what it is by weights where that is wanted.
func (w *weighed) report(r []core.Estimate) []core.Estimate {
	if w == nil {
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
	off := false
	for k, shift := range c.difference {
		distance, one := math.Abs(shift.Mean()), c.one(k)
		off = off || distance > mostShift*c.stderr(shift) && distance > one/math.Sqrt(core.BiasedDraws)
	}
	at, do := "", ": train longer, or take averages by weights (evaluate.reweighted = true) or draws of chains"
	if len(c.plain) > 1 {
		at = "at some of its values "
	}
	if w.all {
		do = ", which stands beside it by weights"
	}
	if off {
		e.Warn(core.CautionBiasedAverage, "it is that of the model, and %sfurther from that of the Boltzmann density than the average of %d independent draws would be%s", at, core.BiasedDraws, do)
	}
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

// State is ln w and the numbers of each draw.
func (w *weighed) State() []float64 { return slices.Clone(w.rows) }

// Restore puts back what State returned.
func (w *weighed) Restore(state []float64) error {
	if len(state)%(1+w.size) != 0 {
		return fmt.Errorf("%d numbers are not rows of %d", len(state), 1+w.size)
	}
	w.rows = slices.Clone(state)
	return nil
}

// Join adds another's draws, as far as there is room.
func (w *weighed) Join(state []float64) error {
	other := weighed{size: w.size}
	if err := other.Restore(state); err != nil {
		return err
	}
	w.rows = append(w.rows, other.rows[:w.room(other.n())*(1+w.size)]...)
	return nil
}
