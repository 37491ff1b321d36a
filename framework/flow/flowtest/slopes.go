package flowtest

import (
	"math"
	"math/rand/v2"
	"testing"
)

// slopes compares the pull-back of one direction with central differences of
//
//	F = sum_ij outbar_ij out_ij + sum_j lbar_j l_j
//
// in the input, of all configurations at once, and in the parameters.
func (s *subject) slopes(t *testing.T, way direction) {
	r := rand.New(rand.NewPCG(7, 8))
	in := s.z
	if way.name == inverse.name {
		in, _, _ = s.apply(t, forward, s.z)
	}
	outbar, lbar := normal(r, s.d*s.n), normal(r, s.n)
	_, _, w := s.apply(t, way, in)
	inbar := nans(s.d * s.n)
	way.pull(w, inbar, outbar, lbar, true)
	theta := unload(w.Grads())
	if largest(inbar) == 0 || len(theta) > 0 && largest(theta) == 0 {
		t.Fatalf("largest derivatives %g in the input, %g in the parameters", largest(inbar), largest(theta))
	}

	// terms are the summands of F, one of each configuration.
	terms := func(in []float64) []float64 {
		out, l, _ := s.apply(t, way, in)
		f := make([]float64, s.n)
		for j := range f {
			f[j] = lbar[j] * l[j]
			for i := range s.d {
				f[j] += outbar[i*s.n+j] * out[i*s.n+j]
			}
		}
		return f
	}
	h := s.o.Step
	got := make([]float64, s.d*s.n)
	shifted := make([]float64, s.d*s.n)
	for i := range s.d {
		shift := func(by float64) []float64 {
			copy(shifted, in)
			for j := range s.n {
				shifted[i*s.n+j] += by
			}
			return terms(shifted)
		}
		up, down := shift(h), shift(-h)
		for j := range s.n {
			got[i*s.n+j] = (up[j] - down[j]) / (2 * h)
		}
	}
	near(t, "Pull"+way.name+", by central differences", got, inbar, s.o.Slope)
	s.parameterSlopes(t, r, theta, func() float64 {
		sum := 0.0
		for _, f := range terms(in) {
			sum += f
		}
		return sum
	})
}

// parameterSlopes tries random directions, which see every parameter, and
// single parameters.
func (s *subject) parameterSlopes(t *testing.T, r *rand.Rand, g []float64, value func() float64) {
	defer s.load(s.theta)
	if len(g) == 0 {
		return
	}
	moved := make([]float64, len(g))
	for trial := range 20 {
		direction := make([]float64, len(g))
		direction[r.IntN(len(g))] = 1
		if trial < 5 {
			for i := range direction {
				direction[i] = r.NormFloat64() / math.Sqrt(float64(len(g)))
			}
		}
		at := func(h float64) float64 {
			for i, v := range s.theta {
				moved[i] = v + h*direction[i]
			}
			s.load(moved)
			return value()
		}
		want, size := 0.0, largest(g)
		for i, v := range direction {
			want += v * g[i]
			size = max(size, math.Abs(v*g[i]))
		}
		h := s.o.Step
		if got := (at(h) - at(-h)) / (2 * h); !(math.Abs(got-want) <= s.o.Slope*size) {
			t.Errorf("trial %d: central difference in theta %.12g, pulled %.12g, off by %.2g of %.2g", trial, got, want, got-want, size)
		}
	}
}
