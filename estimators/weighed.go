package estimators

import (
	"fmt"
	"math"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
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

// letWeigh lets an estimator weigh draws that have weights.
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
