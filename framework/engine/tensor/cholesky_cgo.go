//go:build cgo && !purego

package tensor

/*
#cgo pkg-config: lapacke openblas
#cgo noescape LAPACKE_dpotrf_work
#cgo nocallback LAPACKE_dpotrf_work
#cgo noescape cblas_dtrsm
#cgo nocallback cblas_dtrsm
#include <lapacke.h>
#include <cblas.h>
*/
import "C"

// The lower triangle by rows is the upper one by columns, for which LAPACKE makes
// no copy.
func potrf(n int, a []float64, lda int) bool {
	info := C.LAPACKE_dpotrf_work(C.LAPACK_COL_MAJOR, 'U', C.lapack_int(n), f64(a), C.lapack_int(lda))
	check("dpotrf", info)
	return info == 0
}

func trsm(right, trans bool, m, n int, l []float64, ldl int, b []float64, ldb int) {
	var side C.enum_CBLAS_SIDE = C.CblasLeft
	if right {
		side = C.CblasRight
	}
	C.cblas_dtrsm(C.CblasRowMajor, side, C.CblasLower, cblasTrans(trans), C.CblasNonUnit,
		C.blasint(m), C.blasint(n), 1, f64(l), C.blasint(ldl), f64(b), C.blasint(ldb))
}
