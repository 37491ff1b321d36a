//go:build cgo && !purego

package kernels

/*
#cgo noescape hh_radial_forward
#cgo nocallback hh_radial_forward
#cgo noescape hh_radial_backward_each
#cgo nocallback hh_radial_backward_each
#cgo noescape hh_radial_jet
#cgo nocallback hh_radial_jet
#cgo noescape hh_radial_backward
#cgo nocallback hh_radial_backward
void hh_radial_forward(long units, double *y, double *dy, const double *r, const double *t, const double *weights, long n);
void hh_radial_backward_each(long units, double *rbar, double *dw, const double *ybar, const double *dybar, const double *r, const double *t, const double *weights, long places, long n);
void hh_radial_jet(long units, double *y, double *dy, double *d2y, double *d3y, const double *r, const double *t, const double *weights, long n);
void hh_radial_backward(long units, double *rbar, double *dw, const double *ybar, const double *dybar, const double *r, const double *t, const double *weights, long n);
*/
import "C"

// times is nil, which stands for no time, if the function has none.
func (f Radial) times(t []float64) *C.double {
	if f.Timed {
		return ptr(t)
	}
	return nil
}

func radialForward(f Radial, y, dy, r, t, weights []float64) {
	C.hh_radial_forward(C.long(f.Units), ptr(y), ptr(dy), ptr(r), f.times(t), ptr(weights), C.long(len(y)))
}

func radialJet(f Radial, y, dy, d2y, d3y, r, t, weights []float64) {
	C.hh_radial_jet(C.long(f.Units), ptr(y), ptr(dy), ptr(d2y), ptr(d3y), ptr(r), f.times(t), ptr(weights), C.long(len(y)))
}

func radialBackwardEach(f Radial, rbar, dw, ybar, dybar, r, t, weights []float64, n int) {
	C.hh_radial_backward_each(C.long(f.Units), ptr(rbar), ptr(dw), ptr(ybar), ptr(dybar), ptr(r), f.times(t), ptr(weights), C.long(len(rbar)), C.long(n))
}

func radialBackward(f Radial, rbar, dw, ybar, dybar, r, t, weights []float64) {
	C.hh_radial_backward(C.long(f.Units), ptr(rbar), orNull(dw), ptr(ybar), ptr(dybar), ptr(r), f.times(t), ptr(weights), C.long(len(rbar)))
}
