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
		if got, want := tails.ParetoK(), ParetoK(x, 1); got != want && !(math.IsNaN(got) && math.IsNaN(want)) {
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
		if got := tails.SquareParetoK(center); got != want && !(math.IsNaN(got) && math.IsNaN(want)) {
			t.Errorf("n = %d: k-hat of squares %v, want %v", n, got, want)
		}
		if tails.N() != int64(n) || len(tails.high) > 2*tailRoom || len(tails.low) > 2*tailRoom {
			t.Errorf("n = %d: %d values, %d and %d kept", n, tails.N(), len(tails.high), len(tails.low))
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
	if k := tails.ParetoK(); math.Abs(k-0.6) > 4*1.6/64 {
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
		if !slices.Equal(other.State(), whole.State()) || other.ParetoK() != whole.ParetoK() || other.SquareParetoK(1) != whole.SquareParetoK(1) {
			t.Errorf("%s: %v and %v, want %v and %v", name, other.ParetoK(), other.SquareParetoK(1), whole.ParetoK(), whole.SquareParetoK(1))
		}
	}
	whole.Add([]float64{math.NaN()})
	if !math.IsNaN(whole.ParetoK()) || !math.IsNaN(whole.SquareParetoK(0)) {
		t.Error("a NaN has a k-hat")
	}
	for _, bad := range [][]float64{nil, {1, 0}, {1, 2, 0, 0}, {-1, 0}, {1, 0, 2}} {
		if err := new(Tails).Restore(bad); err == nil {
			t.Errorf("%v is taken for tails", bad)
		}
	}
}
