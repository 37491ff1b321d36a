//go:build !cgo || purego

package tensor

import "gonum.org/v1/gonum/lapack/gonum"

type pivot = int

const firstRow = 0

func getrf(n int, a []float64, lda int, p []pivot) bool {
	return gonum.Implementation{}.Dgetrf(n, n, a, lda, p)
}

func getrs(trans bool, n, cols int, a []float64, lda int, p []pivot, b []float64, ldb int) {
	gonum.Implementation{}.Dgetrs(blasTrans(trans), n, cols, a, lda, p, b, ldb)
}
