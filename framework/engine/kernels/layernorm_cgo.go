//go:build cgo && !purego

package kernels

/*
#cgo LDFLAGS: -lm
#cgo noescape hh_layer_norm
#cgo nocallback hh_layer_norm
#cgo noescape hh_layer_norm_backward
#cgo nocallback hh_layer_norm_backward
void hh_layer_norm(long rows, long n, double eps, double *y, double *m, double *r, const double *x, const double *gain, const double *bias);
void hh_layer_norm_backward(long set, long rows, long n, long count, double *dx, double *dgain, double *dbias, const double *dy, const double *m, const double *r, const double *x, const double *gain, double *scratch);
*/
import "C"

func layerNorm(y, m, r, x, gain, bias []float64, n int) {
	C.hh_layer_norm(C.long(len(gain)), C.long(n), layerNormVariance, ptr(y), ptr(m), ptr(r), ptr(x), ptr(gain), ptr(bias))
}

func layerNormBackward(set bool, dx, dgain, dbias, dy, m, r, x, gain []float64, n, from, to int, scratch []float64) {
	C.hh_layer_norm_backward(flag(set), C.long(len(gain)), C.long(n), C.long(to-from), ptr(dx[from:]), ptr(dgain), ptr(dbias), ptr(dy[from:]), ptr(m[from:]), ptr(r[from:]), ptr(x[from:]), ptr(gain), ptr(scratch))
}
