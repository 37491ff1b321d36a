package tensor

import (
	"math"
	"slices"
	"testing"

	"gonum.org/v1/gonum/mat"
)

// luSizes lie on both sides of LAPACK's blocks.
var luSizes = []int{1, 2, 3, 8, 17, 65, 130}

func TestLUFactors(t *testing.T) {
	for _, n := range luSizes {
		ld := n + 3
		a := random(n * ld)
		got := slices.Clone(a)
		var f LU
		if !f.Factor(n, got, ld) {
			t.Fatalf("n = %d: a random matrix is singular", n)
		}
		pa := slices.Clone(a)
		for i, p := range f.pivot {
			for j := range n {
				k := int(p) - firstRow
				pa[i*ld+j], pa[k*ld+j] = pa[k*ld+j], pa[i*ld+j]
			}
		}
		for i := range n {
			for j := range n {
				sum := 0.0
				for k := range min(i, j+1) {
					sum += got[i*ld+k] * got[k*ld+j]
				}
				if i <= j {
					sum += got[i*ld+j]
				}
				if math.Abs(sum-pa[i*ld+j]) > 1e-13*float64(n) {
					t.Fatalf("n = %d: (L U)_%d,%d = %v, (P A) %v", n, i, j, sum, pa[i*ld+j])
				}
			}
			for j := n; j < ld && i < n-1; j++ {
				if got[i*ld+j] != a[i*ld+j] {
					t.Fatalf("n = %d: wrote beyond column %d", n, n)
				}
			}
		}
	}
}

// det(A B) = det A det B, and each determinant is gonum's.
func TestLUDeterminants(t *testing.T) {
	signs := map[float64]int{}
	var f LU // reused from size to size
	logDet := func(n int, a []float64) (float64, float64) {
		f.Factor(n, slices.Clone(a), n)
		return f.LogDet()
	}
	for _, n := range append(luSizes, 4, 5, 6, 7) {
		a, b, ab := random(n*n), random(n*n), make([]float64, n*n)
		Gemm(false, false, n, n, n, 1, a, n, b, n, 0, ab, n)
		la, sa := logDet(n, a)
		lb, sb := logDet(n, b)
		lab, sab := logDet(n, ab)
		if math.Abs(la+lb-lab) > 1e-10*float64(n) || sa*sb != sab {
			t.Errorf("n = %d: ln|det| %v + %v, of the product %v; signs %v %v %v", n, la, lb, lab, sa, sb, sab)
		}
		if want, sign := mat.LogDet(mat.NewDense(n, n, a)); math.Abs(la-want) > 1e-11*float64(n) || sa != sign {
			t.Errorf("n = %d: ln|det| %v sign %v, gonum %v sign %v", n, la, sa, want, sign)
		}
		signs[sa]++
	}
	if signs[1] == 0 || signs[-1] == 0 {
		t.Errorf("signs %v: one was never tried", signs)
	}
	if l, s := logDet(0, nil); l != 0 || s != 1 {
		t.Errorf("the empty matrix has ln|det| %v, sign %v", l, s)
	}
}

func TestLUSolve(t *testing.T) {
	for _, n := range luSizes {
		for _, cols := range []int{1, 5} {
			for _, trans := range []bool{false, true} {
				lda, ldb := n+2, cols+3
				a, b := random(n*lda), random(n*ldb)
				x := slices.Clone(b)
				var f LU
				f.Factor(n, slices.Clone(a), lda)
				f.Solve(trans, cols, x, ldb)
				largest := 0.0
				for _, v := range x {
					largest = max(largest, math.Abs(v))
				}
				Gemm(trans, false, n, cols, n, 1, a, lda, x, ldb, -1, b, ldb)
				for i := range n {
					for j := range cols {
						// backward stable: the residual is of the order of |A| |x|
						if r := math.Abs(b[i*ldb+j]); !(r <= 1e-14*float64(n)*(1+largest)) {
							t.Fatalf("n = %d, trans %v: residual %g for |x| = %g", n, trans, r, largest)
						}
					}
				}
			}
		}
	}
}

func TestLUSingular(t *testing.T) {
	a := []float64{1, 2, 3, 2, 4, 6, 0, 1, 5} // row 1 is twice row 0
	var f LU
	if f.Factor(3, a, 3) {
		t.Error("a singular matrix passed as regular")
	}
	if l, s := f.LogDet(); !math.IsInf(l, -1) || s != 0 {
		t.Errorf("ln|det| %v, sign %v", l, s)
	}
	defer func() {
		if recover() == nil {
			t.Error("solved with a singular matrix")
		}
	}()
	f.Solve(false, 1, make([]float64, 3), 1)
}

// A NaN in the matrix is one in the determinant.
func TestLUNaN(t *testing.T) {
	var f LU
	f.Factor(2, []float64{1, 2, math.NaN(), 4}, 2)
	if l, _ := f.LogDet(); !math.IsNaN(l) {
		t.Errorf("ln|det| %v", l)
	}
}

func TestLUDoesNotAllocate(t *testing.T) {
	const n = 20
	a, work, b := random(n*n), make([]float64, n*n), random(n)
	var f LU
	f.Factor(n, slices.Clone(a), n)
	if allocs := testing.AllocsPerRun(20, func() {
		copy(work, a)
		f.Factor(n, work, n)
		f.Solve(false, 1, b, 1)
	}); allocs >= 1 {
		t.Errorf("%v allocations", allocs)
	}
}
