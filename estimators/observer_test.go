package estimators

import (
	"errors"
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// observer is magnetization, the square of it, and every spin, as a stranger would
// write them.
type observer struct{ fault error }

func (*observer) Spec() core.ObserverSpec {
	site := core.Axis{Name: "site", Units: "1"}
	for i := range sites {
		site.Values = append(site.Values, float64(i))
	}
	return core.ObserverSpec{Observables: []core.Observed{
		{Name: "magnetization", Long: "magnetization per site", Units: "1"},
		{Name: "spins", Long: "each spin", Units: "1", Axes: []core.Axis{site}},
		{Name: "energy", Long: "energy", Units: "J", Extensive: true},
	}}
}

func (o *observer) Observe(dst []float64, b *core.Batch) error {
	for i := range b.N {
		x := b.X[i*sites : (i+1)*sites]
		one := dst[i*(sites+2) : (i+1)*(sites+2)]
		one[0] = perSite(x)
		copy(one[1:], x)
		one[1+sites] = b.E[i]
	}
	return o.fault
}

func observe(t *testing.T, o core.Observer, s core.Setting) core.Estimator {
	t.Helper()
	e, err := Observe(core.Manifest{Kind: core.KindEstimator, Name: "mine"}, o, s)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// drawn are some of independent draws, or of chains that remember.
func drawn(chains int) (all []*core.Batch) {
	p := tilted()
	r := rand.New(rand.NewPCG(21, 0))
	for range 6 {
		b := &core.Batch{}
		p.draw(b, r, 200)
		b.Chains = chains
		for i := chains; chains > 0 && i < b.N; i++ {
			if r.Float64() < 0.5 { // the chain stays
				copy(b.X[i*sites:(i+1)*sites], b.X[(i-chains)*sites:])
				b.E[i] = b.E[i-chains]
			}
		}
		all = append(all, b)
	}
	return all
}

// An observer's values, errors, autocorrelation times and cautions have the bits of
// the same observables that stand here.
func TestObserverIsAsCompiledIn(t *testing.T) {
	for _, chains := range []int{0, 40} {
		s := setting(beta)
		s.Chains = chains > 0
		mine := observe(t, &observer{}, s)
		ours := map[string]core.Estimator{}
		for _, name := range []string{"magnetization", "energy"} {
			e, err := build(name, nil, s)
			if err != nil {
				t.Fatal(err)
			}
			ours[name] = e
		}
		for _, b := range drawn(chains) {
			add(t, ours, b)
			if err := mine.Add(b); err != nil {
				t.Fatal(err)
			}
		}
		got, err := mine.Report()
		if err != nil || len(got) != 3 {
			t.Fatalf("%+v, error %v", got, err)
		}
		want := reports(t, ours)
		for _, k := range []int{0, 2} {
			w := want[got[k].Name]
			w.Long = got[k].Long
			if !reflect.DeepEqual(got[k], w) {
				t.Errorf("%d chains: %+v, compiled in %+v", chains, got[k], w)
			}
		}
		if m := got[0]; m.Stderr[0] == 0 || (m.Tau > 1.5) != (chains > 0) || (m.RHat > 0) != (chains > 0) {
			t.Errorf("%d chains: %+v", chains, m)
		}
		// The mean of the spins is the magnetization, and the array knows of chains.
		sum := 0.0
		for _, v := range got[1].Value {
			sum += v / sites
		}
		if math.Abs(sum-got[0].Value[0]) > 1e-12 { // rounding of 1200 additions
			t.Errorf("the spins add up to %v, magnetization %v", sum, got[0].Value[0])
		}
		if len(got[1].Stderr) != sites || (got[1].RHat > 0) != (chains > 0) {
			t.Errorf("%+v", got[1])
		}
	}
}

// Cut at any batch, the sums go on bit for bit; those of two halves add up.
func TestObserverGoesOn(t *testing.T) {
	s := setting(beta)
	whole, first := observe(t, &observer{}, s), observe(t, &observer{}, s)
	for k, b := range drawn(0) {
		if err := errors.Join(whole.Add(b), first.Add(b)); err != nil {
			t.Fatal(err)
		}
		next := observe(t, &observer{}, s)
		if err := next.Restore(first.State()); err != nil {
			t.Fatal(err)
		}
		first = next
		got, _ := first.Report()
		want, _ := whole.Report()
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("after batch %d: %+v, uninterrupted %+v", k, got, want)
		}
	}
	if err := whole.Merge(first.State()); err != nil {
		t.Fatal(err)
	}
	if r, _ := whole.Report(); r[0].N != 2*6*200 || r[1].N != 2*6*200 {
		t.Errorf("%d and %d configurations", r[0].N, r[1].N)
	}
	if err := whole.Restore(core.EstimatorState{"0.moments": {1}}); err == nil {
		t.Error("a state of something else is taken")
	}
}

func TestObserverFails(t *testing.T) {
	b := drawn(0)[0]
	e := observe(t, &observer{fault: errors.New("table not read")}, setting(beta))
	if err := e.Add(b); core.KindOf(err) != core.Plugin || !strings.Contains(err.Error(), "estimator mine: table not read") {
		t.Error(err)
	}
	if r, _ := e.Report(); r[0].N != 0 {
		t.Error("a batch that failed is counted")
	}
	if _, err := Observe(core.Manifest{Name: "mine"}, nameless{&observer{}}, setting(beta)); core.KindOf(err) != core.Plugin || !strings.Contains(err.Error(), "mine: in its spec, it has no observable") {
		t.Error(err)
	}
}

type nameless struct{ *observer }

func (nameless) Spec() core.ObserverSpec { return core.ObserverSpec{} }
