//go:build cgo && !purego

package kernels

/*
#cgo noescape hh_radial_forward_f64
#cgo noescape hh_radial_forward_f32
#cgo nocallback hh_radial_forward_f64
#cgo nocallback hh_radial_forward_f32
#cgo noescape hh_radial_backward_each_f64
#cgo noescape hh_radial_backward_each_f32
#cgo nocallback hh_radial_backward_each_f64
#cgo nocallback hh_radial_backward_each_f32
#cgo noescape hh_radial_jet_f64
#cgo noescape hh_radial_jet_f32
#cgo nocallback hh_radial_jet_f64
#cgo nocallback hh_radial_jet_f32
#cgo noescape hh_radial_backward_f64
#cgo noescape hh_radial_backward_f32
#cgo nocallback hh_radial_backward_f64
#cgo nocallback hh_radial_backward_f32
void hh_radial_forward_f64(long units, double *y, double *dy, const double *r, const double *t, const double *weights, long n);
void hh_radial_forward_f32(long units, float *y, float *dy, const float *r, const float *t, const float *weights, long n);
void hh_radial_backward_each_f64(long units, double *rbar, double *dw, const double *ybar, const double *dybar, const double *r, const double *t, const double *weights, long places, long n);
void hh_radial_backward_each_f32(long units, float *rbar, float *dw, const float *ybar, const float *dybar, const float *r, const float *t, const float *weights, long places, long n);
void hh_radial_jet_f64(long units, double *y, double *dy, double *d2y, double *d3y, const double *r, const double *t, const double *weights, long n);
void hh_radial_jet_f32(long units, float *y, float *dy, float *d2y, float *d3y, const float *r, const float *t, const float *weights, long n);
void hh_radial_backward_f64(long units, double *rbar, double *dw, const double *ybar, const double *dybar, const double *r, const double *t, const double *weights, long n);
void hh_radial_backward_f32(long units, float *rbar, float *dw, const float *ybar, const float *dybar, const float *r, const float *t, const float *weights, long n);
*/
import "C"

import "github.com/helmholtz-physics/helmholtz/framework/engine/tensor"

// times is nil, which stands for no time, if the function has none.
func times[T tensor.Real](f Radial, t []T) []T {
	if f.Timed {
		return t
	}
	return nil
}

func radialForward[T tensor.Real](f Radial, y, dy, r, t, weights []T) {
	if single[T]() {
		C.hh_radial_forward_f32(C.long(f.Units), f32(y), f32(dy), f32(r), f32(times(f, t)), f32(weights), C.long(len(y)))
	} else {
		C.hh_radial_forward_f64(C.long(f.Units), f64(y), f64(dy), f64(r), f64(times(f, t)), f64(weights), C.long(len(y)))
	}
}

func radialJet[T tensor.Real](f Radial, y, dy, d2y, d3y, r, t, weights []T) {
	if single[T]() {
		C.hh_radial_jet_f32(C.long(f.Units), f32(y), f32(dy), f32(d2y), f32(d3y), f32(r), f32(times(f, t)), f32(weights), C.long(len(y)))
	} else {
		C.hh_radial_jet_f64(C.long(f.Units), f64(y), f64(dy), f64(d2y), f64(d3y), f64(r), f64(times(f, t)), f64(weights), C.long(len(y)))
	}
}

func radialBackwardEach[T tensor.Real](f Radial, rbar, dw, ybar, dybar, r, t, weights []T, n int) {
	if single[T]() {
		C.hh_radial_backward_each_f32(C.long(f.Units), f32(rbar), f32(dw), f32(ybar), f32(dybar), f32(r), f32(times(f, t)), f32(weights), C.long(len(rbar)), C.long(n))
	} else {
		C.hh_radial_backward_each_f64(C.long(f.Units), f64(rbar), f64(dw), f64(ybar), f64(dybar), f64(r), f64(times(f, t)), f64(weights), C.long(len(rbar)), C.long(n))
	}
}

func radialBackward[T tensor.Real](f Radial, rbar, dw, ybar, dybar, r, t, weights []T) {
	if single[T]() {
		C.hh_radial_backward_f32(C.long(f.Units), f32(rbar), f32(dw), f32(ybar), f32(dybar), f32(r), f32(times(f, t)), f32(weights), C.long(len(rbar)))
	} else {
		C.hh_radial_backward_f64(C.long(f.Units), f64(rbar), f64(dw), f64(ybar), f64(dybar), f64(r), f64(times(f, t)), f64(weights), C.long(len(rbar)))
	}
}
