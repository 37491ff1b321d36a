package estimators

import (
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/stats"
)

// function estimates f(< o_1 >, ..., < o_k >), one number or an array, with the
// error of the jackknife over blocks. R-hat and the autocorrelation time are
// those of one scalar, the witness, which should be as slow as the slowest.
type function struct {
	description
	// add adds o(x) of configuration i of the batch to the sums, and returns
	// the witness.
	add func(sums []float64, b *core.Batch, i int) (witness float64)
	// of writes f, size numbers.
	of   func(dst, mean []float64)
	size int
	// prepare, unless nil, is called with each batch before its configurations
	// are added.
	prepare func(b *core.Batch) error
	// undefined says what it means that the one number f is NaN.
	undefined string

	blocks  *stats.Blocks
	values  []float64 // of the witness, for the batch at hand
	witness stats.Chains
}

var _ core.Estimator = (*function)(nil)

// Add implements core.Estimator.
func (f *function) Add(b *core.Batch) error {
	if err := f.check(b); err != nil {
		return err
	}
	if f.prepare != nil {
		if err := f.prepare(b); err != nil {
			return err
		}
	}
	f.values = core.Resize(f.values, b.N)
	for i := range f.values {
		f.values[i] = f.add(f.blocks.Row(b.Chains), b, i)
	}
	if b.Chains > 0 {
		f.witness.Add(f.values, b.Chains)
	}
	return nil
}

// Report implements core.Estimator.
func (f *function) Report() ([]core.Estimate, error) {
	value, stderr := f.blocks.Jackknife(f.size, f.of)
	r, err := f.array(value, stderr, f.blocks.N())
	e := &r[0]
	_, tau := f.witness.Error()
	judge(e, &f.witness, tau)
	switch draws := f.blocks.Draws(); {
	case len(e.Cautions) > 0:
	case f.size == 1 && f.undefined != "" && math.IsNaN(value[0]) && e.N > 0:
		e.Warn(core.CautionUndefined, "%s", f.undefined)
	case f.witness.N() > 0 && draws > 0 && float64(draws) < 5*tau:
		e.Warn(core.CautionFewDraws, "too few draws of too few chains for an error: draw more, or have at least 32 chains")
	}
	return r, err
}

func (f *function) gathered() gathered { return gathered{"blocks": f.blocks, "witness": &f.witness} }

// State implements core.Estimator.
func (f *function) State() core.EstimatorState { return f.gathered().state() }

// Restore implements core.Estimator.
func (f *function) Restore(state core.EstimatorState) error { return f.gathered().restore(state) }

// Merge implements core.Estimator.
func (f *function) Merge(state core.EstimatorState) error { return f.gathered().merge(state) }
