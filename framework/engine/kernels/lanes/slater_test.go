package lanes

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

func normal(r *rand.Rand, n int, scale float64) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = scale * r.NormFloat64()
	}
	return x
}

func TestSlater(t *testing.T) {
	for _, c := range []struct{ n, d, more int }{{2, 2, 0}, {5, 2, 0}, {4, 3, 0}, {2, 2, 4}, {3, 2, 5}, {2, 3, 3}} {
		t.Run(fmt.Sprint(c), func(t *testing.T) {
			r, size := rand.New(rand.NewPCG(1, 2)), c.n*c.d
			k, z, jac := normal(r, size*Width, 3), normal(r, size*Width, 20), normal(r, size*(size+c.more)*Width, 1)
			fast, plain := NewSlater(c.n, c.d), NewSlater(c.n, c.d)
			fast.Waves(k, z)
			plain.plainWaves(k, z)
			near(t, "phi", fast.Phi, plain.Phi, 1e-14*200) // angles up to some hundreds, rounded
			got, want := make([]float64, 2*size*Width), make([]float64, 2*size*Width)
			trace, wantTrace := make([]float64, 2*Width), make([]float64, 2*Width)
			fast.Gradient(got, trace, k, jac)
			plain.plainGradient(want, wantTrace, k, jac)
			near(t, "the gradient", got, want, 1e-10)
			near(t, "the trace", trace, wantTrace, 1e-10)
		})
	}
}

func TestSeries(t *testing.T) {
	for _, n := range []int{2, 4, 7} {
		r := rand.New(rand.NewPCG(3, uint64(n)))
		inverse, series := normal(r, n*n*Width, 1), normal(r, 3*n*n*Width, 1)
		var got, want [2][]float64
		for k := range 2 {
			got[k], want[k] = make([]float64, Width), make([]float64, Width)
		}
		Series(got[0], got[1], n, inverse, series, make([]float64, n*n*Width))
		plainSeries(want[0], want[1], n, inverse, series)
		near(t, "the first derivative", got[0], want[0], 1e-13)
		near(t, "the second derivative", got[1], want[1], 1e-13)
	}
}
