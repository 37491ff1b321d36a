//go:build cgo && !purego

package tensor

/*
#cgo noescape hh_mul_add
#cgo nocallback hh_mul_add
void hh_mul_add(long m, long n, long k, const double *w, long wi, long wk, const double *x, long ldx, double *y, long ldy, const double *start, long si);
*/
import "C"

func mulAdd(m, n, k int, w []float64, wi, wk int, x []float64, ldx int, y []float64, ldy int, start []float64) {
	var s *C.double
	step := 0
	if start != nil {
		s = ptr(start)
	}
	if len(start) > 1 {
		step = 1
	}
	C.hh_mul_add(C.long(m), C.long(n), C.long(k), ptr(w), C.long(wi), C.long(wk), ptr(x), C.long(ldx), ptr(y), C.long(ldy), s, C.long(step))
}
