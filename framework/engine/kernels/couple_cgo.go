//go:build cgo && !purego

package kernels

/*
#include <stdint.h>
#cgo noescape hh_couple_f64
#cgo noescape hh_couple_f32
#cgo nocallback hh_couple_f64
#cgo nocallback hh_couple_f32
#cgo noescape hh_couple_backward_f64
#cgo noescape hh_couple_backward_f32
#cgo nocallback hh_couple_backward_f64
#cgo nocallback hh_couple_backward_f32
void hh_couple_f64(long inverse, double *x, double *l, const int64_t *at, long places, long width, const double *st, const double *scale, double *was, double *u, long n);
void hh_couple_f32(long inverse, float *x, double *l, const int64_t *at, long places, long width, const float *st, const float *scale, float *was, float *u, long n);
void hh_couple_backward_f64(long inverse, double *x, double *xbar, const double *lbar, const int64_t *at, long places, long width, double *dst, const double *scale, double *dscale, const double *was, const double *u, long n);
void hh_couple_backward_f32(long inverse, float *x, float *xbar, const double *lbar, const int64_t *at, long places, long width, float *dst, const float *scale, float *dscale, const float *was, const float *u, long n);
*/
import "C"

import "github.com/helmholtz-physics/helmholtz/framework/engine/tensor"

func couple[T tensor.Real](inverse bool, x []T, l []float64, at []int64, places int, st, scale, was, tanh []T, n int) {
	if single[T]() {
		C.hh_couple_f32(flag(inverse), f32(x), f64(l), indices(at), C.long(places), C.long(len(scale)), f32(st), f32(scale), f32(was), f32(tanh), C.long(n))
	} else {
		C.hh_couple_f64(flag(inverse), f64(x), f64(l), indices(at), C.long(places), C.long(len(scale)), f64(st), f64(scale), f64(was), f64(tanh), C.long(n))
	}
}

func coupleBackward[T tensor.Real](inverse bool, x, xbar []T, lbar []float64, at []int64, places int, dst, scale, dscale, was, tanh []T, n int) {
	if single[T]() {
		C.hh_couple_backward_f32(flag(inverse), f32(x), f32(xbar), f64(lbar), indices(at), C.long(places), C.long(len(scale)), f32(dst), f32(scale), f32(dscale), f32(was), f32(tanh), C.long(n))
	} else {
		C.hh_couple_backward_f64(flag(inverse), f64(x), f64(xbar), f64(lbar), indices(at), C.long(places), C.long(len(scale)), f64(dst), f64(scale), f64(dscale), f64(was), f64(tanh), C.long(n))
	}
}
