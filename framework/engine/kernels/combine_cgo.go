//go:build cgo && !purego

package kernels

/*
#include <stdint.h>
#cgo noescape hh_combine_f64
#cgo noescape hh_combine_f32
#cgo nocallback hh_combine_f64
#cgo nocallback hh_combine_f32
void hh_combine_f64(double *y, const double *x, const double *h, long rows, long n, const double *c, const int64_t *from, long terms, const double *k);
void hh_combine_f32(float *y, const float *x, const double *h, long rows, long n, const double *c, const int64_t *from, long terms, const float *k);
*/
import "C"

import (
	"unsafe"

	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

func combine[T tensor.Real](y, x []T, h, c []float64, from []int64, k []T) {
	n := len(h)
	if single[T]() {
		C.hh_combine_f32(f32(y), f32(x), f64(h), C.long(len(y)/n), C.long(n), f64(c), (*C.int64_t)(unsafe.SliceData(from)), C.long(len(c)), f32(k))
	} else {
		C.hh_combine_f64(f64(y), f64(x), f64(h), C.long(len(y)/n), C.long(n), f64(c), (*C.int64_t)(unsafe.SliceData(from)), C.long(len(c)), f64(k))
	}
}
