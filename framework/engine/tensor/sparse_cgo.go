//go:build cgo && !purego

package tensor

/*
#include <stdint.h>
#cgo noescape hh_sparse_mul_f64
#cgo noescape hh_sparse_mul_f32
#cgo nocallback hh_sparse_mul_f64
#cgo nocallback hh_sparse_mul_f32
#cgo noescape hh_sparse_dots_f64
#cgo noescape hh_sparse_dots_f32
#cgo nocallback hh_sparse_dots_f64
#cgo nocallback hh_sparse_dots_f32
void hh_sparse_mul_f64(long set, double *y, const double *a, const double *x, const int64_t *at, long rows, long terms, long n, long ld);
void hh_sparse_mul_f32(long set, float *y, const float *a, const float *x, const int64_t *at, long rows, long terms, long n, long ld);
void hh_sparse_dots_f64(double *abar, const double *ybar, const double *x, const int64_t *at, long rows, long terms, long n, long ld);
void hh_sparse_dots_f32(float *abar, const float *ybar, const float *x, const int64_t *at, long rows, long terms, long n, long ld);
*/
import "C"

import "unsafe"

func flag(b bool) C.long {
	if b {
		return 1
	}
	return 0
}

func sparseMul[T Real](s Sparse[T], set bool, y, a, x []T, n, ld int) {
	at, rows, terms := (*C.int64_t)(unsafe.Pointer(&s.At[0])), C.long(s.Rows), C.long(s.Terms)
	if single[T]() {
		C.hh_sparse_mul_f32(flag(set), f32(y), f32(a), f32(x), at, rows, terms, C.long(n), C.long(ld))
	} else {
		C.hh_sparse_mul_f64(flag(set), f64(y), f64(a), f64(x), at, rows, terms, C.long(n), C.long(ld))
	}
}

func sparseDots[T Real](s Sparse[T], abar, ybar, x []T, n, ld int) {
	at, rows, terms := (*C.int64_t)(unsafe.Pointer(&s.At[0])), C.long(s.Rows), C.long(s.Terms)
	if single[T]() {
		C.hh_sparse_dots_f32(f32(abar), f32(ybar), f32(x), at, rows, terms, C.long(n), C.long(ld))
	} else {
		C.hh_sparse_dots_f64(f64(abar), f64(ybar), f64(x), at, rows, terms, C.long(n), C.long(ld))
	}
}
