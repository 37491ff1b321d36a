//go:build cgo && !purego

package kernels

/*
#cgo noescape hh_ridge_forward
#cgo nocallback hh_ridge_forward
#cgo noescape hh_ridge_backward
#cgo nocallback hh_ridge_backward
void hh_ridge_forward(long f, double *u, double *g, double *lap, const double *a, const double *c, long rows, long n, long ld);
void hh_ridge_backward(long f, double *s, double *g, const double *p, const double *lbar, const double *a, const double *c, double *abar, double *bbar, double *cbar, long rows, long n, long ld);
*/
import "C"

func ridgeForward(f Ridge, u, g, lap, a, c []float64, n, ld int) {
	C.hh_ridge_forward(C.long(f), ptr(u), orNull(g), orNull(lap), ptr(a), ptr(c), C.long(len(a)), C.long(n), C.long(ld))
}

func ridgeBackward(f Ridge, s, g, p, lbar, a, c, abar, bbar, cbar []float64, ld int) {
	C.hh_ridge_backward(C.long(f), ptr(s), ptr(g), ptr(p), ptr(lbar), ptr(a), ptr(c), orNull(abar), orNull(bbar), orNull(cbar), C.long(len(a)), C.long(len(lbar)), C.long(ld))
}
