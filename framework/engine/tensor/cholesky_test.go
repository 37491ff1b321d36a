package tensor

import (
	"math"
	"slices"
	"testing"
)

// plainProduct is A B of matrices by rows, m x k and k x n.
func plainProduct(m, n, k int, a func(i, j int) float64, b func(i, j int) float64) []float64 {
	c := make([]float64, m*n)
	for i := range m {
		for j := range n {
			for l := range k {
				c[i*n+j] += a(i, l) * b(l, j)
			}
		}
	}
	return c
}

func TestCholesky(t *testing.T) {
	for _, n := range luSizes {
		r := random(n * n)
		at := func(i, j int) float64 { return r[i*n+j] }
		a := plainProduct(n, n, n, at, func(i, j int) float64 { return at(j, i) })
		ld := n + 3
		got := make([]float64, n*ld)
		for i := range n {
			a[i*n+i]++
			copy(got[i*ld:], a[i*n:(i+1)*n])
			for j := i + 1; j < ld; j++ { // not to be read, nor written
				got[i*ld+j] = math.NaN()
			}
		}
		if !Cholesky(n, got, ld) {
			t.Fatalf("n = %d: not positive", n)
		}
		l := func(i, j int) float64 {
			if j > i {
				return 0
			}
			return got[i*ld+j]
		}
		for k, v := range plainProduct(n, n, n, l, func(i, j int) float64 { return l(j, i) }) {
			if math.Abs(v-a[k]) > 1e-13*float64(n) {
				t.Fatalf("n = %d: (L L^T)_%d,%d = %v, want %v", n, k/n, k%n, v, a[k])
			}
		}
		if !math.IsNaN(got[ld-1]) {
			t.Errorf("n = %d: wrote above the diagonal", n)
		}
		const other = 3
		for _, right := range []bool{false, true} {
			for _, trans := range []bool{false, true} {
				op := func(i, j int) float64 {
					if trans {
						return l(j, i)
					}
					return l(i, j)
				}
				rows, cols := n, other
				if right {
					rows, cols = other, n
				}
				b := random(rows * cols)
				x := slices.Clone(b)
				SolveLower(right, trans, rows, cols, got, ld, x, cols)
				solved := func(i, j int) float64 { return x[i*cols+j] }
				var back []float64
				if right {
					back = plainProduct(rows, cols, n, solved, op)
				} else {
					back = plainProduct(rows, cols, n, op, solved)
				}
				for k, v := range back {
					if math.Abs(v-b[k]) > 1e-10 {
						t.Fatalf("n = %d right %v trans %v: number %d is %v, want %v", n, right, trans, k, v, b[k])
					}
				}
			}
		}
	}
}

func TestCholeskyRefuses(t *testing.T) {
	for _, a := range [][]float64{{1, 0, 2, 1}, {0, 0, 0, 1}} {
		if Cholesky(2, slices.Clone(a), 2) {
			t.Errorf("%v is positive definite", a)
		}
	}
}
