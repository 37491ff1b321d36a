//go:build cgo && !purego

package kernels

/*
#cgo LDFLAGS: -lm
#cgo noescape hh_layer_norm_f64
#cgo noescape hh_layer_norm_f32
#cgo nocallback hh_layer_norm_f64
#cgo nocallback hh_layer_norm_f32
#cgo noescape hh_layer_norm_backward_f64
#cgo noescape hh_layer_norm_backward_f32
#cgo nocallback hh_layer_norm_backward_f64
#cgo nocallback hh_layer_norm_backward_f32
void hh_layer_norm_f64(long rows, long n, double eps, double *y, double *m, double *r, const double *x, const double *gain, const double *bias);
void hh_layer_norm_f32(long rows, long n, double eps, float *y, float *m, float *r, const float *x, const float *gain, const float *bias);
void hh_layer_norm_backward_f64(long set, long rows, long n, long count, double *dx, double *dgain, double *dbias, const double *dy, const double *m, const double *r, const double *x, const double *gain, double *scratch);
void hh_layer_norm_backward_f32(long set, long rows, long n, long count, float *dx, float *dgain, float *dbias, const float *dy, const float *m, const float *r, const float *x, const float *gain, float *scratch);
*/
import "C"

import "github.com/helmholtz-physics/helmholtz/framework/engine/tensor"

func layerNorm[T tensor.Real](y, m, r, x, gain, bias []T, n int) {
	if single[T]() {
		C.hh_layer_norm_f32(C.long(len(gain)), C.long(n), layerNormVariance, f32(y), f32(m), f32(r), f32(x), f32(gain), f32(bias))
	} else {
		C.hh_layer_norm_f64(C.long(len(gain)), C.long(n), layerNormVariance, f64(y), f64(m), f64(r), f64(x), f64(gain), f64(bias))
	}
}

func layerNormBackward[T tensor.Real](set bool, dx, dgain, dbias, dy, m, r, x, gain []T, n, from, to int, scratch []T) {
	if single[T]() {
		C.hh_layer_norm_backward_f32(flag(set), C.long(len(gain)), C.long(n), C.long(to-from), f32(dx[from:]), f32(dgain), f32(dbias), f32(dy[from:]), f32(m[from:]), f32(r[from:]), f32(x[from:]), f32(gain), f32(scratch))
	} else {
		C.hh_layer_norm_backward_f64(flag(set), C.long(len(gain)), C.long(n), C.long(to-from), f64(dx[from:]), f64(dgain), f64(dbias), f64(dy[from:]), f64(m[from:]), f64(r[from:]), f64(x[from:]), f64(gain), f64(scratch))
	}
}
