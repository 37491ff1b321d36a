package coretest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/internal/wire/host2plugin"
)

// ObserverOptions adapt the suite to an observer; the zero value fits most.
type ObserverOptions struct {
	// Draw fills one configuration on which the observable is finite; default random
	// ones of the space.
	Draw func(r *rand.Rand, x []float64)
	// Tolerance of values computed in two ways, relative; default 1e-10.
	Tolerance float64
	// Large is the size of the large batch; default 1000.
	Large int
}

func (o *ObserverOptions) defaults() {
	usual(&o.Tolerance, 1e-10)
	usual(&o.Large, 1000)
}

// ObserverPart runs the suite on a part's observer with the given settings, of the
// given system: on the bare value, then through the wire.
func ObserverPart(t *testing.T, p core.Part, s core.Settings, of core.System, o ObserverOptions) {
	full := complete(t, p, s)
	inWorlds(t, p, func() (core.Observer, error) { return p.NewObserver(full, of) }, func(l host2plugin.Link) (core.Observer, error) {
		e, spec, err := host2plugin.OpenObserver(l, p.Name, full, of)
		return core.ViewObserver(e, spec), err
	}, func(t *testing.T, open func(t *testing.T) core.Observer) { Observer(t, of.Space, open, o) })
}

// Observer tests that an observer of configurations in a space keeps to the contract
// of core. open returns a new value for each subtest.
func Observer(t *testing.T, space core.Space, open func(t *testing.T) core.Observer, o ObserverOptions) {
	o.defaults()
	for _, c := range observerChecks {
		t.Run(c.name, func(t *testing.T) {
			defer c.judge(t)
			c.test(watched{open(t), space, o}, t)
		})
	}
}

var observerChecks = []check[func(watched, *testing.T)]{
	{"spec", "it describes itself, always alike: names, units, axes", watched.spec},
	{"values", "its numbers are finite, all written, and the same each time it is asked", watched.values},
	{"edges", "its numbers are finite also where all sites are alike", watched.edges},
	{"batches", "the numbers of a configuration do not depend on those beside it in the batch: means are the host's business", watched.batches},
	{"slices", "arrays of the caller are neither changed nor kept", watched.slices},
}

// watched is an observer with what it looks at.
type watched struct {
	core.Observer
	space   core.Space
	options ObserverOptions
}

// batch is one of n random configurations, with numbers in the places of E and ln p.
func (w watched) batch(seed uint64, n int) *core.Batch {
	r := rand.New(rand.NewPCG(seed, 1))
	b := &core.Batch{N: n, X: configurations(w.space, w.options.Draw, seed, n), E: make([]float64, n)}
	for i := range b.E {
		b.E[i] = r.NormFloat64()
	}
	if w.Observer.Spec().Source == core.OfModel {
		b.LogP = make([]float64, n)
		for i := range b.LogP {
			b.LogP[i] = -r.ExpFloat64()
		}
	}
	return b
}

// of is what it says of a batch.
func (w watched) of(t *testing.T, b *core.Batch) []float64 {
	t.Helper()
	dst := nans(b.N * w.Observer.Spec().Size())
	if err := w.Observe(dst, b); err != nil {
		t.Fatal(err)
	}
	return dst
}

func (w watched) spec(t *testing.T) {
	s := w.Observer.Spec()
	if err := s.Check(); err != nil {
		t.Error("in its spec,", err)
	}
	w.of(t, w.batch(1, 3))
	if again := w.Observer.Spec(); !reflect.DeepEqual(again, s) {
		t.Errorf("the spec changed from %+v to %+v", s, again)
	}
}

func (w watched) values(t *testing.T) {
	b := w.batch(2, 64)
	values := w.of(t, b)
	for k, v := range values {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			size := w.Observer.Spec().Size()
			t.Errorf("number %d of configuration %d is %v", k%size, k/size, v)
		}
	}
	same(t, "numbers observed again", w.of(t, b), values)
}

// batches tests that a configuration's numbers depend on it alone.
func (w watched) batches(t *testing.T) {
	w.of(t, w.batch(3, 0))
	size, d := w.Observer.Spec().Size(), w.space.Size()
	b := w.batch(3, w.options.Large)
	all := w.of(t, b)
	for _, i := range []int{0, 1, b.N / 2, b.N - 1} {
		one := &core.Batch{N: 1, X: b.X[i*d : (i+1)*d], E: b.E[i : i+1]}
		if len(b.LogP) > 0 {
			one.LogP = b.LogP[i : i+1]
		}
		near(t, fmt.Sprintf("configuration %d alone and in a batch", i), w.of(t, one), all[i*size:(i+1)*size], w.options.Tolerance)
	}
}

// slices tests that the caller's arrays are left alone, and not kept.
func (w watched) slices(t *testing.T) {
	b, mine := w.batch(4, 20), w.batch(4, 20)
	values := w.of(t, mine)
	for _, a := range []struct {
		what      string
		got, want []float64
	}{{"x", mine.X, b.X}, {"E", mine.E, b.E}, {"ln p", mine.LogP, b.LogP}} {
		same(t, a.what+" after Observe", a.got, a.want)
		copy(a.got, nans(len(a.got)))
	}
	kept := slices.Clone(values)
	same(t, "numbers after the first batch was overwritten", w.of(t, b), kept)
	same(t, "numbers returned earlier", values, kept)
}
