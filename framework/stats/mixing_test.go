package stats

import (
	"math"
	"slices"
	"testing"
)

func chainsOf(x []float64, m int) *Chains {
	var s Chains
	s.Add(x, m)
	return &s
}

// The columns are short enough for all lags: no means of two draws replace draws.
func TestMixingIsThatOfArviZ(t *testing.T) {
	for _, r := range references(t, "chains") {
		s := chainsOf(r.column(t), r.Chains)
		got := s.Mixing()
		if want := r.is(t, "rhat"); !near(got.RHat, want, 1e-9) {
			t.Errorf("%+v: R-hat %v", r, got.RHat)
		}
		if want := r.is(t, "split"); !near(s.RHat(), want, 1e-9) {
			t.Errorf("%+v: R-hat without ranks %v", r, s.RHat())
		}
		if want := r.is(t, "bulk"); !near(got.Bulk, want, 1e-9) {
			t.Errorf("%+v: bulk %v", r, got.Bulk)
		}
		if want := r.is(t, "tail"); !near(got.Tail, want, 1e-9) {
			t.Errorf("%+v: tail %v", r, got.Tail)
		}
	}
}

// The bulk of draws that are normal has tau = (1 + a)/(1 - a), also where sums are long; no chain
// can be worth more than its draws times log10 of them.
func TestEffectiveDrawsOfLongChains(t *testing.T) {
	for seed, a := range []float64{0, 0.6, 0.95, 0.99} {
		r := reference{Kind: "autoregressive", Seed: uint64(900 + seed), Chains: 8, Draws: 20000, A: a}
		got, want := chainsOf(r.column(t), r.Chains).Mixing(), 160000*(1-a)/(1+a)
		// The errors of tau are some 2 to 10 % (Wolff 2004, eq. 42, at windows of 6 tau).
		if !near(got.Bulk, want, 0.03+0.1*math.Sqrt((1+a)/(1-a)/200)) {
			t.Errorf("a = %v: worth %v draws, want %v", a, got.Bulk, want)
		}
		if got.RHat > 1.01 || got.RHat < 0.99 {
			t.Errorf("a = %v: R-hat %v", a, got.RHat)
		}
	}
	r := reference{Kind: "autoregressive", Seed: 910, Chains: 4, Draws: 1000, A: -0.9}
	if got := chainsOf(r.column(t), 4).Mixing(); !near(got.Bulk, 4000*math.Log10(4000), 1e-12) {
		t.Errorf("anticorrelated draws are worth %v", got.Bulk)
	}
}

// Ranks make of any growing function of x the same numbers, and see what values do not: chains of one
// mean and two widths, and chains at two places so wide that no variance exists.
func TestMixingGoesByRanks(t *testing.T) {
	r := reference{Kind: "stuck", Seed: 920, Chains: 4, Draws: 300, A: 0.5}
	s := chainsOf(r.column(t), r.Chains)
	got, grown := s.Mixing(), s.Map(func(x float64) float64 { return math.Exp(3 * x) }).Mixing()
	if got.Bulk != grown.Bulk || got.RHat < 1.5 || grown.RHat < 1.5 {
		t.Errorf("%+v of x, %+v of exp(3x)", got, grown)
	}
	r = reference{Kind: "wide", Seed: 921, Chains: 4, Draws: 300, A: 0}
	s = chainsOf(r.column(t), r.Chains)
	if ranks := s.Mixing().RHat; s.RHat() > 1.02 || ranks < 1.1 {
		t.Errorf("chains of two widths: R-hat %v of values, %v of ranks", s.RHat(), ranks)
	}
	r = reference{Kind: "cauchy", Seed: 922, Chains: 4, Draws: 1000}
	x := r.column(t)
	for i := range x {
		x[i] += 3 * float64(i%4%2)
	}
	s = chainsOf(x, 4)
	if ranks := s.Mixing().RHat; s.RHat() > 1.02 || ranks < 1.1 {
		t.Errorf("wide chains at two places: R-hat %v of values, %v of ranks", s.RHat(), ranks)
	}
}

func TestMixingOfFewOrEqualValues(t *testing.T) {
	if got := new(Chains).Mixing(); !math.IsNaN(got.RHat) || !math.IsNaN(got.Bulk) || !math.IsNaN(got.Tail) {
		t.Errorf("nothing: %+v", got)
	}
	if got := chainsOf(normals(1, 12, 0, 1), 4).Mixing(); !math.IsNaN(got.RHat) {
		t.Errorf("three draws of each: %+v", got)
	}
	if got := chainsOf(slices.Repeat([]float64{2}, 40), 4).Mixing(); got != (Mixing{1, 1, 40, 40}) {
		t.Errorf("equal values: %+v", got)
	}
	x := normals(1, 40, 0, 1)
	x[3] = math.NaN()
	if got := chainsOf(x, 4).Mixing(); !math.IsNaN(got.RHat) || !math.IsNaN(got.Bulk) {
		t.Errorf("a NaN: %+v", got)
	}
	// Two chains that do not move, each elsewhere: nothing varies within.
	frozen := chainsOf(slices.Repeat([]float64{0, 1}, 300), 2).Mixing()
	if !math.IsInf(frozen.RHat, 1) || frozen.Bulk > 8 {
		t.Errorf("frozen chains: %+v", frozen)
	}
	// An energy may be infinite where x is forbidden: ranks do not mind.
	x[3] = math.Inf(1)
	if got := chainsOf(x, 4).Mixing(); math.IsNaN(got.RHat) || math.IsNaN(got.Bulk) {
		t.Errorf("an infinite value: %+v", got)
	}
}
