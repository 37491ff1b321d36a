package coretest

import (
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

func (s *subject) amplitude(t *testing.T, x []float64) []complex128 {
	t.Helper()
	psi := make([]complex128, len(x)/s.d)
	if err := s.Model.(core.WaveFunction).Amplitude(psi, x); err != nil {
		t.Fatal(err)
	}
	return psi
}

// modelWave tests that the density is that of the wave function: ln p - 2 Re ln Psi is
// the same for all draws.
func modelWave(t *testing.T, s *subject) {
	s.need(t, core.PowerWave)
	s.normalised(t)
	b := s.sample(t, 91, 50)
	x := slices.Clone(b.X)
	psi := s.amplitude(t, b.X)
	same(t, "x after Amplitude", b.X, x)
	near(t, "Re ln Psi alone and in a batch", []float64{real(s.amplitude(t, x[s.d:2*s.d])[0])}, []float64{real(psi[1])}, s.o.Tolerance)
	shifted, want := make([]float64, b.N), make([]float64, b.N)
	for i, l := range psi {
		shifted[i], want[i] = b.LogP[i]-2*real(l), b.LogP[0]-2*real(psi[0])
	}
	near(t, "ln p - 2 Re ln Psi", shifted, want, s.o.Tolerance)
}

// modelWavePull compares AmplitudePull with central differences of
// sum_i Re conj(v_i) ln Psi(x_i).
func modelWavePull(t *testing.T, s *subject) {
	s.need(t, core.PowerWave)
	const n = 12
	x, re, im := s.sample(t, 92, n).X, weights(n, 92), weights(n, 93)
	v, grad := make([]complex128, n), nans(len(s.theta))
	for i := range v {
		v[i] = complex(re[i], im[i])
	}
	if err := s.Model.(core.WaveFunction).AmplitudePull(grad, &core.Batch{N: n, X: slices.Clone(x)}, slices.Clone(v)); err != nil {
		t.Fatal(err)
	}
	s.differences().check(t, "AmplitudePull", 1, grad, func(direction []float64, step float64) []float64 {
		s.load(t, moved(s.theta, direction, step))
		sum := 0.0
		for i, l := range s.amplitude(t, x) {
			sum += re[i]*real(l) + im[i]*imag(l)
		}
		return []float64{sum}
	})
}
