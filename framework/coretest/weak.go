package coretest

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// modelWeak compares, for some functions f of a configuration, the mean of
// c_k (f(y^+) - f(y^-)) with that of f grad ln p, parameter by parameter: both have the
// mean d<f>/dtheta_k. They are of the same draws, and so is the error of their difference.
func modelWeak(t *testing.T, s *subject) {
	s.need(t, core.PowerWeak)
	s.normalised(t)
	const n = 2000
	b := s.next(t, 91, n)
	x, u := slices.Clone(b.X), uniforms(n*s.d, 91)
	myU := slices.Clone(u)
	y, weight := s.pairs(t, b.X, myU)
	same(t, "x after Pairs", b.X, x)
	same(t, "u after Pairs", myU, u)
	y, weight = slices.Clone(y), slices.Clone(weight)
	each := 2 * len(s.theta)
	one, w := s.pairs(t, x[s.d:2*s.d], u[s.d:2*s.d])
	near(t, "pairs alone and in a batch", one, y[each*s.d:2*each*s.d], s.o.Tolerance)
	near(t, "weights alone and in a batch", w, weight[each:2*each], s.o.Tolerance)

	f := func(x []float64) float64 {
		sum := 0.0
		for j, v := range x {
			sum += math.Sin(v+float64(j)) + v
		}
		return sum
	}
	mean := 0.0
	for i := range n {
		mean += f(x[i*s.d:(i+1)*s.d]) / n
	}
	d, square, size := make([]float64, len(s.theta)), make([]float64, len(s.theta)), 0.0
	for i := range n {
		at := x[i*s.d : (i+1)*s.d]
		score := s.pull(t, &core.Batch{N: 1, X: at}, []float64{f(at) - mean})
		for k := range d {
			p := i*each + 2*k
			weak := weight[p]*f(y[p*s.d:(p+1)*s.d]) + weight[p+1]*f(y[(p+1)*s.d:(p+2)*s.d])
			diff := weak - score[k]
			d[k] += diff / n
			square[k] += diff * diff / n
			size += math.Abs(weak) / n
		}
	}
	for k := range d {
		if stderr := math.Sqrt((square[k] - d[k]*d[k]) / n); math.Abs(d[k]) > 5*stderr+1e-12 {
			t.Errorf("parameter %d: the weak derivative differs from <f grad ln p> by %v(%v)", k, d[k], stderr)
		}
	}
	if size == 0 {
		t.Error("all weak derivatives are zero")
	}
	s.pairs(t, nil, nil)
}

// uniforms are numbers in [0, 1).
func uniforms(n int, seed uint64) []float64 {
	r := rand.New(rand.NewPCG(seed, 4))
	u := make([]float64, n)
	for i := range u {
		u[i] = r.Float64()
	}
	return u
}

func (s *subject) pairs(t *testing.T, x, u []float64) (y, weight []float64) {
	t.Helper()
	y, weight, err := s.Model.(core.WeakDeriver).Pairs(x, u)
	if err != nil {
		t.Fatal(err)
	}
	n := len(x) / s.d
	if want := 2 * n * len(s.theta); len(weight) != want || len(y) != want*s.d {
		t.Fatalf("%d configurations have %d numbers in pairs of %d weights, want %d of %d", n, len(y), len(weight), want*s.d, want)
	}
	return y, weight
}
