package lanes

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// kinds are real and complex matrices, by the numbers of an element.
var kinds = map[int]struct {
	logDet func(logAbs, phase []float64, n int, a []float64)
	invert func(inverse, logAbs, phase []float64, n int, a []float64)
	plain  func(inverse, logAbs, phase []float64, n int, a []float64)
}{1: {LogDet, Invert, plain[float64]}, 2: {LogDetComplex, InvertComplex, plain[complex128]}}

func TestKernels(t *testing.T) {
	for parts, kind := range kinds {
		for _, n := range []int{1, 2, 5, 29} {
			t.Run(fmt.Sprintf("%d parts, n = %d", parts, n), func(t *testing.T) {
				r := rand.New(rand.NewPCG(1, uint64(n)))
				a := make([]float64, parts*n*n*Width)
				for i := range a {
					a[i] = r.NormFloat64()
				}
				var inverse [2][]float64
				var logAbs [3][]float64
				var phase [3][]float64
				for k := range 3 {
					logAbs[k], phase[k] = make([]float64, Width), make([]float64, parts*Width)
				}
				inverse[0], inverse[1] = make([]float64, len(a)), make([]float64, len(a))
				kind.plain(inverse[0], logAbs[0], phase[0], n, slices.Clone(a))
				kind.invert(inverse[1], logAbs[1], phase[1], n, slices.Clone(a))
				kind.logDet(logAbs[2], phase[2], n, slices.Clone(a))
				// The inverse magnifies rounding by the matrix's condition, some thousands.
				near(t, "the inverse", inverse[1], inverse[0], 1e-11)
				for k := 1; k < 3; k++ {
					near(t, "ln|det|", logAbs[k], logAbs[0], 1e-12)
					near(t, "the phase", phase[k], phase[0], 1e-12)
				}
			})
		}
	}
}

func near(t *testing.T, what string, got, want []float64, tolerance float64) {
	t.Helper()
	most := 0.0
	for _, v := range want {
		most = max(most, math.Abs(v))
	}
	for i, v := range want {
		if !(math.Abs(got[i]-v) <= tolerance*most) {
			t.Fatalf("%s: number %d is %v, want %v", what, i, got[i], v)
		}
	}
}

// One singular matrix among seven, or one that is not a number, leaves the others
// alone.
func TestSingular(t *testing.T) {
	for parts, kind := range kinds {
		for _, bad := range []float64{0, math.NaN()} {
			a := make([]float64, parts*4*Width)
			for c := range Width {
				a[c], a[3*parts*Width+c] = 1, 2 // diag(1, 2)
			}
			a[3] = bad
			logAbs, phase := make([]float64, Width), make([]float64, parts*Width)
			kind.logDet(logAbs, phase, 2, a)
			for c, l := range logAbs {
				switch {
				case c != 3 && math.Abs(l-math.Ln2) > 1e-15:
					t.Errorf("ln|det| of matrix %d is %v", c, l)
				case c == 3 && bad == 0 && (!math.IsInf(l, -1) || phase[c] != 0), c == 3 && bad != 0 && !math.IsNaN(l):
					t.Errorf("ln|det| with %v is %v, the sign %v", bad, l, phase[c])
				}
			}
		}
	}
}

func BenchmarkLogDet(b *testing.B) { bench(b, 1, 58) }

func BenchmarkLogDetComplex(b *testing.B) { bench(b, 2, 29) }

func bench(b *testing.B, parts, n int) {
	r := rand.New(rand.NewPCG(1, 2))
	a, logAbs, phase := make([]float64, parts*n*n*Width), make([]float64, Width), make([]float64, parts*Width)
	for i := range a {
		a[i] = r.NormFloat64()
	}
	work := make([]float64, len(a))
	for range b.N {
		copy(work, a)
		kinds[parts].logDet(logAbs, phase, n, work)
	}
	b.ReportMetric(b.Elapsed().Seconds()*1e6/float64(b.N*Width), "us/matrix")
}
