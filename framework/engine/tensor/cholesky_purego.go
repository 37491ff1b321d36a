//go:build !cgo || purego

package tensor

import (
	"gonum.org/v1/gonum/blas"
	blasgonum "gonum.org/v1/gonum/blas/gonum"
	"gonum.org/v1/gonum/lapack/gonum"
)

func potrf(n int, a []float64, lda int) bool {
	return gonum.Implementation{}.Dpotrf(blas.Lower, n, a, lda)
}

func trsm(right, trans bool, m, n int, l []float64, ldl int, b []float64, ldb int) {
	side := blas.Left
	if right {
		side = blas.Right
	}
	blasgonum.Implementation{}.Dtrsm(side, blas.Lower, blasTrans(trans), blas.NonUnit, m, n, 1, l, ldl, b, ldb)
}
