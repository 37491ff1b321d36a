package tensor

import (
	"fmt"
	"math"
)

// LU is the factorisation P A = L U of a square matrix with partial pivoting,
// for ln|det A| and A^-1. The zero value is ready for Factor, and keeps its
// memory from one matrix to the next.
type LU struct {
	n, ld int
	a     []float64 // the caller's
	pivot []pivot   // step i swapped rows i and pivot[i] - firstRow
}

// Factor overwrites the n x n matrix a, with row stride lda, by U and, below
// the diagonal, L, whose own diagonal is 1. The LU reads a until the next
// Factor. It reports whether A is regular: false if U has a zero on its
// diagonal.
func (f *LU) Factor(n int, a []float64, lda int) (regular bool) {
	need("LU.Factor", a, n, n, lda)
	f.n, f.ld, f.a = n, lda, a
	if cap(f.pivot) < n {
		f.pivot = make([]pivot, n)
	}
	f.pivot = f.pivot[:n]
	return n == 0 || getrf(n, a, lda, f.pivot)
}

// LogDet returns ln|det A| and the sign of det A: -Inf and 0 if A is singular.
func (f *LU) LogDet() (logAbs, sign float64) {
	sign = 1
	for i, p := range f.pivot {
		if int(p) != i+firstRow {
			sign = -sign
		}
		u := f.a[i*f.ld+i]
		logAbs += math.Log(math.Abs(u))
		switch {
		case u < 0:
			sign = -sign
		case u == 0:
			sign = 0
		}
	}
	return logAbs, sign
}

// Solve overwrites the n x cols matrix b, with row stride ldb, by A^-1 B, or by
// (A^T)^-1 B if trans is set. A must be regular.
func (f *LU) Solve(trans bool, cols int, b []float64, ldb int) {
	need("LU.Solve", b, f.n, cols, ldb)
	for i := range f.n {
		if f.a[i*f.ld+i] == 0 {
			panic(fmt.Sprintf("tensor: LU.Solve: pivot %d of a singular matrix is zero", i))
		}
	}
	if f.n > 0 && cols > 0 {
		getrs(trans, f.n, cols, f.a, f.ld, f.pivot, b, ldb)
	}
}
