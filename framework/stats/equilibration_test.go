package stats

import (
	"math"
	"slices"
	"testing"
)

// The sums of autocovariances of pymbar end elsewhere, at their first negative value: the starts are
// the same within a tenth of a chain, the numbers of draws within a quarter.
func TestEquilibrationIsThatOfPymbar(t *testing.T) {
	for _, r := range references(t, "equilibration") {
		got := chainsOf(r.column(t), 1).Equilibration()
		start, effective := r.is(t, "start"), r.is(t, "effective")
		if math.Abs(float64(got.Start)-start) > 0.1*float64(r.Draws) || !near(got.Effective, effective, 0.25) {
			t.Errorf("%+v: %+v", r, got)
		}
	}
}

// x = exp(-t/c) 10 + noise of variance 1 and tau 9: the start has ended where 10 exp(-t/c) is no more than
// the noise of m chains, exp(t/c) = 10 sqrt(m) within a factor of 2, and the mean of what is left is off by less than three errors. Of long chains,
// and of many.
func TestEquilibrationFindsTheStart(t *testing.T) {
	for _, r := range []reference{
		{Seed: 1, Chains: 1, Draws: 2000, A: 50}, {Seed: 2, Chains: 4, Draws: 999, A: 30}, {Seed: 3, Chains: 100, Draws: 200, A: 10},
		{Seed: 4, Chains: 2, Draws: 30000, A: 500},
	} {
		r.Kind = "start"
		x := r.column(t)
		got := chainsOf(x, r.Chains).Equilibration()
		if start := float64(got.Start); start < r.A*math.Log(5*math.Sqrt(float64(r.Chains))) || start > 12*r.A || start > 0.6*float64(r.Draws) {
			t.Errorf("%+v: %+v", r, got)
		}
		rest := chainsOf(x[got.Start*r.Chains:], r.Chains)
		stderr, tau := rest.Error()
		if math.Abs(rest.Mean()) > 3*stderr || !near(got.Effective, float64(rest.N())/tau, 0.15) {
			t.Errorf("%+v: %+v, and the rest is %v +- %v, worth %v", r, got, rest.Mean(), stderr, float64(rest.N())/tau)
		}
	}
}

// Where nothing is to be thrown away, next to nothing is.
func TestEquilibrationOfChainsThatHaveMixed(t *testing.T) {
	for _, r := range []reference{{Seed: 5, Chains: 1, Draws: 3000, A: 0.8}, {Seed: 6, Chains: 10, Draws: 1000, A: 0}, {Seed: 7, Chains: 50, Draws: 40, A: 0.5}} {
		r.Kind = "autoregressive"
		x := r.column(t)
		got := chainsOf(x, r.Chains).Equilibration()
		want := float64(len(x)) * (1 - r.A) / (1 + r.A)
		if got.Start > r.Draws/4 || !near(got.Effective, want, 0.3) {
			t.Errorf("%+v: %+v, want %v draws", r, got, want)
		}
	}
}

func TestEquilibrationOfFewOrEqualValues(t *testing.T) {
	if got := new(Chains).Equilibration(); got.Start != 0 || !math.IsNaN(got.Effective) {
		t.Errorf("nothing: %+v", got)
	}
	if got := chainsOf(normals(1, 9, 0, 1), 3).Equilibration(); got.Start != 0 || !math.IsNaN(got.Effective) {
		t.Errorf("three draws: %+v", got)
	}
	if got := chainsOf(slices.Repeat([]float64{4}, 60), 3).Equilibration(); got != (Equilibration{0, 3}) {
		t.Errorf("equal values: %+v", got)
	}
}
