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
	for _, c := range []struct{ n, d int }{{2, 2}, {5, 2}, {4, 3}} {
		t.Run(fmt.Sprint(c), func(t *testing.T) {
			r, size := rand.New(rand.NewPCG(1, 2)), c.n*c.d
			k, z, jac := normal(r, size*Width, 3), normal(r, size*Width, 20), normal(r, size*size*Width, 1)
			fast, plain := NewSlater(c.n, c.d), NewSlater(c.n, c.d)
			fast.Waves(k, z)
			plainWaves(plain.Phi, c.n, c.n, c.d, k, z)
			near(t, "phi", fast.Phi, plain.Phi, 1e-14*200) // angles up to some hundreds, rounded
			metric, wantMetric := make([]float64, size*size*Width), make([]float64, size*size*Width)
			Metric(metric, size, jac)
			plainMetric(wantMetric, size, jac)
			near(t, "J J^T", metric, wantMetric, 1e-13)
			got, want := make([]float64, 2*size*Width), make([]float64, 2*size*Width)
			log, wantLog := make([]float64, Width), make([]float64, Width)
			phase, wantPhase := make([]float64, 2*Width), make([]float64, 2*Width)
			trace, wantTrace := make([]float64, 2*Width), make([]float64, 2*Width)
			fast.Gradient(log, phase, got, trace, k, metric)
			plain.plainGradient(wantLog, wantPhase, want, wantTrace, k, wantMetric)
			near(t, "ln|det|", log, wantLog, 1e-12)
			near(t, "the phase", phase, wantPhase, 1e-12)
			near(t, "the gradient", got, want, 1e-10)
			near(t, "the trace", trace, wantTrace, 1e-10)
			b := normal(r, size*Width, 1)
			Quadratic(trace, size, got, b, metric)
			plainQuadratic(wantTrace, size, want, b, wantMetric)
			near(t, "with the square of the gradient", trace, wantTrace, 1e-10)
		})
	}
}

// Determinants whose elements come from a table are those of their own waves, to the bit.
func TestTable(t *testing.T) {
	for _, c := range []struct{ n, d int }{{2, 2}, {5, 2}, {4, 3}} {
		r := rand.New(rand.NewPCG(1, 2))
		vectors := make([][]float64, 7)
		for o := range vectors {
			vectors[o] = normal(r, c.d, 3)
		}
		z, s, own := normal(r, c.n*c.d*Width, 20), NewSlater(c.n, c.d), NewSlater(c.n, c.d)
		table, k, want := NewTable(c.n, vectors), make([]float64, c.n*c.d*Width), make([]float64, c.n*c.d*Width)
		table.Waves(z)
		places := []int32{6, 0, 3, 1, 5}[:c.n]
		for j, o := range places {
			for a, v := range vectors[o] {
				for i := range Width {
					want[(j*c.d+a)*Width+i] = v
				}
			}
		}
		s.Choose(k, table, places)
		own.Waves(want, z)
		near(t, "the wave vectors", k, want, 0)
		near(t, "phi", s.Phi, own.Phi, 0)
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
