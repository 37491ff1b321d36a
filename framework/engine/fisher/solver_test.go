package fisher

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/engine/enginetest"
)

func random(n int, seed uint64) []float64 {
	r := rand.New(rand.NewPCG(seed, uint64(n)))
	a := make([]float64, n)
	for i := range a {
		a[i] = r.NormFloat64()
	}
	return a
}

// apply is (1/n A^T A + damping) x.
func apply(x, a []float64, n int, damping float64) []float64 {
	y := make([]float64, len(x))
	for i, v := range x {
		y[i] = damping * v
	}
	for r := 0; r < len(a); r += len(x) {
		dot := 0.0
		for j, v := range x {
			dot += a[r+j] * v
		}
		for j := range y {
			y[j] += a[r+j] * dot / float64(n)
		}
	}
	return y
}

// The solution put back, in both spaces and across the edges of blocks.
func TestSolve(t *testing.T) {
	var s Solver // reused from size to size
	for _, c := range []struct{ rows, cols int }{{0, 3}, {1, 1}, {1, 5}, {5, 1}, {7, 7}, {40, 300}, {300, 40}, {600, 255}, {257, 600}, {900, 520}} {
		for _, damping := range []float64{1, 1e-3, 1e-6} {
			n := c.rows/2 + 1 // as with real parts above imaginary ones
			a, g, x := random(c.rows*c.cols, 1), random(c.cols, 2), make([]float64, c.cols)
			raised, err := s.Solve(x, g, a, n, damping)
			if raised != 0 || err != nil {
				t.Fatalf("%+v: raised %d times, error %v", c, raised, err)
			}
			for i, v := range apply(x, a, n, damping) {
				// Rounding of g over damping and back, times |F| of a few.
				if math.Abs(v-g[i]) > 1e-11*float64(c.cols)*(1+1e-3/damping) {
					t.Fatalf("%+v damping %v: component %d is %v, want %v", c, damping, i, v, g[i])
				}
			}
		}
	}
}

// Both formulas for the same rows: a row of zeros more or less changes only which of
// them is taken.
func TestSpacesAgree(t *testing.T) {
	const cols, rows = 30, 29
	a, g := random(rows*cols, 3), random(cols, 4)
	few, many := make([]float64, cols), make([]float64, cols)
	var s Solver
	if _, err := s.Solve(few, g, a, rows, 1e-3); err != nil || !s.sampled {
		t.Fatal(err, s.sampled)
	}
	if _, err := s.Solve(many, g, append(a, make([]float64, cols)...), rows, 1e-3); err != nil || s.sampled {
		t.Fatal(err, s.sampled)
	}
	for i, v := range few {
		if math.Abs(v-many[i]) > 1e-9*(1+math.Abs(v)) {
			t.Errorf("component %d: %v in the space of samples, %v in that of parameters", i, v, many[i])
		}
	}
}

// Scores of one direction, large: rounding is larger than the damping, in the other
// direction or among the samples. The step is finite, and counts what it took.
func TestDampingIsRaised(t *testing.T) {
	for _, rows := range []int{300, 30} {
		a := random(rows*100, 5)
		for i := range rows {
			for j := range 100 {
				a[i*100+j] = 1e4 * a[i*100]
			}
		}
		x, g := make([]float64, 100), random(100, 6)
		var s Solver
		raised, err := s.Solve(x, g, a, rows, 1e-16)
		if err != nil || raised == 0 {
			t.Errorf("%d rows: raised %d times, error %v", rows, raised, err)
		}
		if _, err = s.Solve(x, g, a, rows, 1); err != nil {
			t.Error(err)
		}
	}
}

func TestNotFinite(t *testing.T) {
	for _, rows := range []int{2, 5} {
		a, g, x := random(rows*3, 7), random(3, 8), make([]float64, 3)
		a[4] = math.NaN()
		var s Solver
		if _, err := s.Solve(x, g, a, rows, 1e-3); !errors.Is(err, ErrNotFinite) {
			t.Errorf("%d rows with a NaN: error %v", rows, err)
		}
		a[4], g[1] = 1, math.Inf(1)
		if _, err := s.Solve(x, g, a, rows, 1e-3); !errors.Is(err, ErrNotFinite) {
			t.Errorf("%d rows, infinite gradient: error %v", rows, err)
		}
	}
}

// With complex O = a + ib, centred parts below each other give
// Re <conj(O) O^T> - Re <conj(O)> <O>^T.
func TestCentreIsTheMetric(t *testing.T) {
	const n, cols = 50, block + 4
	re, im := random(n*cols, 9), random(n*cols, 10)
	for i := range re {
		re[i]++ // means that matter
		im[i] -= 2
	}
	a := slices.Concat(re, im)
	Centre(a[:n*cols], cols)
	Centre(a[n*cols:], cols)
	for p := 0; p < cols; p += 3 { // on both sides of a block's edge
		for q := range p + 1 {
			got, both, meanP, meanQ := 0.0, 0i, 0i, 0i
			for k := range 2 * n {
				got += a[k*cols+p] * a[k*cols+q] / n
			}
			for k := range n {
				op, oq := complex(re[k*cols+p], -im[k*cols+p]), complex(re[k*cols+q], im[k*cols+q])
				both, meanP, meanQ = both+op*oq/n, meanP+op/n, meanQ+oq/n
			}
			if want := real(both - meanP*meanQ); math.Abs(got-want) > 1e-12 {
				t.Errorf("metric_%d,%d = %v, want %v", p, q, got, want)
			}
		}
	}
}

func TestThreads(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	a, g := random(700*600, 11), random(600, 12)
	var want []float64
	for _, threads := range []int{1, 2, 5} {
		runtime.GOMAXPROCS(threads)
		var s Solver
		x := make([]float64, len(g))
		if _, err := s.Solve(x, g, a, 700, 1e-3); err != nil {
			t.Fatal(err)
		}
		if want == nil {
			want = x
		}
		if !slices.Equal(x, want) {
			t.Errorf("%d threads give another result", threads)
		}
	}
}

func TestSolveDoesNotAllocate(t *testing.T) {
	var s Solver
	for _, rows := range []int{30, 90} { // gonum's larger products start goroutines
		a, g, x := random(rows*60, 13), random(60, 14), make([]float64, 60)
		if n := testing.AllocsPerRun(2, func() {
			Centre(a, 60)
			if _, err := s.Solve(x, g, a, rows, 1e-3); err != nil {
				t.Fatal(err)
			}
		}); n > 0 {
			t.Errorf("%d rows: %v allocations", rows, n)
		}
	}
}

func BenchmarkSolve(b *testing.B) {
	for _, c := range []struct{ rows, cols int }{{512, 5826}, {8192, 5826}, {1024, 1070}} {
		b.Run(fmt.Sprintf("%dx%d", c.rows, c.cols), func(b *testing.B) {
			a, g, x := random(c.rows*c.cols, 1), random(c.cols, 2), make([]float64, c.cols)
			var s Solver
			for range enginetest.Loop(b) {
				if _, err := s.Solve(x, g, a, c.rows, 1e-3); err != nil {
					b.Fatal(err)
				}
			}
			m, k := float64(min(c.rows, c.cols)), float64(max(c.rows, c.cols))
			flops := m*m*k + m*m*m/3 // of one triangle, and of the factorisation
			b.ReportMetric(flops*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
		})
	}
}
