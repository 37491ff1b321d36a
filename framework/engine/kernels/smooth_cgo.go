//go:build cgo && !purego

package kernels

/*
#cgo noescape hh_smooth_forward_f64
#cgo noescape hh_smooth_forward_f32
#cgo nocallback hh_smooth_forward_f64
#cgo nocallback hh_smooth_forward_f32
#cgo noescape hh_smooth_backward_f64
#cgo noescape hh_smooth_backward_f32
#cgo nocallback hh_smooth_backward_f64
#cgo nocallback hh_smooth_backward_f32
void hh_smooth_forward_f64(long f, double *h, double *p, double *q, long n);
void hh_smooth_forward_f32(long f, float *h, float *p, float *q, long n);
void hh_smooth_backward_f64(double *bar, const double *p, const double *q, const double *pbar, long n);
void hh_smooth_backward_f32(float *bar, const float *p, const float *q, const float *pbar, long n);
*/
import "C"

import "github.com/helmholtz-physics/helmholtz/framework/engine/tensor"

func smoothForward[T tensor.Real](f Smooth, h, p, q []T) {
	if single[T]() {
		C.hh_smooth_forward_f32(C.long(f), f32(h), f32(p), f32(q), C.long(len(p)))
	} else {
		C.hh_smooth_forward_f64(C.long(f), f64(h), f64(p), f64(q), C.long(len(p)))
	}
}

func smoothBackward[T tensor.Real](bar, p, q, pbar []T) {
	if single[T]() {
		C.hh_smooth_backward_f32(f32(bar), f32(p), f32(q), f32(pbar), C.long(len(bar)))
	} else {
		C.hh_smooth_backward_f64(f64(bar), f64(p), f64(q), f64(pbar), C.long(len(bar)))
	}
}
