//go:build cgo && !purego

package tensor

/*
#cgo pkg-config: lapacke openblas
#cgo noescape LAPACKE_dgelqf
#cgo nocallback LAPACKE_dgelqf
#cgo noescape LAPACKE_dorglq
#cgo nocallback LAPACKE_dorglq
#cgo noescape LAPACKE_dgesdd
#cgo nocallback LAPACKE_dgesdd
#include <lapacke.h>
*/
import "C"

func gelqf(m, n int, a []float64, lda int, tau []float64) {
	check("dgelqf", C.LAPACKE_dgelqf(C.LAPACK_ROW_MAJOR, C.lapack_int(m), C.lapack_int(n), f64(a), C.lapack_int(lda), f64(tau)))
}

func orglq(m, n int, a []float64, lda int, tau []float64) {
	k := C.lapack_int(m)
	check("dorglq", C.LAPACKE_dorglq(C.LAPACK_ROW_MAJOR, k, C.lapack_int(n), k, f64(a), C.lapack_int(lda), f64(tau)))
}

func gesvd(m, n int, a, s, u, vt []float64) bool {
	k := min(m, n)
	info := C.LAPACKE_dgesdd(C.LAPACK_ROW_MAJOR, 'S', C.lapack_int(m), C.lapack_int(n), f64(a), C.lapack_int(n),
		f64(s), f64(u), C.lapack_int(k), f64(vt), C.lapack_int(n))
	return info == 0 // with NaN it refuses the argument
}
