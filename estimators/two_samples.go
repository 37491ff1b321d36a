package estimators

import (
	"errors"
	"fmt"
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Estimators of how far what is drawn lies from given rows gather both: the first n draws
// x_1, ..., x_n and rows y_1, ..., y_n. That E or ln p of either be known is not needed.

// sampleKeys are the keys of all of them.
type sampleKeys struct {
	Rows    string `key:"rows" choices:"test,validation,train" help:"which rows of the energy the draws are compared with"`
	Samples int    `key:"samples" min:"8" max:"20000" help:"how many of each at most: the work grows with the square"`
}

// twoSamples is an estimator of one statistic of draws and rows.
type twoSamples struct {
	core.EstimatorSpec
	rows        core.Range
	draws, data points
	chains      count // draws that are of Markov chains
	// of makes the estimates, of n draws and as many rows.
	of func(x, y []float64, n int) []core.Estimate

	seen  [2]int // draws and rows of the last report
	found []core.Estimate
}

var _ core.Estimator = (*twoSamples)(nil)

// newTwoSamples prepares the estimator of observables; perPair is about how many bytes it
// takes for each pair of samples.
func newTwoSamples(name string, keys sampleKeys, s core.Setting, perPair float64, observables ...string) (*twoSamples, error) {
	rows, ok := s.Energy.Range(keys.Rows)
	if len(s.Energy.Rows) > 0 && !ok {
		return nil, &core.Error{Kind: core.Mismatch, Op: "open estimator", Subject: name, Err: fmt.Errorf("the energy has no rows %q", keys.Rows),
			Hint: "set rows to those that it has, or give it some"}
	}
	d := s.Energy.Space.Size()
	n := float64(keys.Samples)
	bytes := 16*n*float64(d) + perPair*n*n
	if err := core.Afford(bytes, "estimator "+name, fmt.Sprintf("%d samples", keys.Samples), "fewer samples"); err != nil {
		return nil, err
	}
	e := &twoSamples{rows: rows, draws: points{most: keys.Samples, d: d}, data: points{most: keys.Samples, d: d},
		EstimatorSpec: core.EstimatorSpec{Source: core.OfDrawsAndRows, Wants: []core.Column{}, Memory: core.Memory{Fixed: bytes}}}
	for _, o := range observables {
		e.Observables = append(e.Observables, core.Observable{Name: o})
	}
	return e, nil
}

// Spec implements core.Estimator.
func (e *twoSamples) Spec() core.EstimatorSpec { return e.EstimatorSpec }

// Add implements core.Estimator.
func (e *twoSamples) Add(b *core.Batch) error {
	if len(b.X) != b.N*e.draws.d {
		panic("estimators: X does not have the size of the space")
	}
	if i := core.X.Infinite(b); i >= 0 {
		return core.Errorf(core.Numeric, "estimate", e.Observables[0].Name, "sample %d of the batch has %s", i/e.draws.d, core.X.Say(b, i))
	}
	number := core.RowNumber.Of(b)
	if len(number) == 0 {
		e.draws.add(b.X)
		if b.Chains > 0 {
			e.chains += count(b.N)
		}
		return nil
	}
	for i, n := range number {
		if int(n) >= e.rows.From && int(n) < e.rows.To {
			e.data.add(b.X[i*e.draws.d : (i+1)*e.draws.d])
		}
	}
	return nil
}

// Report implements core.Estimator. What both samples give is computed once.
func (e *twoSamples) Report() ([]core.Estimate, error) {
	n := min(e.draws.n(), e.data.n())
	if seen := [2]int{e.draws.n(), e.data.n()}; e.found == nil || seen != e.seen {
		d := e.draws.d
		e.seen, e.found = seen, e.of(e.draws.x[:n*d], e.data.x[:n*d], n)
		for k := range e.found {
			e.found[k].Own = true
			e.doubt(&e.found[k], n)
		}
	}
	return append([]core.Estimate(nil), e.found...), nil
}

// doubt adds what is wrong with a value from n draws and rows.
func (e *twoSamples) doubt(found *core.Estimate, n int) {
	switch {
	case n < least:
		for i := range found.Value {
			found.Value[i], found.Stderr[i] = math.NaN(), math.NaN()
		}
		found.Warn(core.CautionFewDraws, "%d draws and %d rows are too few: have at least %d of each", e.draws.n(), e.data.n(), least)
	case e.chains > 0:
		found.Warn(core.CautionCorrelated, "the draws are of Markov chains, and the error is that of independent ones")
	}
}

func (e *twoSamples) gathered() gathered {
	return gathered{"draws": &e.draws, "rows": &e.data, "chains": &e.chains}
}

// State implements core.Estimator.
func (e *twoSamples) State() core.EstimatorState { return e.gathered().state() }

// Restore implements core.Estimator.
func (e *twoSamples) Restore(state core.EstimatorState) error {
	e.found = nil
	return e.gathered().restore(state)
}

// Merge implements core.Estimator.
func (e *twoSamples) Merge(state core.EstimatorState) error {
	e.found = nil
	return e.gathered().merge(state)
}

// points are the first of some configurations of d numbers.
type points struct {
	most, d int
	x       []float64
}

func (p *points) n() int { return len(p.x) / p.d }

func (p *points) add(x []float64) {
	p.x = append(p.x, x[:min(len(x), p.most*p.d-len(p.x))]...)
}

// State implements sums.
func (p *points) State() []float64 { return append([]float64{}, p.x...) }

// Restore implements sums.
func (p *points) Restore(state []float64) error {
	if len(state)%p.d != 0 || len(state) > p.most*p.d {
		return fmt.Errorf("%d numbers are not those of at most %d configurations of %d", len(state), p.most, p.d)
	}
	p.x = append(p.x[:0], state...)
	return nil
}

// Join implements sums.
func (p *points) Join(state []float64) error {
	if len(state)%p.d != 0 {
		return errors.New("the numbers are not those of configurations")
	}
	p.add(state)
	return nil
}
