//go:build cgo && !purego

package tensor

/*
#include <stdint.h>
#cgo noescape hh_sparse_mul_f64
#cgo nocallback hh_sparse_mul_f64
#cgo noescape hh_sparse_dots_f64
#cgo nocallback hh_sparse_dots_f64
void hh_sparse_mul_f64(long set, double *y, const double *a, const double *x, const int64_t *at, long rows, long terms, long n, long ld);
void hh_sparse_dots_f64(double *abar, const double *ybar, const double *x, const int64_t *at, long rows, long terms, long n, long ld);
*/
import "C"

import "unsafe"

func flag(b bool) C.long {
	if b {
		return 1
	}
	return 0
}

func sparseMul(s Sparse, set bool, y, a, x []float64, n, ld int) {
	C.hh_sparse_mul_f64(flag(set), f64(y), f64(a), f64(x), (*C.int64_t)(unsafe.Pointer(&s.At[0])), C.long(s.Rows), C.long(s.Terms), C.long(n), C.long(ld))
}

func sparseDots(s Sparse, abar, ybar, x []float64, n, ld int) {
	C.hh_sparse_dots_f64(f64(abar), f64(ybar), f64(x), (*C.int64_t)(unsafe.Pointer(&s.At[0])), C.long(s.Rows), C.long(s.Terms), C.long(n), C.long(ld))
}
