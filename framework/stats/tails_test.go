package stats

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// heavy are n values whose upper tail has k = 0.6, and the lower one k = 0.3.
func heavy(seed uint64, n int) []float64 {
	r, x := rand.New(rand.NewPCG(seed, 5)), make([]float64, n)
	for i := range x {
		if x[i] = math.Pow(1-r.Float64(), -0.6); r.IntN(2) == 0 {
			x[i] = -math.Pow(1-r.Float64(), -0.3)
		}
	}
	return x
}

// What is kept gives k-hat of all values, bit for bit, and of all squares: with all values kept,
// with some, and where some are in both tails.
func TestTailsAreThoseOfAllValues(t *testing.T) {
	for _, n := range []int{0, 24, 25, 1000, tailRoom, 2*tailRoom - 1, 2*tailRoom + 1, 100000} {
		x := heavy(uint64(n), n)
		var tails Tails
		for lo := 0; lo < n; lo += 777 {
			tails.Add(x[lo:min(lo+777, n)])
		}
		got, _ := tails.ParetoK()
		if want := ParetoK(x, 1); got != want && !(math.IsNaN(got) && math.IsNaN(want)) {
			t.Errorf("n = %d: k-hat %v, want %v", n, got, want)
		}
		const center = 0.3
		squares := make([]float64, n)
		for i, v := range x {
			squares[i] = (v - center) * (v - center)
		}
		want := math.NaN()
		if top, ok := largest(squares, 1); ok {
			want, _ = paretoAbove(top)
		}
		if got, _ := tails.SquareParetoK(center); got != want && !(math.IsNaN(got) && math.IsNaN(want)) {
			t.Errorf("n = %d: k-hat of squares %v, want %v", n, got, want)
		}
		if tails.N() != int64(n) || len(tails.high.values) > 2*tailRoom || len(tails.low.values) > 2*tailRoom {
			t.Errorf("n = %d: %d values, %d and %d kept", n, tails.N(), len(tails.high.values), len(tails.low.values))
		}
	}
}

// Beyond M = tailRoom - 1 the fit is to the largest ones, which have the same k.
func TestTailsOfVeryManyValues(t *testing.T) {
	const n = 3000000
	var tails Tails
	for seed := range uint64(30) {
		tails.Add(heavy(seed, n/30))
	}
	// The error of k-hat is (1 + k)/sqrt(M) (Zhang and Stephens 2009).
	if k, _ := tails.ParetoK(); math.Abs(k-0.6) > 4*1.6/64 {
		t.Errorf("k-hat %v, want 0.6", k)
	}
}

// State, Restore and Join are exact however the values came.
func TestStateOfTails(t *testing.T) {
	x := heavy(1, 50000)
	var whole, first, second, backward Tails
	whole.Add(x)
	first.Add(x[:20000])
	if err := second.Restore(first.State()); err != nil {
		t.Fatal(err)
	}
	second.Add(x[20000:])
	slices.Reverse(x)
	backward.Add(x[:30000])
	if err := backward.Join(first.State()); err != nil {
		t.Fatal(err)
	}
	for name, other := range map[string]*Tails{"restored": &second, "joined": &backward} {
		k, _ := whole.ParetoK()
		square, _ := whole.SquareParetoK(1)
		gotK, _ := other.ParetoK()
		gotSquare, _ := other.SquareParetoK(1)
		if !slices.Equal(other.State(), whole.State()) || gotK != k || gotSquare != square {
			t.Errorf("%s: %v and %v, want %v and %v", name, gotK, gotSquare, k, square)
		}
	}
	whole.Add([]float64{math.NaN()})
	k, heavyK := whole.ParetoK()
	square, heavySquare := whole.SquareParetoK(0)
	if !math.IsNaN(k) || !math.IsNaN(square) || heavyK || heavySquare {
		t.Error("a NaN has a k-hat")
	}
	for _, bad := range [][]float64{nil, {1, 0}, {1, 2, 0, 0}, {-1, 0}, {1, 0, 2}} {
		if err := new(Tails).Restore(bad); err == nil {
			t.Errorf("%v is taken for tails", bad)
		}
	}
}

// Tails that are no Pareto density have any k-hat: levels with gaps, and values that crowd at an end. None
// of them is heavy in more than 5 % of sets, and a Pareto density of k = 0.76 is in 35 % (k-hat scatters by
// 1.76/sqrt M = 0.13 about the limit of 0.7 at 2500 values) and more.
func TestHeavyTails(t *testing.T) {
	levels := func(r *rand.Rand) float64 {
		return []float64{0, 0.01, 0.013, 0.3, 0.31, 0.8, 0.9}[min(6, int(1.2*r.ExpFloat64()))]
	}
	bands := func(r *rand.Rand) float64 {
		if r.Float64() < 0.97 {
			return 0.001 * r.Float64()
		}
		return 0.3 + 0.3*float64(r.IntN(4)) + 0.01*r.Float64()
	}
	for _, c := range []struct {
		name string
		of   func(r *rand.Rand) float64
		most int // of 100; -1 for at least 35
	}{
		{"levels", levels, 5}, {"bands", bands, 5},
		{"crowded", func(r *rand.Rand) float64 { u := r.Float64(); return -u * u }, 5},
		{"exponential", (*rand.Rand).ExpFloat64, 5},
		{"k = 0.76", func(r *rand.Rand) float64 { return math.Pow(1-r.Float64(), -0.76) }, -1},
	} {
		heavy, heavyWeights, high := 0, 0, 0
		for seed := range uint64(100) {
			r := rand.New(rand.NewPCG(seed, 8))
			x, w := make([]float64, 2500), Weights{}
			for i := range x {
				x[i] = c.of(r)
				w.Add([]float64{math.Log(x[i] + 1)})
			}
			var tails Tails
			tails.Add(x)
			k, bad := tails.ParetoK()
			if k > ParetoThreshold(2500) {
				high++
			}
			if bad {
				heavy++
			}
			if _, weights := w.Heavy(); weights {
				heavyWeights++
			}
		}
		if c.most >= 0 && max(heavy, heavyWeights) > c.most || c.most < 0 && min(heavy, heavyWeights) < 35 {
			t.Errorf("%s: %d of 100 are heavy, %d as weights, %d have a high k-hat", c.name, heavy, heavyWeights, high)
		}
		if (c.name == "levels" || c.name == "bands") && high < 20 {
			t.Errorf("%s: only %d of 100 have a high k-hat, which is nothing to be told from a heavy tail", c.name, high)
		}
	}
}
