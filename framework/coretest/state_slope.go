package coretest

import (
	"math"
	"math/cmplx"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

func (s *subject) stateSlope(t *testing.T, b *core.Batch) []complex128 {
	t.Helper()
	slope := complexNaNs(len(b.X))
	if err := s.Model.(core.StateSloper).StateSlope(slope, b); err != nil {
		t.Fatal(err)
	}
	return slope
}

// sixthSlope are the coefficients of the first derivative at the points -3 h to 3 h, to order
// h^6 (B. Fornberg, Math. Comp. 51, 699 (1988), table 1).
var sixthSlope = [7]float64{-1. / 60, 3. / 20, -3. / 4, 0, 3. / 4, -3. / 20, 1. / 60}

// quantumStateSlope compares StateSlope with differences of Psi, whose branches have no part in
// it, and the slope alone with that in a batch.
func quantumStateSlope(t *testing.T, s *subject) {
	s.need(t, core.PowerStateSlope)
	const n = 4
	h := s.o.LaplacianStep
	b := s.foreign(t, 117, n)
	slope := s.stateSlope(t, sent(b))
	for j := range s.d {
		points := s.along(b, j, h)
		var want [n]complex128
		for m, ratio := range s.ratios(t, b, points) {
			want[m%n] += complex(sixthSlope[m/n]/h, 0) * ratio
		}
		for i, w := range want {
			got := slope[i*s.d+j]
			// The error of differences is h^6/140 times the seventh derivative of Psi over Psi,
			// which grows near a node as grad ln Psi does.
			if limit := s.o.Laplacian * math.Max(1, cmplx.Abs(w)); !(cmplx.Abs(got-w) <= limit) {
				t.Errorf("component %d of grad ln Psi of configuration %d is %v, differences give %v, limit %.2g", j, i, got, w, limit)
			}
		}
	}
	drawn := s.sample(t, 118, 40)
	near(t, "slope of a batch that has an ID", parts(s.stateSlope(t, drawn)), parts(s.stateSlope(t, sent(drawn))), s.o.Inverse)
	one := s.part(b, n/2, n/2+1)
	near(t, "slope alone and in a batch", parts(s.stateSlope(t, one)), parts(slope[n/2*s.d:(n/2+1)*s.d]), s.o.Tolerance)
	s.stateSlope(t, &core.Batch{})
}
