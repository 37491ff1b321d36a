//go:build cgo && !purego

package tensor

/*
#cgo pkg-config: lapacke openblas
#cgo noescape LAPACKE_dgetrf_work
#cgo nocallback LAPACKE_dgetrf_work
#cgo noescape LAPACKE_dgetrs_work
#cgo nocallback LAPACKE_dgetrs_work
#include <lapacke.h>
*/
import "C"

import "fmt"

type pivot = C.lapack_int

const firstRow = 1

// The _work forms do not search for NaN first: it comes out where it went in.

func getrf(n int, a []float64, lda int, p []pivot) bool {
	info := C.LAPACKE_dgetrf_work(C.LAPACK_ROW_MAJOR, C.lapack_int(n), C.lapack_int(n), f64(a), C.lapack_int(lda), &p[0])
	check("dgetrf", info)
	return info == 0
}

func getrs(trans bool, n, cols int, a []float64, lda int, p []pivot, b []float64, ldb int) {
	op := C.char('N')
	if trans {
		op = 'T'
	}
	check("dgetrs", C.LAPACKE_dgetrs_work(C.LAPACK_ROW_MAJOR, op, C.lapack_int(n), C.lapack_int(cols), f64(a), C.lapack_int(lda), &p[0], f64(b), C.lapack_int(ldb)))
}

// check panics if LAPACKE refused an argument, or had no memory for the copy
// that it makes of a row-major matrix.
func check(routine string, info C.lapack_int) {
	if info < 0 {
		panic(fmt.Sprintf("tensor: LAPACKE_%s: error %d", routine, info))
	}
}
