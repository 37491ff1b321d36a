//go:build cgo && !purego

package kernels

/*
#include <stdint.h>
#cgo noescape hh_mlp_scratch
#cgo nocallback hh_mlp_scratch
#cgo noescape hh_mlp_forward
#cgo nocallback hh_mlp_forward
#cgo noescape hh_mlp_backward
#cgo nocallback hh_mlp_backward
#cgo noescape hh_activate
#cgo nocallback hh_activate
#cgo noescape hh_activate_backward
#cgo nocallback hh_activate_backward
long hh_mlp_scratch(long groups, long layers, long activation, const int64_t *sizes);
void hh_mlp_forward(long groups, long layers, long activation, const int64_t *sizes, const double *w, const double *x, const int64_t *in, long places, double *y, long n, double *scratch);
void hh_mlp_backward(long groups, long layers, long activation, const int64_t *sizes, const double *w, double *dw, const double *x, double *dx, const int64_t *in, long places, const double *dy, long n, double *scratch);
void hh_activate(long kind, double *y, long n);
void hh_activate_backward(long kind, double *dy, const double *y, long n);
*/
import "C"

func mlpScratch(m MLP) int {
	return int(C.hh_mlp_scratch(C.long(m.Groups), C.long(len(m.Sizes)-1), C.long(m.Activation), indices(m.Sizes)))
}

func mlpForward(m MLP, y, x, w []float64, in []int64, places, n int, scratch []float64) {
	C.hh_mlp_forward(C.long(m.Groups), C.long(len(m.Sizes)-1), C.long(m.Activation), indices(m.Sizes), ptr(w), ptr(x), indices(in), C.long(places), ptr(y), C.long(n), ptr(scratch))
}

func mlpBackward(m MLP, dx, dw, dy, x, w []float64, in []int64, places, n int, scratch []float64) {
	C.hh_mlp_backward(C.long(m.Groups), C.long(len(m.Sizes)-1), C.long(m.Activation), indices(m.Sizes), ptr(w), orNull(dw), ptr(x), ptr(dx), indices(in), C.long(places), ptr(dy), C.long(n), ptr(scratch))
}

func activate(f Activation, y []float64) { C.hh_activate(C.long(f), ptr(y), C.long(len(y))) }

func activateBackward(f Activation, dy, y []float64) {
	C.hh_activate_backward(C.long(f), ptr(dy), ptr(y), C.long(len(dy)))
}
