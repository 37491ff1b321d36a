package coretest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/internal/wire"
	"github.com/helmholtz-physics/helmholtz/framework/internal/wire/host2plugin"
)

// ObjectiveOptions adapt the suite to an objective; the zero value fits most.
type ObjectiveOptions struct {
	// Complete makes the columns that follow from others, as E and dE/dx of x. It gets a
	// batch with x, and random numbers in the columns that the objective wants.
	Complete func(b *core.Batch)
	// Derivative are columns whose cotangents are the derivative of the first number in
	// that column, where Complete makes what follows from it. A score function has none.
	Derivative []core.Column
	// Beta is the inverse temperature; default 0.7.
	Beta float64
	// Size of a batch; default 64.
	Size int
	// Tolerance of derivatives against central differences of step Step, relative to the
	// largest; defaults 1e-6 and 1e-5.
	Tolerance, Step float64
}

func (o *ObjectiveOptions) defaults() {
	usual(&o.Beta, 0.7)
	usual(&o.Size, 64)
	usual(&o.Tolerance, 1e-6)
	usual(&o.Step, 1e-5)
}

// ObjectivePart runs the suite on a part's objective with the given settings, built for a
// setting: on the bare value, then through the wire.
func ObjectivePart(t *testing.T, p core.Part, s core.Settings, setting core.Setting, o ObjectiveOptions) {
	full := complete(t, p, s)
	inWorlds(t, p, func() (core.Objective, error) { return p.NewObjective(full, setting) }, func(l host2plugin.Link) (core.Objective, error) {
		r, spec, err := host2plugin.OpenObjective(l, p.Name, full, setting)
		return core.ViewObjective(r, spec, spec.Sizes(setting)), err
	}, func(t *testing.T, open func(t *testing.T) core.Objective) { Objective(t, setting, open, o) })
}

// Objective tests that an objective keeps to the contract of core. open returns a new
// value for each subtest.
func Objective(t *testing.T, setting core.Setting, open func(t *testing.T) core.Objective, o ObjectiveOptions) {
	o.defaults()
	for _, c := range objectiveChecks {
		t.Run(c.name, func(t *testing.T) {
			defer c.judge(t)
			o, options := open(t), o
			c.test(judged{o, setting.Energy.Space, o.Spec().Sizes(setting), options}, t)
		})
	}
}

var objectiveChecks = []check[func(judged, *testing.T)]{
	{"spec", "it describes itself, always alike: columns that it wants, cotangents that it gives, names of its numbers", judged.spec},
	{"values", "its numbers and cotangents are finite, all written, and the same each time it is asked", judged.values},
	{"pieces", "cotangents of a row do not depend on how the batch is cut: means are of all rows", judged.pieces},
	{"slices", "arrays of the caller are neither changed nor kept", judged.slices},
	{"memory", "a step allocates nothing", judged.memory},
	{"derivative", "cotangents are the derivative of the first number", judged.derivative},
	{"descent", "the cotangents make a gradient along that of the first number, so that steps against it lower it", judged.descent},
}

// judged is an objective with what it is asked about.
type judged struct {
	core.Objective
	space   core.Space
	sizes   core.Sizes
	options ObjectiveOptions
}

// batch is one of n configurations with random numbers.
func (j judged) batch(seed uint64, n int) *core.Batch {
	r := rand.New(rand.NewPCG(seed, 2))
	b := &core.Batch{N: n, X: configurations(j.space, nil, seed, n)}
	for _, c := range j.Spec().Wants {
		if c == core.Column(core.X) {
			continue
		}
		c.Make(b, c.Info().Length(n, j.sizes))
		switch q := c.(type) {
		case *core.Quantity[float64]:
			j.fill(r, q.Of(b), c)
		case *core.Quantity[complex128]:
			for i := range q.Of(b) {
				q.Of(b)[i] = complex(r.NormFloat64(), r.NormFloat64())
			}
		case *core.Quantity[int32]:
			each := max(len(q.Of(b))/max(n, 1), 1)
			for i := range q.Of(b) { // states of increasing labels; families of two
				if q.Of(b)[i] = int32(i / 2); c.Info().Dim == core.DimLabels {
					q.Of(b)[i] = int32(2*(i%each) + r.IntN(2))
				}
			}
		}
	}
	if j.options.Complete != nil {
		j.options.Complete(b)
	}
	return b
}

