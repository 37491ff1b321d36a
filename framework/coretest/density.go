package coretest

import (
	"math"
	"testing"
)

// states enumerates the space, or skips the test.
func (s *subject) states(t *testing.T) []float64 {
	t.Helper()
	x := enumerate(s.space.Values(), s.o.MaxStates)
	if len(x) == 0 {
		t.Skipf("the states of %v are not enumerated", s.space)
	}
	return x
}

func modelNormalisation(t *testing.T, s *subject) {
	if s.space.Values() == nil {
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

// grid lists the points of the trapezoidal rule, and their weight. Of what comes
// round, it is that of a period.
func (s *subject) grid(t *testing.T) (x []float64, cell float64) {
	t.Helper()
	if s.d > 2 || s.space.Freedom() != s.d {
		t.Skipf("there is no quadrature over the %d components of %v", s.d, s.space)
	}
	q := s.o.Quadrature
	start, h := make([]float64, s.d), make([]float64, s.d)
	cell = 1
	for j := range h {
		start[j], h[j] = -q.Range, 2*q.Range/float64(q.Points-1)
		if from, length := s.space.Period(j); length > 0 {
			start[j], h[j] = from, length/float64(q.Points)
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
	logP, values := s.logProb(t, s.states(t)), s.space.Values()
	b := s.sample(t, 16, s.o.Samples)
	counts := make([]float64, len(logP))
	for i := range b.N {
		counts[index(values, b.X[i*s.d:(i+1)*s.d])]++
	}
	againstDensity(t, counts, logP, b.N)
}
