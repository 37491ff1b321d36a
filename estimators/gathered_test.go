package estimators

import (
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// batches are draws of the density of the chain, as of a model or of Markov
// chains (which these, drawn independently, are as well).
func batches(chains, draws, n int, seed uint64) []*core.Batch {
	p, r := tilted(), rand.New(rand.NewPCG(seed, 0))
	all := make([]*core.Batch, draws)
	for i := range all {
		b := &core.Batch{}
		p.draw(b, r, n)
		b.Chains = chains
		b.Accept = make([]float64, n)
		for k := range b.Accept {
			b.Accept[k] = r.Float64()
		}
		all[i] = b
	}
	return all
}

func addAll(t *testing.T, e core.Estimator, all []*core.Batch) {
	t.Helper()
	for _, b := range all {
		if err := e.Add(b); err != nil {
			t.Fatal(err)
		}
	}
}

func reportOf(t *testing.T, e core.Estimator) core.Estimate {
	t.Helper()
	r, err := e.Report()
	if err != nil {
		t.Fatal(err)
	}
	return r[0]
}

// same compares estimates, NaN equal to NaN.
func same(a, b core.Estimate) bool {
	bits := func(x []float64) (all []uint64) {
		for _, v := range x {
			all = append(all, math.Float64bits(v))
		}
		return all
	}
	return a.N == b.N && a.Tau == b.Tau && a.RHat == b.RHat && reflect.DeepEqual(a.Cautions, b.Cautions) &&
		reflect.DeepEqual(bits(a.Value), bits(b.Value)) && reflect.DeepEqual(bits(a.Stderr), bits(b.Stderr))
}

// An estimator that is restored in the middle goes on bit for bit, and its
// state is a copy. Two that are merged know what one knows that saw all: the
// same up to rounding where draws are independent.
func TestStateOfEstimators(t *testing.T) {
	for _, world := range []struct {
		name   string
		chains int
		n      int
	}{{"independent draws", 0, 170}, {"few chains", 5, 170}, {"many chains", 34, 170}} {
		for name := range open(t, setting(1)) {
			build := func() core.Estimator { return open(t, setting(1))[name] }
			all := batches(world.chains, 9, world.n, 3)
			whole, first := build(), build()
			addAll(t, whole, all)
			addAll(t, first, all[:4])
			state := first.State()
			addAll(t, first, all[4:5]) // the state does not see it
			second := build()
			addAll(t, second, all[:1])
			if err := second.Restore(state); err != nil {
				t.Fatal(err)
			}
			addAll(t, second, all[4:])
			if got, want := reportOf(t, second), reportOf(t, whole); !same(got, want) {
				t.Errorf("%s, %s: restored %+v, uninterrupted %+v", world.name, name, got, want)
			}
			if whole.Spec().Source == core.OfModel && world.chains > 0 {
				continue // ln w of chains is not independent draws
			}
			other := build()
			addAll(t, other, batches(world.chains, 9, world.n, 4))
			alone := reportOf(t, whole)
			if err := whole.Merge(other.State()); err != nil {
				t.Fatal(err)
			}
			both, o := reportOf(t, whole), reportOf(t, other)
			if both.N != alone.N+o.N {
				t.Errorf("%s, %s: %d configurations after merging %d and %d", world.name, name, both.N, alone.N, o.N)
			}
			// The mean of two estimates, by far nearer than an error bar of what
			// is linear, and within two of what is not.
			if mid := (alone.Value[0] + o.Value[0]) / 2; math.Abs(both.Value[0]-mid) > 2*alone.Stderr[0] {
				t.Errorf("%s, %s: merged %v, of %v and %v +- %v", world.name, name, both.Value[0], alone.Value[0], o.Value[0], o.Stderr[0])
			}
			// Errors shrink by sqrt 2; an error from 32 blocks is known to 12 %, from
			// five chains by far less, from each of two numbers.
			if ratio := both.Stderr[0] / math.Hypot(alone.Stderr[0], o.Stderr[0]) * 2; alone.Stderr[0] > 0 && world.chains != 5 && !(ratio > 0.6 && ratio < 1.6) {
				t.Errorf("%s, %s: merged error %v, of %v and %v", world.name, name, both.Stderr[0], alone.Stderr[0], o.Stderr[0])
			}
		}
	}
}

func TestStateThatDoesNotFit(t *testing.T) {
	all := open(t, setting(1))
	for name, e := range all {
		for _, c := range []struct {
			state core.EstimatorState
			want  string
		}{
			{core.EstimatorState{"sum": {1}}, "a state of [sum] where the estimator has"},
			{nil, "a state of [] where the estimator has"},
		} {
			if err := e.Restore(c.state); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%s: %v, want %q", name, err, c.want)
			}
		}
	}
	if err := all["energy"].Restore(core.EstimatorState{"moments": {1, 2}, "chains": {0}, "largest": {0}, "tails": {0, 0}, "weighed": {}}); err == nil || err.Error() != "moments: 2 numbers are not the state of moments" {
		t.Errorf("got %v", err)
	}
}
