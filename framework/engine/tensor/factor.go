package tensor

import "fmt"

// LQ overwrites the m x n matrix a, m <= n, with row stride lda, by Q of A = L Q, whose rows
// are orthonormal, and writes L, lower triangular, to the m x m matrix l, with row stride m.
func LQ(m, n int, a []float64, lda int, l []float64) {
	need("LQ", a, m, n, lda)
	if m > n {
		panic(fmt.Sprintf("tensor: LQ of %d rows of length %d: there are more rows than columns", m, n))
	}
	if m == 0 {
		return
	}
	tau := make([]float64, m)
	gelqf(m, n, a, lda, tau)
	for i := range m {
		row := l[i*m : (i+1)*m]
		clear(row)
		copy(row, a[i*lda:i*lda+i+1])
	}
	orglq(m, n, a, lda, tau)
}

// SVD factors the m x n matrix a, with row stride n, which it overwrites,
//
//	A = U diag(s) V^T,   s_1 >= s_2 >= ... >= s_k >= 0,   k = min(m, n).
//
// u has m rows of length k and vt has k rows of length n. It reports whether it has
// converged, which fails for a matrix that is not finite.
func SVD(m, n int, a, s, u, vt []float64) (ok bool) {
	k := min(m, n)
	need("SVD", a, m, n, n)
	need("SVD: U", u, m, k, k)
	need("SVD: V", vt, k, n, n)
	need("SVD: s", s, 1, k, k)
	return k == 0 || gesvd(m, n, a, s, u, vt)
}
