package tensor

import (
	"math"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/engine/enginetest"
)

// Against Go's, from 0 to where it underflows; a last odd element stands alone.
func TestErfc(t *testing.T) {
	var x []float64
	for v := 0.0; v < 26; v += 0.0103 {
		x = append(x, v)
	}
	x = append(x, 1e-20, 4)
	y := make([]float64, len(x))
	Erfc(y, x)
	for i, v := range x {
		// exp(-x^2) turns half a rounding of x^2 into one of erfc as large as x^2.
		if want, tolerance := math.Erfc(v), (4+v*v)*0x1p-52; math.Abs(y[i]-want) > tolerance*want {
			t.Errorf("erfc(%v) = %.17g, want %.17g", v, y[i], want)
		}
	}
	Erfc(y[:1], x[1:])
	if y[0] != y[1] {
		t.Errorf("erfc(%v) = %v alone, %v among others", x[1], y[0], y[1])
	}
}

func BenchmarkErfc(b *testing.B) {
	x, y := make([]float64, 400), make([]float64, 400)
	for i := range x {
		x[i] = 0.02 * float64(i)
	}
	for range enginetest.Loop(b) {
		Erfc(y, x)
	}
}
