package tensor

import (
	"math"
	"testing"
)

// far is the largest difference of two matrices.
func far(a, b []float64) (d float64) {
	for i := range a {
		d = max(d, math.Abs(a[i]-b[i]))
	}
	return d
}

func identity(n int) []float64 {
	one := make([]float64, n*n)
	for i := range n {
		one[i*n+i] = 1
	}
	return one
}

// The factors give the matrix back, and have orthonormal rows, also of a matrix whose
// rows depend on each other.
func TestLQ(t *testing.T) {
	for _, size := range [][2]int{{1, 1}, {1, 5}, {4, 4}, {5, 12}} {
		m, n := size[0], size[1]
		a := random(m * n)
		if m > 2 {
			copy(a[n:2*n], a[:n])
		}
		q, l := append([]float64(nil), a...), make([]float64, m*m)
		LQ(m, n, q, n, l)
		back, square := make([]float64, m*n), make([]float64, m*m)
		Gemm(false, false, m, n, m, 1, l, m, q, n, 0, back, n)
		Gemm(false, true, m, m, n, 1, q, n, q, n, 0, square, m)
		if d := max(far(back, a), far(square, identity(m))); d > 1e-13 {
			t.Errorf("%d x %d: off by %v", m, n, d)
		}
		for i := range m {
			for j := i + 1; j < m; j++ {
				if l[i*m+j] != 0 {
					t.Errorf("L[%d][%d] = %v above the diagonal", i, j, l[i*m+j])
				}
			}
		}
	}
}

func TestSVD(t *testing.T) {
	for _, size := range [][2]int{{1, 1}, {1, 4}, {6, 3}, {5, 9}} {
		m, n := size[0], size[1]
		k := min(m, n)
		a := random(m * n)
		if n > 2 {
			for i := range m { // of a rank that is not full
				a[i*n+1] = a[i*n]
			}
		}
		s, u, vt := make([]float64, k), make([]float64, m*k), make([]float64, k*n)
		if !SVD(m, n, append([]float64(nil), a...), s, u, vt) {
			t.Fatalf("%d x %d: not converged", m, n)
		}
		us := append([]float64(nil), u...)
		for i := range us {
			us[i] *= s[i%k]
		}
		back, left, right := make([]float64, m*n), make([]float64, k*k), make([]float64, k*k)
		Gemm(false, false, m, n, k, 1, us, k, vt, n, 0, back, n)
		Gemm(true, false, k, k, m, 1, u, k, u, k, 0, left, k)
		Gemm(false, true, k, k, n, 1, vt, n, vt, n, 0, right, k)
		if d := max(far(back, a), far(left, identity(k)), far(right, identity(k))); d > 1e-13 {
			t.Errorf("%d x %d: off by %v", m, n, d)
		}
		for j := 1; j < k; j++ {
			if s[j] > s[j-1] || s[j] < 0 {
				t.Errorf("%d x %d: singular values %v", m, n, s)
			}
		}
	}
	if SVD(1, 2, []float64{1, math.NaN()}, make([]float64, 1), make([]float64, 1), make([]float64, 2)) {
		t.Error("converged on NaN")
	}
}
