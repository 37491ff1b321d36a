//go:build cgo && !purego

package kernels

/*
#include <stdint.h>
#cgo noescape hh_mlp_scratch
#cgo nocallback hh_mlp_scratch
#cgo noescape hh_mlp_forward_f64
#cgo noescape hh_mlp_forward_f32
#cgo nocallback hh_mlp_forward_f64
#cgo nocallback hh_mlp_forward_f32
#cgo noescape hh_mlp_backward_f64
#cgo noescape hh_mlp_backward_f32
#cgo nocallback hh_mlp_backward_f64
#cgo nocallback hh_mlp_backward_f32
#cgo noescape hh_activate_f64
#cgo noescape hh_activate_f32
#cgo nocallback hh_activate_f64
#cgo nocallback hh_activate_f32
#cgo noescape hh_activate_backward_f64
#cgo noescape hh_activate_backward_f32
#cgo nocallback hh_activate_backward_f64
#cgo nocallback hh_activate_backward_f32
long hh_mlp_scratch(long groups, long layers, long activation, const int64_t *sizes);
void hh_mlp_forward_f64(long groups, long layers, long activation, const int64_t *sizes, const double *w, const double *x, const int64_t *in, long places, double *y, long n, double *scratch);
void hh_mlp_forward_f32(long groups, long layers, long activation, const int64_t *sizes, const float *w, const float *x, const int64_t *in, long places, float *y, long n, float *scratch);
void hh_mlp_backward_f64(long groups, long layers, long activation, const int64_t *sizes, const double *w, double *dw, const double *x, double *dx, const int64_t *in, long places, const double *dy, long n, double *scratch);
void hh_mlp_backward_f32(long groups, long layers, long activation, const int64_t *sizes, const float *w, float *dw, const float *x, float *dx, const int64_t *in, long places, const float *dy, long n, float *scratch);
void hh_activate_f64(long kind, double *y, long n);
void hh_activate_f32(long kind, float *y, long n);
void hh_activate_backward_f64(long kind, double *dy, const double *y, long n);
void hh_activate_backward_f32(long kind, float *dy, const float *y, long n);
*/
import "C"

import "github.com/helmholtz-physics/helmholtz/framework/engine/tensor"

func mlpScratch(m MLP) int {
	return int(C.hh_mlp_scratch(C.long(m.Groups), C.long(len(m.Sizes)-1), C.long(m.Activation), indices(m.Sizes)))
}

func mlpForward[T tensor.Real](m MLP, y, x, w []T, in []int64, places, n int, scratch []T) {
	if single[T]() {
		C.hh_mlp_forward_f32(C.long(m.Groups), C.long(len(m.Sizes)-1), C.long(m.Activation), indices(m.Sizes), f32(w), f32(x), indices(in), C.long(places), f32(y), C.long(n), f32(scratch))
	} else {
		C.hh_mlp_forward_f64(C.long(m.Groups), C.long(len(m.Sizes)-1), C.long(m.Activation), indices(m.Sizes), f64(w), f64(x), indices(in), C.long(places), f64(y), C.long(n), f64(scratch))
	}
}

func mlpBackward[T tensor.Real](m MLP, dx, dw, dy, x, w []T, in []int64, places, n int, scratch []T) {
	if single[T]() {
		C.hh_mlp_backward_f32(C.long(m.Groups), C.long(len(m.Sizes)-1), C.long(m.Activation), indices(m.Sizes), f32(w), f32(dw), f32(x), f32(dx), indices(in), C.long(places), f32(dy), C.long(n), f32(scratch))
	} else {
		C.hh_mlp_backward_f64(C.long(m.Groups), C.long(len(m.Sizes)-1), C.long(m.Activation), indices(m.Sizes), f64(w), f64(dw), f64(x), f64(dx), indices(in), C.long(places), f64(dy), C.long(n), f64(scratch))
	}
}

func activate[T tensor.Real](f Activation, y []T) {
	if single[T]() {
		C.hh_activate_f32(C.long(f), f32(y), C.long(len(y)))
	} else {
		C.hh_activate_f64(C.long(f), f64(y), C.long(len(y)))
	}
}

func activateBackward[T tensor.Real](f Activation, dy, y []T) {
	if single[T]() {
		C.hh_activate_backward_f32(C.long(f), f32(dy), f32(y), C.long(len(dy)))
	} else {
		C.hh_activate_backward_f64(C.long(f), f64(dy), f64(y), C.long(len(dy)))
	}
}
