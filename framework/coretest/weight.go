package coretest

import (
	"math"
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

func (s *subject) logWeight(t *testing.T, x []float64) []float64 {
	t.Helper()
	w := nans(len(x) / s.d)
	if err := s.Model.(core.Weigher).LogWeight(w, x); err != nil {
		t.Fatal(err)
	}
	return w
}

// normalised skips what is tested of ln p where the model has none.
func (s *subject) normalised(t *testing.T) {
	t.Helper()
	if s.has(core.PowerWeight) {
		t.Skip("the model knows its density up to a constant")
	}
}

// modelWeight tests LogWeight in batches, and WeightPull against central differences
// of sum_i bar_i w(x_i).
func modelWeight(t *testing.T, s *subject) {
	s.need(t, core.PowerWeight)
	const n = 12
	x, bar := configurations(s.space, s.o.Draw, 81, n), weights(n, 81)
	myX, myBar, grad := slices.Clone(x), slices.Clone(bar), nans(len(s.theta))
	w := s.logWeight(t, myX)
	near(t, "LogWeight alone and in a batch", s.logWeight(t, x[s.d:2*s.d]), w[1:2], s.o.Tolerance)
	if err := s.Model.(core.Weigher).WeightPull(grad, &core.Batch{N: n, X: myX}, myBar); err != nil {
		t.Fatal(err)
	}
	same(t, "x after LogWeight and WeightPull", myX, x)
	same(t, "bar after WeightPull", myBar, bar)
	s.differences().check(t, "WeightPull", 1, grad, func(direction []float64, step float64) []float64 {
		s.load(t, moved(s.theta, direction, step))
		return []float64{dot(bar, s.logWeight(t, x))}
	})
}

// modelWeightFrequencies compares where the chains are after many draws with
// exp(w)/Z, by enumeration. Chains are independent of each other.
func modelWeightFrequencies(t *testing.T, s *subject) {
	s.need(t, core.PowerWeight)
	const chains, burn = 4000, 100
	if s.space.Kind != core.Spins || s.d > 20 || 1<<s.d > s.o.MaxStates {
		t.Skipf("the states of %v are not enumerated", s.space)
	}
	all := make([]float64, 0, s.d<<s.d)
	for code := range 1 << s.d {
		for j := range s.d {
			all = append(all, float64(1-2*(code>>j&1)))
		}
	}
	w := s.logWeight(t, all)
	logZ := logSumExp(w)
	b := s.sample(t, 82, chains)
	for k := range burn {
		b = s.next(t, uint64(83+k), chains)
	}
	counts := make([]float64, 1<<s.d)
	for i := range chains {
		code := 0
		for j, v := range b.X[i*s.d : (i+1)*s.d] {
			if v < 0 {
				code |= 1 << j
			}
		}
		counts[code]++
	}
	var f frequencies
	rare, expected := 0.0, 0.0
	for code, count := range counts {
		if of := chains * math.Exp(w[code]-logZ); of >= 5 {
			f.add(count, of)
		} else {
			rare, expected = rare+count, expected+of
		}
	}
	f.rest(rare, expected)
	f.check(t, chains)
}
