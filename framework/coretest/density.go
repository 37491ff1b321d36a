package coretest

import (
	"math"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// states enumerates the space, or skips the test.
func (s *subject) states(t *testing.T) []float64 {
	t.Helper()
	if s.space.Kind != core.Spins || s.d >= 40 || 1<<s.d > s.o.MaxStates {
		t.Skipf("the states of %v are not enumerated", s.space)
	}
	return enumerate(s.d)
}

func modelNormalisation(t *testing.T, s *subject) {
	if s.space.Kind != core.Spins {
		modelQuadrature(t, s)
		return
	}
	logZ := logSumExp(s.logProb(t, s.states(t)))
	near(t, "ln of the sum of p over all states", []float64{logZ}, []float64{0}, s.o.Tolerance)
}

// modelQuadrature integrates p.
func modelQuadrature(t *testing.T, s *subject) {
	if s.d > 2 {
		t.Skipf("p of %d components is not integrated", s.d)
	}
	q := s.o.Quadrature
	h := 2 * q.Range / float64(q.Points-1)
	var x []float64
	for k := range int(math.Pow(float64(q.Points), float64(s.d))) {
		for range s.d {
			x = append(x, -q.Range+h*float64(k%q.Points))
			k /= q.Points
		}
	}
	integral := logSumExp(s.logProb(t, x)) + float64(s.d)*math.Log(h)
	near(t, "ln of the integral of p", []float64{integral}, []float64{0}, q.Tolerance)
}

// modelFrequencies compares the frequencies of samples with the density by
// Pearson's chi-square. States that are expected less than 5 times share one
// bin. With k degrees of freedom the statistic has mean k and variance 2k;
// five standard deviations are allowed, and the seed is fixed.
func modelFrequencies(t *testing.T, s *subject) {
	logP := s.logProb(t, s.states(t))
	b := s.sample(t, 16, s.o.Samples)
	counts := make([]float64, len(logP))
	for i := range b.N {
		counts[index(b.X[i*s.d:(i+1)*s.d])]++
	}
	var chi2, bins, rareExpected, rareCount float64
	for i, l := range logP {
		expected := float64(b.N) * math.Exp(l)
		if expected < 5 {
			rareExpected += expected
			rareCount += counts[i]
			continue
		}
		chi2 += (counts[i] - expected) * (counts[i] - expected) / expected
		bins++
	}
	if rareExpected >= 5 {
		chi2 += (rareCount - rareExpected) * (rareCount - rareExpected) / rareExpected
		bins++
	}
	if bins < 2 {
		t.Skip("the density sits on one state")
	}
	k := bins - 1
	if limit := k + 5*math.Sqrt(2*k) + 5; chi2 > limit {
		t.Errorf("chi-square of %d samples is %.1f for %.0f degrees of freedom, limit %.1f", b.N, chi2, k, limit)
	}
}
