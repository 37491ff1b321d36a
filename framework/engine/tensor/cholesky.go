package tensor

// Cholesky overwrites the lower triangle of the symmetric n x n matrix a, with row
// stride lda, by L with A = L L^T; the upper one is neither read nor written. It
// reports whether A is positive definite; if not, what it leaves is of no use. A
// NaN comes out as one and may pass for positive.
func Cholesky(n int, a []float64, lda int) (positive bool) {
	need("Cholesky", a, n, n, lda)
	return n == 0 || potrf(n, a, lda)
}

// SolveLower overwrites the m x n matrix b, with row stride ldb, by op(L)^-1 B, or
// by B op(L)^-1 if right is set. L is the lower triangle of l; op(L) is L or, if
// trans is set, its transpose.
func SolveLower(right, trans bool, m, n int, l []float64, ldl int, b []float64, ldb int) {
	order := m
	if right {
		order = n
	}
	need("SolveLower: L", l, order, order, ldl)
	need("SolveLower: B", b, m, n, ldb)
	if m > 0 && n > 0 {
		trsm(right, trans, m, n, l, ldl, b, ldb)
	}
}
