package estimators

import (
	"fmt"
	"math"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/stats"
)

// negativeLogLikelihood judges a normalised model on data, each range of rows apart,
//
//	NLL = -< ln p(x) >,    ln p(x) = ln p(y) + ln|det dy/dx|
//
// of data x that the model learns as y(x). Its expectation on rows that the model has not
// learned from is the entropy of their density or more: NLL - entropy = KL(data || p). On the
// training rows it is lower, and the generalisation gap measures how much of their chance the model
// has learned,
//
//	generalisation_gap = NLL of the test rows - NLL of the training rows.
func negativeLogLikelihood() core.Part {
	const name = "negative_log_likelihood"
	return core.Part{
		Manifest: manifest(name, "negative log-likelihood -<ln p> of the energy's rows, in nats of the data", "Kullback and Leibler 1951, Ann. Math. Stat. 22, 79"),
		NewEstimator: func(_ core.Settings, s core.Setting) (core.Estimator, error) {
			l := newLikelihood(s, "nll", "negative log-likelihood", 1)
			l.extensive, l.gap = true, l.place(core.TrainRows) >= 0 && l.place(core.TestRows) >= 0
			return l, nil
		},
	}
}

// bitsPerDimension is the likelihood in the units in which images are compressed,
//
//	NLL / (d ln 2)
//
// with the d numbers of a row in the data's own units.
func bitsPerDimension() core.Part {
	const name = "bits_per_dimension"
	return core.Part{
		Manifest: manifest(name, "negative log-likelihood of the energy's rows, in bits for each number of the data", "Theis, van den Oord and Bethge 2016, arXiv:1511.01844"),
		NewEstimator: func(_ core.Settings, s core.Setting) (core.Estimator, error) {
			return newLikelihood(s, name, "bits for each number of the data", 1/(float64(s.Energy.DataSize())*math.Ln2)), nil
		},
	}
}

// likelihood is the mean of -unit ln p(x) over each range of rows.
type likelihood struct {
	prefix, long string
	unit         float64
	ranges       []core.Range
	transformed  bool // whether ln|det dy/dx| is there
	extensive    bool
	gap          bool     // whether the generalisation gap is reported
	floor        *float64 // the entropy of the rows' density, nil where it is unknown

	values   []float64
	moments  []stats.Moments // of each range
	excluded []count         // rows of density zero
}

var _ core.Estimator = (*likelihood)(nil)

func newLikelihood(s core.Setting, prefix, long string, unit float64) *likelihood {
	l := &likelihood{prefix: prefix, long: long, unit: unit, ranges: s.Energy.Rows,
		transformed: slices.Contains(s.Energy.Powers, core.PowerTransformed),
		moments:     make([]stats.Moments, len(s.Energy.Rows)), excluded: make([]count, len(s.Energy.Rows))}
	if h, ok := s.Exact["entropy"]; ok && s.Beta == 1 { // rows are of exp(-E)
		h *= unit
		l.floor = &h
	}
	return l
}

// place is where the range of a name stands, -1 for nowhere.
func (l *likelihood) place(name string) int {
	return slices.IndexFunc(l.ranges, func(r core.Range) bool { return r.Name == name })
}

// gapName is the name of the generalisation gap.
const gapName = "generalisation_gap"

// Spec implements core.Estimator.
func (l *likelihood) Spec() core.EstimatorSpec {
	spec := core.EstimatorSpec{Source: core.OfData, Wants: []core.Column{core.LogP, core.RowNumber}}
	if l.transformed {
		spec.Wants = append(spec.Wants, core.DataLogDet)
	}
	for _, r := range l.ranges {
		o := core.Observable{Name: l.prefix + "_" + r.Name, Extensive: l.extensive}
		if l.floor != nil {
			o.Reference = &core.Reference{Value: *l.floor, Source: "entropy of the density of the rows"}
		}
		spec.Observables = append(spec.Observables, o)
	}
	if l.gap {
		spec.Observables = append(spec.Observables, core.Observable{Name: gapName})
	}
	return spec
}

// Add implements core.Estimator.
func (l *likelihood) Add(b *core.Batch) error {
	logP, number, logDet := core.LogP.Of(b), core.RowNumber.Of(b), core.DataLogDet.Of(b)
	if len(logP) != b.N || len(number) != b.N || l.transformed && len(logDet) != b.N {
		panic("estimators: LogP, RowNumber or DataLogDet does not have the batch's length")
	}
	for k, r := range l.ranges {
		l.values = l.values[:0]
		for i, n := range number {
			if int(n) < r.From || int(n) >= r.To {
				continue
			}
			v := logP[i]
			if l.transformed {
				v += logDet[i]
			}
			switch {
			case math.IsInf(v, -1):
				l.excluded[k]++
			case v-v != 0:
				return core.Errorf(core.Numeric, "estimate", l.prefix, "row %d has ln p = %v", n, v)
			default:
				l.values = append(l.values, -l.unit*v)
			}
		}
		l.moments[k].Add(l.values)
	}
	return nil
}

// Report implements core.Estimator.
func (l *likelihood) Report() (all []core.Estimate, err error) {
	for k, r := range l.ranges {
		m, excluded := &l.moments[k], int64(l.excluded[k])
		e := core.Scalar(l.prefix+"_"+r.Name, fmt.Sprintf("%s of the rows %s", l.long, r.Name), m.Mean(), m.Stderr(), "1", m.N()+excluded)
		e.Extensive = l.extensive
		if l.floor != nil && r.Name == core.TestRows { // the others have had a say in the parameters
			e.Bound = +1
		}
		if m.N() > 1 && stats.Rounding(m.Spread(), m.Mean()) { // all rows are equally likely
			e.Stderr[0], e.Constant = 0, true
		}
		if excluded > 0 {
			e.Constant = false
			e.Value[0], e.Stderr[0] = math.Inf(1), math.NaN()
			e.Warn(core.CautionUndefined, "the model gives %d of %d rows the density 0", excluded, e.N)
		}
		all = append(all, e)
	}
	if l.gap {
		train, test := all[l.place(core.TrainRows)], all[l.place(core.TestRows)]
		all = append(all, core.Scalar(gapName, "negative log-likelihood of the test rows less that of the training rows",
			test.Value[0]-train.Value[0], math.Hypot(test.Stderr[0], train.Stderr[0]), "1", min(test.N, train.N)))
	}
	return all, nil
}

func (l *likelihood) gathered() gathered {
	all := gathered{}
	for k, r := range l.ranges {
		all[r.Name], all[r.Name+".excluded"] = &l.moments[k], &l.excluded[k]
	}
	return all
}

// State implements core.Estimator.
func (l *likelihood) State() core.EstimatorState { return l.gathered().state() }

// Restore implements core.Estimator.
func (l *likelihood) Restore(state core.EstimatorState) error { return l.gathered().restore(state) }

// Merge implements core.Estimator.
func (l *likelihood) Merge(state core.EstimatorState) error { return l.gathered().merge(state) }
