package estimators

import (
	"math"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/stats"
)

// function estimates f(< o_1 >, ..., < o_k >), one number or an array, with the
// error of the jackknife over blocks. Of fewer Markov chains than make blocks, a block is a stretch of
// draws, and the error is instead that of the linearised function (stats.Linearised), with all
// correlation along the chains. R-hat and the autocorrelation time are
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
	// undefined, unless empty, says what it means that a number of f is NaN.
	undefined string
	// one, unless nil, is what f[k] would be if each configuration had one count in
	// it: f is made of counts.
	one func(k int) float64
	// kinked tells that f has a kink where all is well: its value is the plain one.
	kinked bool

	blocks  *stats.Blocks
	along   *stats.Columns // o along few chains, nil until asked for
	vector  []float64      // o of one configuration
	vectors []float64      // o of those of the batch at hand, where they are weighed
	values  []float64      // of the witness, for the batch at hand
	witness stats.Chains
	weighed *weighed // draws of a model beside their weights, nil where that says nothing
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
		f.values[i] = f.addTo(f.blocks.Row(b.Chains), b, i)
	}
	switch {
	case b.Chains > 0:
		f.witness.Add(f.values, b.Chains)
	case f.weighed != nil:
		f.weighed.add(b, f.vectors)
		f.vectors = f.vectors[:0]
	}
	return nil
}

// weigh implements weigher.
func (f *function) weigh(s core.Setting) {
	if size := f.blocks.Size(); size <= widest && f.ofBoltzmann() {
		f.weighed = newWeighed(&f.description, s, size, averages(f.size, size, f.of))
	}
}

// columnRoom is how many numbers of o along chains are kept, and mostColumns the most of each
// configuration that are: the number of projections grows with their square.
const columnRoom, mostColumns = 1 << 18, 512

// ofColumns is the memory of o along few chains, with what a report makes of it.
var ofColumns = core.Memory{Fixed: 4 * 8 * columnRoom}

// linear tells that errors are those of the linearised function.
func (f *function) linear(chains int) bool {
	return 0 < chains && chains < stats.Blocked && f.blocks.Size() <= mostColumns
}

// columns are o along chains.
func (f *function) columns() *stats.Columns {
	if f.along == nil {
		f.along = stats.NewColumns(f.blocks.Size(), columnRoom)
	}
	return f.along
}

// addTo adds o of configuration i to the sums, and to the columns of few chains.
func (f *function) addTo(sums []float64, b *core.Batch, i int) (witness float64) {
	linear, weighs := f.linear(b.Chains), f.weighed != nil && b.Chains == 0
	if !linear && !weighs {
		return f.add(sums, b, i)
	}
	f.vector = core.Resize(f.vector, len(sums))
	clear(f.vector)
	witness = f.add(f.vector, b, i)
	for k, v := range f.vector {
		sums[k] += v
	}
	if linear {
		f.columns().Add(f.vector, b.Chains)
	} else {
		f.vectors = append(f.vectors, f.vector...)
	}
	return witness
}

// alongChains takes the errors that are known from the linearised function. An error of 0 by the jackknife, and
// one of what the linearised function does not know, stay.
func (f *function) alongChains(stderr []float64) {
	_, projected := stats.Linearised(f.columns().Chains(), f.size, f.of)
	for k, y := range projected {
		if s, _ := y.Error(); s > 0 && stderr[k] != 0 {
			stderr[k] = s
		}
	}
}

// Report implements core.Estimator.
func (f *function) Report() ([]core.Estimate, error) {
	value, stderr := f.blocks.Jackknife(f.size, f.of)
	linear := f.linear(f.witness.Chains())
	if linear {
		f.alongChains(stderr)
	}
	if f.kinked {
		value = f.blocks.Plain(f.size, f.of)
	}
	r, err := f.array(value, stderr, f.blocks.N())
	e := &r[0]
	u := f.witness.Uncertainty()
	judge(e, &f.witness, u)
	e.StderrStderr = 0 // it is of the witness
	f.settle(e)
	switch draws := f.blocks.Draws(); {
	case len(e.Cautions) > 0:
	case f.undefined != "" && slices.ContainsFunc(value, math.IsNaN) && e.N > 0:
		e.Warn(core.CautionUndefined, "%s", f.undefined)
	case f.witness.N() > 0 && draws > 0 && !linear && float64(draws) < 5*u.Tau:
		e.Warn(core.CautionFewDraws, "too few draws of too few chains for an error: draw more, or have at least 32 chains")
	}
	return f.weighed.report(r), err
}

// settle gives the errors that do not follow from the spread of the blocks. A count
// never seen in n independent draws is below 3 of n with a confidence of 95 %
// (Hanley and Lippman-Hand 1983, J. Am. Med. Assoc. 249, 1743).
func (f *function) settle(e *core.Estimate) {
	if e.N == 0 {
		return
	}
	effective := float64(e.N) / e.Tau
	if f.one != nil {
		e.Upper = nans(f.size)
	}
	equal := 0
	for k, stderr := range e.Stderr {
		switch {
		case f.one != nil && e.Value[k] == 0:
			e.Stderr[k], e.Upper[k] = math.NaN(), 3/effective*f.one(k)
		case e.N < least:
			e.Stderr[k] = math.NaN()
		case stderr == 0 && effective < certain:
			e.Stderr[k] = math.NaN()
			equal++
		case stderr == 0 && f.size == 1:
			e.Constant = true
		}
	}
	switch {
	case len(e.Cautions) > 0:
	case e.N < least:
		e.Warn(core.CautionFewDraws, "%d draws are too few for an error: draw at least %d", e.N, least)
	case equal > 0:
		e.Warn(core.CautionFewDraws, "%d of %d values are equal in all of %.3g effective draws, which says nothing of their errors: draw at least %d", equal, f.size, effective, certain)
	}
}

func (f *function) gathered() gathered {
	g := gathered{"blocks": f.blocks, "columns": f.columns(), "witness": &f.witness}
	if f.weighed != nil {
		g["weighed"] = f.weighed
	}
	return g
}

// State implements core.Estimator.
func (f *function) State() core.EstimatorState { return f.gathered().state() }

// Restore implements core.Estimator.
func (f *function) Restore(state core.EstimatorState) error { return f.gathered().restore(state) }

// Merge implements core.Estimator.
func (f *function) Merge(state core.EstimatorState) error { return f.gathered().merge(state) }
