package coretest

import (
	"math"
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

func (s *subject) bound(t *testing.T, x, eps []float64) []float64 {
	t.Helper()
	w := nans(len(x) / s.d)
	if err := s.Model.(core.Bounder).Bound(w, x, eps); err != nil {
		t.Fatal(err)
	}
	return w
}

// modelBound tests Bound in batches, and BoundPull against central differences of
// sum_i bar_i ln w_i at fixed noise.
func modelBound(t *testing.T, s *subject) {
	s.need(t, core.PowerBound)
	const n = 12
	q := s.Spec().Latents
	x, eps, bar := configurations(s.space, s.o.Draw, 84, n), weights(n*q, 84), weights(n, 85)
	myX, myEps, myBar, grad := slices.Clone(x), slices.Clone(eps), slices.Clone(bar), nans(len(s.theta))
	w := s.bound(t, myX, myEps)
	near(t, "Bound alone and in a batch", s.bound(t, x[s.d:2*s.d], eps[q:2*q]), w[1:2], s.o.Tolerance)
	b := &core.Batch{N: n, X: myX}
	core.LatentNoise.Put(b, myEps)
	if err := s.Model.(core.Bounder).BoundPull(grad, b, myBar); err != nil {
		t.Fatal(err)
	}
	same(t, "x after Bound and BoundPull", myX, x)
	same(t, "noise after Bound and BoundPull", myEps, eps)
	same(t, "bar after BoundPull", myBar, bar)
	s.differences().check(t, "BoundPull", 1, grad, func(direction []float64, step float64) []float64 {
		s.load(t, moved(s.theta, direction, step))
		return []float64{dot(bar, s.bound(t, x, eps))}
	})
}

// modelEncode tests Encode in batches.
func modelEncode(t *testing.T, s *subject) {
	s.need(t, core.PowerBound)
	const n = 12
	q := s.Spec().Latents
	x := configurations(s.space, s.o.Draw, 86, n)
	encode := func(x []float64) (mean, deviation []float64) {
		mean, deviation = nans(len(x)/s.d*q), nans(len(x)/s.d*q)
		if err := s.Model.(core.Bounder).Encode(mean, deviation, x); err != nil {
			t.Fatal(err)
		}
		return mean, deviation
	}
	mean, deviation := encode(x)
	one, width := encode(x[s.d : 2*s.d])
	near(t, "means alone and in a batch", one, mean[q:2*q], s.o.Tolerance)
	near(t, "deviations alone and in a batch", width, deviation[q:2*q], s.o.Tolerance)
	for k, v := range deviation {
		if !(v > 0) || v-v != 0 || mean[k]-mean[k] != 0 {
			t.Fatalf("latent variable %d of configuration %d has the mean %v and the standard deviation %v", k%q, k/q, mean[k], v)
		}
	}
}

// modelEvidence tests that < w > is the density p(x) that is drawn: it sums to 1 over all
// states, or over the points of a grid, and is how often each state is met, within five standard errors.
func modelEvidence(t *testing.T, s *subject) {
	s.need(t, core.PowerBound)
	x, cell := []float64(nil), 1.0
	if s.space.Values() == nil {
		x, cell = s.grid(t)
	} else {
		x = s.states(t)
	}
	n, q := len(x)/s.d, s.Spec().Latents
	draws := min(400, max(8, 200000/n)) // of grids few, since the noise of their many points averages out
	p, square := make([]float64, n), make([]float64, n)
	for j := range draws {
		for i, l := range s.bound(t, x, weights(n*q, uint64(1000+j))) {
			w := math.Exp(l)
			p[i], square[i] = p[i]+w/float64(draws), square[i]+w*w/float64(draws)
		}
	}
	sum, variance := 0.0, 0.0
	for i := range p {
		square[i] = max(0, square[i]-p[i]*p[i]) / float64(draws-1)
		sum, variance = sum+p[i]*cell, variance+square[i]*cell*cell
	}
	if stderr := math.Sqrt(variance); math.Abs(sum-1) > 5*stderr+1e-6 || stderr > 0.05 {
		t.Errorf("the sum of < w > over all configurations is %.6g +- %.2g, not 1", sum, stderr)
	}
	if s.space.Values() == nil {
		return
	}
	b := s.sample(t, 87, s.o.Samples)
	seen := make([]float64, n)
	for i := range b.N {
		seen[index(s.space.Values(), b.X[i*s.d:(i+1)*s.d])] += 1 / float64(b.N)
	}
	for i, f := range seen {
		if stderr := math.Sqrt(square[i] + p[i]/float64(b.N)); math.Abs(f-p[i]) > 5*stderr {
			t.Errorf("state %d has < w > = %v and is %v of the draws, which differ by more than 5 times %v", i, p[i], f, stderr)
		}
	}
}
