//go:build cgo && !purego

package kernels

/*
#cgo noescape hh_ridge_forward_f64
#cgo noescape hh_ridge_forward_f32
#cgo nocallback hh_ridge_forward_f64
#cgo nocallback hh_ridge_forward_f32
#cgo noescape hh_ridge_backward_f64
#cgo noescape hh_ridge_backward_f32
#cgo nocallback hh_ridge_backward_f64
#cgo nocallback hh_ridge_backward_f32
void hh_ridge_forward_f64(long f, double *u, double *g, double *lap, const double *a, const double *c, long rows, long n, long ld);
void hh_ridge_forward_f32(long f, float *u, float *g, double *lap, const float *a, const float *c, long rows, long n, long ld);
void hh_ridge_backward_f64(long f, double *s, double *g, const double *p, const double *lbar, const double *a, const double *c, double *abar, double *bbar, double *cbar, long rows, long n, long ld);
void hh_ridge_backward_f32(long f, float *s, float *g, const float *p, const double *lbar, const float *a, const float *c, float *abar, float *bbar, float *cbar, long rows, long n, long ld);
*/
import "C"

import "github.com/helmholtz-physics/helmholtz/framework/engine/tensor"

func ridgeForward[T tensor.Real](f Ridge, u, g []T, lap []float64, a, c []T, n, ld int) {
	if single[T]() {
		C.hh_ridge_forward_f32(C.long(f), f32(u), f32(g), f64(lap), f32(a), f32(c), C.long(len(a)), C.long(n), C.long(ld))
	} else {
		C.hh_ridge_forward_f64(C.long(f), f64(u), f64(g), f64(lap), f64(a), f64(c), C.long(len(a)), C.long(n), C.long(ld))
	}
}

func ridgeBackward[T tensor.Real](f Ridge, s, g, p []T, lbar []float64, a, c, abar, bbar, cbar []T, ld int) {
	if single[T]() {
		C.hh_ridge_backward_f32(C.long(f), f32(s), f32(g), f32(p), f64(lbar), f32(a), f32(c), f32(abar), f32(bbar), f32(cbar), C.long(len(a)), C.long(len(lbar)), C.long(ld))
	} else {
		C.hh_ridge_backward_f64(C.long(f), f64(s), f64(g), f64(p), f64(lbar), f64(a), f64(c), f64(abar), f64(bbar), f64(cbar), C.long(len(a)), C.long(len(lbar)), C.long(ld))
	}
}