// fill writes numbers that are legal in a column.
func (j judged) fill(r *rand.Rand, v []float64, c core.Column) {
	d := j.space.Size()
	for i := range v {
		switch {
		case c.Base() == core.Column(core.X):
			if i%d == 0 {
				j.space.Random(r, v[i:i+d])
			}
		case c.Info().Legal == core.LegalLog:
			v[i] = -r.ExpFloat64()
		case c.Info().Legal == core.LegalFraction:
			v[i] = r.Float64()
		default:
			v[i] = r.NormFloat64()
		}
	}
}

// seen are the rows from to to-1 of b as an objective sees them: what it wants, of all
// rows without what is as long as a configuration.
func (j judged) seen(b *core.Batch, from, to int, rows bool) *core.Batch {
	s := &core.Batch{N: to - from, From: from}
	if s.N < b.N {
		s.Total = b.N
	}
	for _, c := range j.Spec().Wants {
		if rows || c.Info().Dim != core.DimX {
			c.Window(s, b, from, to)
		}
	}
	return s
}

// answer are cotangents and numbers.
type answer struct {
	bar     *core.Batch
	numbers []float64
}

// of asks about rows of b. What is there before is not a number.
func (j judged) of(t *testing.T, b *core.Batch, from, to int) answer {
	t.Helper()
	rows := j.seen(b, from, to, true)
	all := rows
	if rows.N < b.N {
		all = j.seen(b, 0, b.N, false)
	}
	return j.ask(t, rows, all)
}

func (j judged) ask(t *testing.T, rows, all *core.Batch) answer {
	t.Helper()
	bar := &core.Batch{N: rows.N}
	for _, c := range j.Spec().Bars {
		c.Make(bar, c.Info().Length(rows.N, j.sizes))
		copy(reals(c, bar), nans(len(reals(c, bar))))
	}
	defer func() {
		if p := recover(); p != nil {
			t.Fatalf("panic about %d rows of %d, which all have no column as long as a configuration: %v", rows.N, all.N, p)
		}
	}()
	numbers, err := j.Cotangents(bar, rows, all, j.options.Beta)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := len(numbers), len(j.Spec().Numbers); got != want {
		t.Fatalf("it returned %d numbers, and its spec has %d", got, want)
	}
	for _, c := range j.Spec().Bars {
		if got, want := c.Len(bar), c.Info().Length(rows.N, j.sizes); got != want {
			t.Fatalf("it gave %d cotangents of %s, want %d", got, c.Info().Name, want)
		}
	}
	return answer{bar, slices.Clone(numbers)}
}

// reals are what b has of a real or complex column, in place.
func reals(c core.Column, b *core.Batch) []float64 {
	if q, ok := c.(*core.Quantity[complex128]); ok {
		return wire.Floats(q.Of(b))
	}
	return c.(*core.Quantity[float64]).Of(b)
}

// equal compares answers bit for bit, the first's rows with those of the second from a
// row on.
func (j judged) equal(t *testing.T, what string, got, want answer, from int) {
	t.Helper()
	same(t, what+": numbers", got.numbers, want.numbers)
	for _, c := range j.Spec().Bars {
		w := &core.Batch{}
		c.Window(w, want.bar, from, from+got.bar.N)
		same(t, fmt.Sprintf("%s: cotangents of %s", what, c.Info().Name), reals(c, got.bar), reals(c, w))
	}
}

func (j judged) spec(t *testing.T) {
	s := j.Spec()
	if _, err := wire.NewObjectiveSpec(s).Spec(); err != nil {
		t.Fatal("in its spec,", err)
	}
	j.of(t, j.batch(1, j.options.Size), 0, j.options.Size)
	if again := j.Spec(); !reflect.DeepEqual(again, s) {
		t.Errorf("the spec changed from %+v to %+v", s, again)
	}
}

