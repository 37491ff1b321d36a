//go:build cgo && !purego

package kernels

/*
#cgo noescape hh_hartley_f64
#cgo noescape hh_hartley_f32
#cgo nocallback hh_hartley_f64
#cgo nocallback hh_hartley_f32
#include <stdint.h>
void hh_hartley_f64(double *x, long n, long ld, long sites, const int64_t *shape, long axes, const double *m, double *scratch);
void hh_hartley_f32(float *x, long n, long ld, long sites, const int64_t *shape, long axes, const float *m, float *scratch);
*/
import "C"

import "github.com/helmholtz-physics/helmholtz/framework/engine/tensor"

func hartley[T tensor.Real](h *Hartley[T], x []T, n, ld int) {
	if single[T]() {
		C.hh_hartley_f32(f32(x), C.long(n), C.long(ld), C.long(h.sites), indices(h.shape), C.long(len(h.shape)), f32(h.m), f32(h.scratch))
	} else {
		C.hh_hartley_f64(f64(x), C.long(n), C.long(ld), C.long(h.sites), indices(h.shape), C.long(len(h.shape)), f64(h.m), f64(h.scratch))
	}
}
