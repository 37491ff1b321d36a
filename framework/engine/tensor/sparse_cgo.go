//go:build cgo && !purego

package tensor

/*
#include <stdint.h>
#cgo noescape hh_sparse_mul
#cgo nocallback hh_sparse_mul
#cgo noescape hh_sparse_dots
#cgo nocallback hh_sparse_dots
void hh_sparse_mul(long set, double *y, const double *a, const double *x, const int64_t *at, long rows, long terms, long n, long ld);
void hh_sparse_dots(double *abar, const double *ybar, const double *x, const int64_t *at, long rows, long terms, long n, long ld);
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
	C.hh_sparse_mul(flag(set), ptr(y), ptr(a), ptr(x), (*C.int64_t)(unsafe.Pointer(&s.At[0])), C.long(s.Rows), C.long(s.Terms), C.long(n), C.long(ld))
}

func sparseDots(s Sparse, abar, ybar, x []float64, n, ld int) {
	C.hh_sparse_dots(ptr(abar), ptr(ybar), ptr(x), (*C.int64_t)(unsafe.Pointer(&s.At[0])), C.long(s.Rows), C.long(s.Terms), C.long(n), C.long(ld))
}