func (j judged) values(t *testing.T) {
	b := j.batch(2, j.options.Size)
	a := j.of(t, b, 0, b.N)
	for k, v := range a.numbers {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			t.Errorf("%s is %v", j.Spec().Numbers[k].Name, v)
		}
	}
	for _, c := range j.Spec().Bars {
		if k := c.Infinite(a.bar); k >= 0 {
			t.Errorf("cotangent %d of %s is %s", k, c.Info().Name, c.Say(a.bar, k))
		}
	}
	j.equal(t, "asked again", j.of(t, b, 0, b.N), a, 0)
}

// pieces tests that cotangents do not depend on how a batch is cut.
func (j judged) pieces(t *testing.T) {
	n := j.options.Size
	b := j.batch(3, n)
	whole := j.of(t, b, 0, n)
	cuts := []int{0, 1, n / 3, n - 1, n}
	for k, to := range cuts[1:] {
		from := cuts[k]
		j.equal(t, fmt.Sprintf("rows %d to %d of %d", from, to-1, n), j.of(t, b, from, to), whole, from)
	}
	j.of(t, j.batch(4, 2*n), 0, 2*n)
	j.equal(t, "after a larger batch", j.of(t, b, 0, n), whole, 0)
}

// slices tests that the caller's arrays are left alone, and not kept.
func (j judged) slices(t *testing.T) {
	n := j.options.Size
	b, mine := j.batch(5, n), j.batch(5, n)
	a := j.of(t, mine, 0, n)
	kept := answer{&core.Batch{N: n}, slices.Clone(a.numbers)}
	for _, c := range j.Spec().Bars {
		c.Make(kept.bar, c.Len(a.bar))
		c.Copy(kept.bar, a.bar, c)
	}
	for _, c := range j.Spec().Wants {
		if q, ok := c.(*core.Quantity[int32]); ok {
			if !slices.Equal(q.Of(mine), q.Of(b)) {
				t.Errorf("%s was changed", q.Name)
			}
			continue
		}
		same(t, c.Info().Name+" after Cotangents", reals(c, mine), reals(c, b))
		copy(reals(c, mine), nans(len(reals(c, mine))))
	}
	j.equal(t, "after the first batch was overwritten", j.of(t, b, 0, n), kept, 0)
	j.of(t, j.batch(6, n), 0, n)
	j.equal(t, "cotangents returned earlier", a, kept, 0)
}

// memory tests that nothing is allocated in a step. What the wire allocates is its own
// business.
func (j judged) memory(t *testing.T) {
	if _, viewed := j.Objective.(*core.ObjectiveView); viewed {
		return
	}
	b := j.batch(7, j.options.Size)
	rows := j.seen(b, 0, b.N, true)
	bar := j.ask(t, rows, rows).bar
	if n := testing.AllocsPerRun(10, func() {
		if _, err := j.Cotangents(bar, rows, rows, j.options.Beta); err != nil {
			t.Error(err)
		}
	}); n > 0 {
		t.Errorf("a call makes %v allocations", n)
	}
}

// derivative compares cotangents with central differences of the first number.
func (j judged) derivative(t *testing.T) {
	for _, c := range j.options.Derivative {
		n := j.options.Size
		slope := slices.Clone(reals(c, j.of(t, j.batch(8, n), 0, n).bar))
		differences{tolerance: j.options.Tolerance, step: j.options.Step, directions: 24}.check(t, "cotangent of "+c.Info().Name, 1, slope,
			func(direction []float64, step float64) []float64 {
				b := j.batch(8, n)
				v := moved(reals(c, b), direction, step)
				if c == core.Column(core.X) {
					v = nil
					for i, d := 0, j.space.Size(); i < len(direction); i += d {
						v = append(v, movedIn(j.space, b.X[i:i+d], direction[i:i+d], step)...)
					}
				}
				copy(reals(c, b), v)
				if j.options.Complete != nil {
					j.options.Complete(b)
				}
				return j.of(t, b, 0, n).numbers[:1]
			})
	}
}
