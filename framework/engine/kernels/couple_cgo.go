//go:build cgo && !purego

package kernels

/*
#include <stdint.h>
#cgo noescape hh_couple
#cgo nocallback hh_couple
#cgo noescape hh_couple_backward
#cgo nocallback hh_couple_backward
void hh_couple(long inverse, double *x, double *l, const int64_t *at, long places, long width, const double *st, const double *scale, double *was, double *u, long n);
void hh_couple_backward(long inverse, double *x, double *xbar, const double *lbar, const int64_t *at, long places, long width, double *dst, const double *scale, double *dscale, const double *was, const double *u, long n);
*/
import "C"

func couple(inverse bool, x, l []float64, at []int64, places int, st, scale, was, tanh []float64, n int) {
	C.hh_couple(flag(inverse), ptr(x), ptr(l), indices(at), C.long(places), C.long(len(scale)), ptr(st), ptr(scale), ptr(was), ptr(tanh), C.long(n))
}

func coupleBackward(inverse bool, x, xbar, lbar []float64, at []int64, places int, dst, scale, dscale, was, tanh []float64, n int) {
	C.hh_couple_backward(flag(inverse), ptr(x), ptr(xbar), ptr(lbar), indices(at), C.long(places), C.long(len(scale)), ptr(dst), ptr(scale), orNull(dscale), ptr(was), ptr(tanh), C.long(n))
}
