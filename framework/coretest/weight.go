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
	if core.LacksLogP(s.Spec().Powers) {
		t.Skip("the model does not know its ln p")
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

// modelLogZ compares ln Z with the sum of exp(w) over all states, or an estimate of it
// within five of its standard errors, and asks twice.
func modelLogZ(t *testing.T, s *subject) {
	s.need(t, core.PowerLogZ)
	ask := func() (value, stderr float64) {
		t.Helper()
		value, stderr, err := s.Model.(core.Normaliser).LogZ()
		if err != nil {
			t.Fatal(err)
		}
		return value, stderr
	}
	value, stderr := ask()
	again, other := ask()
	same(t, "ln Z and its standard error, again", []float64{again, other}, []float64{value, stderr})
	want, tolerance := 0.0, s.o.Tolerance
	if s.space.Values() == nil {
		x, cell := s.grid(t)
		tolerance = s.o.Quadrature.Tolerance
		want = logSumExp(s.logWeight(t, x)) + math.Log(cell)
	} else {
		want = logSumExp(s.logWeight(t, s.states(t)))
	}
	if off := math.Abs(value - want); !(off <= 5*stderr+tolerance*(1+math.Abs(want))) {
		t.Errorf("ln Z = %v +- %v, the sum of exp(w) gives %v", value, stderr, want)
	}
}

// modelWeightFrequencies compares where the chains are after many draws with
// exp(w)/Z, by enumeration. Chains are independent of each other.
func modelWeightFrequencies(t *testing.T, s *subject) {
	s.need(t, core.PowerWeight)
	const chains, burn = 4000, 100
	w, values := s.logWeight(t, s.states(t)), s.space.Values()
	logZ := logSumExp(w)
	b := s.sample(t, 82, chains)
	for k := range burn {
		b = s.next(t, uint64(83+k), chains)
	}
	counts := make([]float64, len(w))
	for i := range chains {
		counts[index(values, b.X[i*s.d:(i+1)*s.d])]++
	}
	for code := range w {
		w[code] -= logZ
	}
	againstDensity(t, counts, w, chains)
}
