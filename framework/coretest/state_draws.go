package coretest

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// quantumStateDraws tests that DrawStates draws of |Psi_K|^2, and that its draw of one configuration
// follows from the state and the uniform numbers of that one alone.
func quantumStateDraws(t *testing.T, s *subject) {
	s.need(t, core.PowerStateDraws)
	m := s.Model.(core.StateDrawer)
	b := sent(s.sample(t, 119, s.o.Samples)) // its states are as good as any
	draw := func(k []int32, u []float64) []float64 {
		x := nans(len(u))
		if err := m.DrawStates(x, k, u); err != nil {
			t.Fatal(err)
		}
		return x
	}
	u, r := make([]float64, len(b.X)), rand.New(rand.NewPCG(5, 7))
	for i := range u {
		u[i] = r.Float64()
	}
	b.X = draw(b.K, u)
	stein(t, s, b)
	const from, to = 3, 12
	labels := s.space.Count()
	if part := draw(b.K[from*labels:to*labels], u[from*s.d:to*s.d]); !slices.Equal(part, b.X[from*s.d:to*s.d]) {
		t.Error("draws of given states depend on those beside them in the batch")
	}
	if other := draw(b.K[:labels], u[s.d:2*s.d]); slices.Equal(other, b.X[:s.d]) {
		t.Error("two draws of a state from different uniform numbers are the same")
	}
	draw(nil, nil)
}
