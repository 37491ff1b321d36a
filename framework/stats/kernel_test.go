package stats

import (
	"math"
	"testing"
)

// exp(-|x - y|^2/(2 s^2)) at the distance s, 2 s and 0, by hand, of widths whose squares are
// numbers and of those whose squares are not.
func TestGaussiansOfAnyWidth(t *testing.T) {
	for _, s := range []float64{1e-320, 1e-200, 1e-150, 0.5, 3, 1e150, 1e200, math.MaxFloat64} {
		k := Gaussians{s}
		if got := k.At(0); got != 1 {
			t.Errorf("width %v: k = %v at 0, want 1", s, got)
		}
		if square := s * s; square > 1e-305 && square < 1e305 {
			for _, ratio := range []float64{1, 4} {
				if got, want := k.At(ratio*square), math.Exp(-ratio/2); math.Abs(got-want) > 1e-14 {
					t.Errorf("width %v: k = %v, want %v", s, got, want)
				}
			}
		}
		// Far above 1 or far below it, 1 is near or far.
		if want := map[bool]float64{true: 1}[s > 1]; (s > 1e100 || s < 1e-100) && k.At(1) != want {
			t.Errorf("width %v: k = %v at the distance 1, want %v", s, k.At(1), want)
		}
	}
}
