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
	s.needLogProb(t)
	x, cell := s.grid(t)
	integral := logSumExp(s.logProb(t, x)) + math.Log(cell)
	near(t, "ln of the integral of p", []float64{integral}, []float64{0}, s.o.Quadrature.Tolerance)
}

// grid lists the points of the trapezoidal rule, and their weight. In a box it
// is that of a period.
func (s *subject) grid(t *testing.T) (x []float64, cell float64) {
	t.Helper()
	if s.d > 2 {
		t.Skipf("there is no quadrature over %d components", s.d)
	}
	q := s.o.Quadrature
	start, h := make([]float64, s.d), make([]float64, s.d)
	cell = 1
	for j := range h {
		if start[j], h[j] = -q.Range, 2*q.Range/float64(q.Points-1); s.space.Box != nil {
			start[j], h[j] = 0, s.space.Box[j%len(s.space.Box)]/float64(q.Points)
		}
		cell *= h[j]
	}
	for k := range int(math.Pow(float64(q.Points), float64(s.d))) {
		for j := range s.d {
			x = append(x, start[j]+h[j]*float64(k%q.Points))
			k /= q.Points
		}
	}
	return x, cell
}

// modelFrequencies compares the frequencies of samples with the density.
func modelFrequencies(t *testing.T, s *subject) {
	logP := s.logProb(t, s.states(t))
	b := s.sample(t, 16, s.o.Samples)
	counts := make([]float64, len(logP))
	for i := range b.N {
		counts[index(b.X[i*s.d:(i+1)*s.d])]++
	}
	var f frequencies
	var rare, rareCount float64
	for i, l := range logP {
		if expected := float64(b.N) * math.Exp(l); expected >= 5 {
			f.add(counts[i], expected)
		} else {
			rare, rareCount = rare+expected, rareCount+counts[i]
		}
	}
	f.rest(rareCount, rare)
	f.check(t, b.N)
}
