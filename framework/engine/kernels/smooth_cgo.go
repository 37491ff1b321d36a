//go:build cgo && !purego

package kernels

/*
#cgo noescape hh_smooth_forward
#cgo nocallback hh_smooth_forward
#cgo noescape hh_smooth_backward
#cgo nocallback hh_smooth_backward
void hh_smooth_forward(long f, double *h, double *p, double *q, long n);
void hh_smooth_backward(double *bar, const double *p, const double *q, const double *pbar, long n);
*/
import "C"

func smoothForward(f Smooth, h, p, q []float64) {
	C.hh_smooth_forward(C.long(f), ptr(h), ptr(p), orNull(q), C.long(len(p)))
}

func smoothBackward(bar, p, q, pbar []float64) {
	C.hh_smooth_backward(ptr(bar), ptr(p), orNull(q), orNull(pbar), C.long(len(bar)))
}
