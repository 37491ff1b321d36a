//go:build cgo && !purego

package kernels

/*
#include <stdint.h>
#cgo noescape hh_combine
#cgo nocallback hh_combine
void hh_combine(double *y, const double *x, const double *h, long rows, long n, const double *c, const int64_t *from, long terms, const double *k);
*/
import "C"

import "unsafe"

func combine(y, x, h, c []float64, from []int64, k []float64) {
	n := len(h)
	C.hh_combine(ptr(y), (*C.double)(unsafe.SliceData(x)), ptr(h), C.long(len(y)/n), C.long(n),
		(*C.double)(unsafe.SliceData(c)), (*C.int64_t)(unsafe.SliceData(from)), C.long(len(c)), (*C.double)(unsafe.SliceData(k)))
}
