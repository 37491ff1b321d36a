package coretest

import (
	"math"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// modelMeanGradient tests
//
//	E[ grad ln p(x) ] = grad of the integral of p = 0,
//
// up to 5 standard errors over independent batches, in random directions of parameter space. It holds if samples
// follow the p of LogProb, and its normalisation does not depend on the parameters.
func modelMeanGradient(t *testing.T, s *subject) {
	s.classical(t)
	s.normalised(t)
	if len(s.theta) == 0 || s.has(core.PowerWalk) {
		t.Skip("no parameters, or draws that are not independent")
	}
	const batches = 30
	n := max(1, s.o.Samples/(3*batches))
	w := make([]float64, n)
	for i := range w {
		w[i] = 1 / float64(n)
	}
	directions, along := make([][]float64, 6), make([]moments, 6)
	for k := range directions {
		directions[k] = weights(len(s.theta), 210+uint64(k))
	}
	for k := range uint64(batches) {
		grad := s.pull(t, &core.Batch{N: n, X: s.sample(t, 220+k, n).X}, w)
		for j, u := range directions {
			along[j].add(dot(u, grad) / math.Sqrt(dot(u, u)))
		}
	}
	for j, m := range along {
		if mean, stderr := m.mean(); !(math.Abs(mean) <= 5*stderr+s.o.Tolerance) {
			t.Errorf("E[grad ln p] of samples in direction %d is %.4g +- %.2g, want 0", j, mean, stderr)
		}
	}
}
