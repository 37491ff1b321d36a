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
// off at all and draws are plenty. It matters where the average of worth independent draws would be nearer.
type weighed struct {
	beta float64
	size int // numbers of each draw that are kept beside ln w
	form form
	all  bool      // draws are kept, and what is reweighted is an estimate of its own
	rows []float64 // ln w and the numbers of each draw
}

// form is a function of averages.
type form struct {
	// terms writes the numbers a, count of them, of a draw with a row: ln w and what is kept. first is the row of the first draw.
	terms func(a, row, first []float64)
	count int
	// plain is f of the averages.
	plain func(mean []float64) float64
	// under, unless nil, is what f of the Boltzmann density is of the weighted averages and ln Z.
	under func(mean []float64, lnZ float64) float64
}

// averages is f of averages of what is kept itself.
func averages(count int, f func(mean []float64) float64) form {
	return form{count: count, plain: f, terms: func(a, row, _ []float64) { copy(a, row[1:]) }}
}

// variance is scale (< o^2 > - < o >^2) of one number o, whose origin does not matter.
func variance(scale float64) form {
	return form{count: 2,
		terms: func(a, row, first []float64) { d := row[1] - first[1]; a[0], a[1] = d, d*d },
		plain: func(mean []float64) float64 { return scale * (mean[1] - mean[0]*mean[0]) },
	}
}

// entropic is -< ln p > over a unit, and of the Boltzmann density, whose ln p is that of the model and ln w - ln Z,
// < w (-ln p - ln w) >/< w > + ln < w >. What is kept is -ln p/unit.
func entropic(unit float64) form {
	return form{count: 2,
		terms: func(a, row, _ []float64) { a[0], a[1] = row[1], row[0]/unit },
		plain: func(mean []float64) float64 { return mean[0] },
		under: func(mean []float64, lnZ float64) float64 { return mean[0] - mean[1] + lnZ/unit },
	}
}

const (
	// weighedDraws is how many draws are weighed, the first ones, unless all are.
	weighedDraws = 1 << 14
	// worth is the number of independent draws of the Boltzmann density whose average is as far off as a model may be.
	worth = 100
	// mostShift is how many of its errors a difference may have by chance: of honest errors 6e-7 are larger.
	mostShift = 5
)

// weigher is an estimator of a function of averages.
type weigher interface {
	core.Estimator
	// weigh lets it hold them against those with weights, if they stand for those of the Boltzmann density.
	weigh(beta float64, all bool)
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
		w.weigh(s.Beta, s.Reweight)
	}
}

// newWeighed weighs size numbers of each draw, for the estimator that is described.
func newWeighed(d *description, beta float64, all bool, size int, f form) *weighed {
	w := &weighed{beta: beta, all: all, size: size, form: f}
	const copies = 2 + 2 // as kept and as columns, with and without the weights
	if d.weighted = all; all {
		d.needs.Memory.Kept += copies * 8 * float64(1+size)
	} else {
		d.needs.Memory.Fixed += copies * 8 * weighedDraws * float64(1+size)
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
		w.rows = make([]float64, 0, weighedDraws*(1+w.size))
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
	return min(n, weighedDraws-w.n())
}

// n is the number of draws.
func (w *weighed) n() int { return len(w.rows) / (1 + w.size) }

func (w *weighed) row(i int) []float64 { return w.rows[i*(1+w.size) : (i+1)*(1+w.size)] }

// report judges a value, the only one of a report, and adds what it is by weights where that is wanted.
func (w *weighed) report(r []core.Estimate) []core.Estimate {
	if w == nil {
		return r
	}
	c := w.compare()
	if off, draws := c.biased(); off && len(r[0].Cautions) == 0 {
		other, do := r[0].Name+core.ReweightedSuffix, ""
		if !w.all {
			other = fmt.Sprintf("%s by the weights of %d draws", stats.PlusMinus(c.under.Mean(), c.stderr(c.under)), c.n)
			do = "; train longer, or take averages by weights (evaluate.reweighted) or draws of chains"
		}
		r[0].Warn(core.CautionBiasedAverage, "it is that of the model: from that of the Boltzmann density, %s, it is as far as the average of %.2g independent draws%s", other, draws, do)
	}
	if w.all {
		r = append(r, c.estimate(r[0]))
	}
	return r
}

// comparison is what each draw says, to first order, of f, of f under the weights and of their difference.
type comparison struct {
	n                        int
	weights                  stats.Weights
	plain, under, difference *stats.Chains
}

// biased tells whether f of the model is off from that of the Boltzmann density, and the average of how many draws of it would
// be as far off. Where few draws have most of the weight, they do not tell, and what is reweighted says so.
func (c *comparison) biased() (is bool, draws float64) {
	if due := 1 / float64(c.n); c.n < tailed || !(c.weights.Largest() <= largestShare+due) {
		return false, 0
	}
	off, one := math.Abs(c.difference.Mean()), c.plain.Spread()
	return off > mostShift*c.stderr(c.difference) && off > one/math.Sqrt(worth), max(1, one*one/(off*off))
}

// estimate is what e, of the model, is of the Boltzmann density.
func (c *comparison) estimate(e core.Estimate) core.Estimate {
	under := core.Estimate{Name: e.Name + core.ReweightedSuffix, Long: e.Long + ", reweighted", Units: e.Units, Extensive: e.Extensive, Reweighted: true,
		Value: []float64{math.NaN()}, Stderr: []float64{math.NaN()}, N: e.N, Tau: 1}
	if c.n == 0 {
		return under
	}
	under.Value[0], under.Stderr[0] = c.under.Mean(), c.stderr(c.under)
	if settle(&under, 0, c.under.Spread(), math.Abs(under.Value[0])) {
		return under
	}
	var m stats.Moments
	m.Add(c.under.Values())
	under.StderrStderr = under.Stderr[0] * m.Doubt()
	if judgeWeights(&under, "", &c.weights); len(under.Cautions) == 0 {
		judgeError(&under, &m)
	}
	return under
}

// stderr is the standard error of a mean.
func (c *comparison) stderr(of *stats.Chains) float64 { return of.Spread() / math.Sqrt(float64(c.n)) }

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
	if f.under == nil {
		f.under = func(mean []float64, _ float64) float64 { return f.plain(mean) }
	}
	top, a := slices.Max(lnw), make([]float64, f.count)
	values := make([][]float64, 1+2*f.count) // a, w, w a
	for i, l := range lnw {
		f.terms(a, w.row(i), w.row(0))
		weight := math.Exp(l - top)
		values[f.count] = append(values[f.count], weight)
		for k, v := range a {
			values[k] = append(values[k], v)
			values[f.count+1+k] = append(values[f.count+1+k], weight*v)
		}
	}
	columns := make([]*stats.Chains, len(values))
	for k, v := range values {
		columns[k] = &stats.Chains{}
		columns[k].Add(v, n) // as many chains of one draw, which know no order
	}
	_, y := stats.Linearised(columns, 3, func(dst, mean []float64) {
		weight := mean[f.count]
		for k := range a {
			a[k] = mean[f.count+1+k] / weight
		}
		dst[0], dst[1] = f.plain(mean[:f.count]), f.under(a, top+math.Log(weight))
		dst[2] = dst[0] - dst[1]
	})
	c.plain, c.under, c.difference = y[0], y[1], y[2]
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
