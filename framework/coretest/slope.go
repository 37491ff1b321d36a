package coretest

import (
	"math"
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

func (s *subject) slope(t *testing.T, x []float64) (slope, logP []float64) {
	t.Helper()
	slope, logP = nans(len(x)), nans(len(x)/s.d)
	if err := s.Model.(core.ModelSloper).Slope(slope, logP, x); err != nil {
		t.Fatal(err)
	}
	return slope, logP
}

// modelSlope compares Slope with LogProb and its central differences.
func modelSlope(t *testing.T, s *subject) {
	s.need(t, core.PowerSlope)
	const n = 4
	x := append(configurations(s.space, s.o.Draw, 71, n), s.sample(t, 72, n).X...)
	myX := slices.Clone(x)
	slope, logP := s.slope(t, myX)
	same(t, "x after Slope", myX, x)
	near(t, "ln p of Slope", logP, s.logProb(t, x), s.o.Tolerance)
	s.differences().check(t, "Slope", 2*n, tangent(s.space, x, slope), func(direction []float64, step float64) []float64 {
		return s.logProb(t, movedIn(s.space, x, direction, step))
	})
	b := s.sample(t, 73, s.o.Large)
	slope, _ = s.slope(t, b.X)
	i := s.o.Large / 2
	alone, _ := s.slope(t, b.X[i*s.d:(i+1)*s.d])
	near(t, "slope alone and in a batch", alone, slope[i*s.d:(i+1)*s.d], s.o.Tolerance)
	s.slope(t, nil)
}

// modelStein tests that samples have the density whose slope is known, by
// Stein's identity E[ div v + v . grad ln p ] = 0 (integrate div(p v) over all
// space), for v_j = sin(x_j + phi_j), up to 5 standard errors.
func modelStein(t *testing.T, s *subject) {
	s.need(t, core.PowerSlope)
	if s.space.Freedom() != s.d {
		t.Skipf("the numbers of %v obey equations", s.space)
	}
	b := s.sample(t, 74, s.o.Samples)
	slope, _ := s.slope(t, b.X)
	for seed := range uint64(3) {
		phase := phases(s.d, seed)
		var m moments
		for i := range b.N {
			sum := 0.0
			for j := range s.d {
				sin, cos := math.Sincos(b.X[i*s.d+j] + phase[j])
				sum += cos + sin*slope[i*s.d+j]
			}
			m.add(sum)
		}
		if mean, stderr := m.mean(); !(math.Abs(mean) <= 5*stderr) {
			t.Errorf("E[div v + v . grad ln p] of samples is %.4g +- %.2g, want 0", mean, stderr)
		}
	}
}

// energySlope compares Slope with Eval and its central differences.
func energySlope(t *testing.T, e core.Energy, o EnergyOptions) {
	energyNeeds(t, e, core.PowerSlope)
	space := e.Spec().Space
	slopeOf := func(x []float64) (slope, energies []float64) {
		slope, energies = nans(len(x)), nans(len(x)/space.Size())
		if err := e.(core.EnergySloper).Slope(slope, energies, &core.Batch{N: len(energies), X: x}); err != nil {
			t.Fatal(err)
		}
		return slope, energies
	}
	const n = 8
	x := configurations(space, o.Draw, 6, n)
	mine := slices.Clone(x)
	slope, energies := slopeOf(mine)
	same(t, "x after Slope", mine, x)
	near(t, "E of Slope", energies, eval(t, e, x), o.Tolerance)
	differences{o.Slope, o.Step, o.Directions}.check(t, "Slope", n, tangent(space, x, slope), func(direction []float64, step float64) []float64 {
		return eval(t, e, movedIn(space, x, direction, step))
	})

	kept := slices.Clone(slope)
	copy(mine, nans(len(mine)))
	again, _ := slopeOf(x)
	same(t, "slope after the first batch was overwritten", again, kept)
	same(t, "slope returned earlier", slope, kept)
	large, _ := slopeOf(configurations(space, o.Draw, 6, o.Large))
	near(t, "slope in a large batch", large[:len(kept)], kept, o.Tolerance)
	slopeOf(nil)
}
