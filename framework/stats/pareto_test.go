package stats

import (
	"math"
	"slices"
	"testing"
)

func TestParetoKIsThatOfArviZ(t *testing.T) {
	for _, r := range references(t, "weights") {
		if got, want := weightsOf(r.column(t)).ParetoK(), r.is(t, "k"); !near(got, want, 1e-9) {
			t.Errorf("%s(%g), n = %d: k-hat %v of weights, want %v", r.Kind, r.A, r.Draws, got, want)
		}
	}
	for _, r := range references(t, "tails") {
		if got, want := ParetoK(r.column(t), 1), r.is(t, "k"); !near(got, want, 1e-9) {
			t.Errorf("%s(%g), n = %d: k-hat %v, want %v", r.Kind, r.A, r.Draws, got, want)
		}
	}
}

// Weights u^(-k) of even u have a tail of exactly the shape k. 300 of 10^4 values tell it to
// about (1 + k)/sqrt(300), and shrinking takes (k - 1/2)/31 away.
func TestParetoKFindsTheShape(t *testing.T) {
	const n, replicas = 10000, 40
	for _, k := range []float64{0.2, 0.5, 0.7, 1, 1.5} {
		var m, left Moments
		for seed := range uint64(replicas) {
			lnw, x := make([]float64, n), make([]float64, n)
			for i := range lnw {
				lnw[i] = -k * math.Log(uniformAt(1000+seed, i))
				x[i] = -math.Exp(lnw[i])
			}
			m.Add([]float64{weightsOf(lnw).ParetoK()})
			left.Add([]float64{ParetoK(x, 1)}) // the lower tail of -w
		}
		want := k - (k-0.5)/31
		if math.Abs(m.Mean()-want) > 4*m.Stderr()+0.01 || !near(m.Mean(), left.Mean(), 1e-9) {
			t.Errorf("shape %v: k-hat %v +- %v, want %v; mirrored %v", k, m.Mean(), m.Stderr(), want, left.Mean())
		}
		if spread := (1 + k) / math.Sqrt(300); m.Spread() > 1.5*spread || m.Spread() < 0.6*spread {
			t.Errorf("shape %v: k-hat scatters by %v, want %v", k, m.Spread(), spread)
		}
	}
}

func TestParetoKWhereThereIsNoTail(t *testing.T) {
	equal := slices.Repeat([]float64{-7}, 1000)
	if k := weightsOf(equal).ParetoK(); !math.IsInf(k, -1) {
		t.Errorf("equal weights: %v", k)
	}
	if k := ParetoK(equal, 1); !math.IsInf(k, -1) {
		t.Errorf("equal values: %v", k)
	}
	if k := weightsOf(slices.Repeat([]float64{math.Inf(-1)}, 100)).ParetoK(); !math.IsNaN(k) {
		t.Errorf("weights that are 0: %v", k)
	}
	few := slices.Clone(equal)
	for i := range 4 {
		few[100*i] = 3
	}
	if k := weightsOf(few).ParetoK(); !math.IsInf(k, 1) {
		t.Errorf("four heavy weights of 1000: %v", k)
	}
	// Four of 1000 that are rare and no more than 1 % heavier than weights that vary as much.
	states := slices.Clone(equal)
	for i := range states {
		states[i] += []float64{0, 0.005}[i%2]
	}
	for i := range 4 {
		states[100*i] = -6.99
	}
	if k := weightsOf(states).ParetoK(); !math.IsNaN(k) {
		t.Errorf("four weights of 1000 of states: %v", k)
	}
	if k := ParetoK(few, 1); !math.IsNaN(k) {
		t.Errorf("four larger values of 1000: %v", k)
	}
	known := slices.Clone(few) // beside a lower tail that is even between -8 and -7
	for i := range 300 {
		known[3*i+1] -= uniformAt(6, i)
	}
	if k := ParetoK(known, 1); !(k < 0 && k > -2) { // that of even values is -1
		t.Errorf("four larger values beside a lower tail: %v", k)
	}
	if k := weightsOf(few[:20]).ParetoK(); !math.IsNaN(k) {
		t.Errorf("20 weights: %v", k)
	}
	if k := ParetoK(few[:20], 1); !math.IsNaN(k) {
		t.Errorf("20 values: %v", k)
	}
	if k := ParetoK(append(normals(1, 100, 0, 1), math.Inf(1)), 1); !math.IsNaN(k) {
		t.Errorf("an infinite value: %v", k)
	}
	few[7] = math.NaN()
	if k, v := weightsOf(few).ParetoK(), ParetoK(few, 1); !math.IsNaN(k) || !math.IsNaN(v) {
		t.Errorf("a value that is NaN: %v of weights, %v", k, v)
	}
	if k := new(Weights).ParetoK(); !math.IsNaN(k) {
		t.Errorf("nothing: %v", k)
	}
	forbidden := normals(3, 1000, 0, 1)
	want := weightsOf(forbidden).ParetoK()
	if k := weightsOf(slices.Concat(forbidden, []float64{math.Inf(-1)})).ParetoK(); !near(k, want, 0.1) {
		t.Errorf("one weight of 0 beside 1000: %v, without it %v", k, want)
	}
}

// A longer correlation takes more of the tail: 3 sqrt(100 * 4) = 60 of 10^2 values are more than a
// fifth, and 3 sqrt(10^4 * 4) = 600 of 10^4 are not.
func TestParetoKOfCorrelatedValues(t *testing.T) {
	x := normals(4, 10000, 0, 1)
	top, _ := largest(slices.Clone(x), 4)
	few, _ := largest(slices.Clone(x[:100]), 4)
	if len(top) != 601 || len(few) != 21 {
		t.Errorf("%d and %d values, want 601 and 21", len(top), len(few))
	}
}

func TestParetoThreshold(t *testing.T) {
	for n, want := range map[int64]float64{10: 0, 100: 0.5, 1000: 1 - 1./3, 1e6: 0.7} {
		if got := ParetoThreshold(n); math.Abs(got-want) > 1e-15 {
			t.Errorf("n = %d: %v, want %v", n, got, want)
		}
	}
}

// Selecting is sorting, also with many equal values.
func TestSortFrom(t *testing.T) {
	for _, n := range []int{1, 5, 33, 100, 1001} {
		for _, levels := range []float64{1, 3, 1e9} {
			x := make([]float64, n)
			for i := range x {
				x[i] = math.Floor(levels * uniformAt(5, i))
			}
			want := slices.Sorted(slices.Values(x))
			for _, k := range []int{0, n / 3, n - 1} {
				y := slices.Clone(x)
				if sortFrom(y, k); !slices.Equal(y[k:], want[k:]) {
					t.Errorf("n = %d, %g levels, from %d on: not the largest", n, levels, k)
				}
			}
		}
	}
}
