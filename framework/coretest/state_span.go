package coretest

import (
	"math"
	"math/cmplx"
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// quantumStateSpan compares SpanPsi with LogPsi and Laplacian of each state at each x, whatever
// number of configurations and states there is, and in any order of the states.
func quantumStateSpan(t *testing.T, s *subject) {
	s.need(t, core.PowerStateSpan)
	const n = 11 // more than eight, and no multiple of it
	labels := s.space.Count()
	b := sent(s.sample(t, 121, n))
	for _, m := range []int{1, 3, n} { // states: those that were drawn are as good as any
		states := slices.Clone(b.K[:m*labels])
		logPsi, lap := complexNaNs(m*n), complexNaNs(m*n)
		if err := s.Model.(core.StateSpanner).SpanPsi(logPsi, lap, b.X, states); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(states, b.K[:m*labels]) {
			t.Fatal("SpanPsi changed the states")
		}
		want, wantLap := complexNaNs(m*n), complexNaNs(m*n)
		if err := oneByOne(s.Model.(core.DensityMatrix), labels, want, wantLap, b.X, states); err != nil {
			t.Fatal(err)
		}
		for k := range want {
			// Either branch: Psi over Psi is 1. Both grow near a node, as Laplacian's terms do.
			if ratio := cmplx.Exp(logPsi[k] - want[k]); !(cmplx.Abs(ratio-1) <= s.o.Laplacian) {
				t.Errorf("ln Psi of state %d of %d at configuration %d is %v, and %v by itself", k/n, m, k%n, logPsi[k], want[k])
			}
			if limit := s.o.Laplacian * math.Max(1, cmplx.Abs(wantLap[k])); !(cmplx.Abs(lap[k]-wantLap[k]) <= limit) {
				t.Errorf("lap Psi/Psi of state %d of %d at configuration %d is %v, and %v by itself", k/n, m, k%n, lap[k], wantLap[k])
			}
		}
	}
	if err := s.Model.(core.StateSpanner).SpanPsi(nil, nil, nil, b.K); err != nil {
		t.Errorf("of no configurations: %v", err)
	}
	if err := s.Model.(core.StateSpanner).SpanPsi(nil, nil, b.X, nil); err != nil {
		t.Errorf("of no states: %v", err)
	}
}
