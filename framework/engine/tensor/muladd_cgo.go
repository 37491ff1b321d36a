//go:build cgo && !purego

package tensor

/*
#cgo noescape hh_mul_add_f64
#cgo noescape hh_mul_add_f32
#cgo nocallback hh_mul_add_f64
#cgo nocallback hh_mul_add_f32
void hh_mul_add_f64(long m, long n, long k, const double *w, long wi, long wk, const double *x, long ldx, double *y, long ldy, const double *start, long si);
void hh_mul_add_f32(long m, long n, long k, const float *w, long wi, long wk, const float *x, long ldx, float *y, long ldy, const float *start, long si);

#cgo noescape hh_mul_add_turned_f64
#cgo noescape hh_mul_add_turned_f32
#cgo nocallback hh_mul_add_turned_f64
#cgo nocallback hh_mul_add_turned_f32
void hh_mul_add_turned_f64(long m, long n, long k, const double *w, long ldw, const double *x, long ldx, double *y, long ldy);
void hh_mul_add_turned_f32(long m, long n, long k, const float *w, long ldw, const float *x, long ldx, float *y, long ldy);
*/
import "C"

func mulAdd[T Real](m, n, k int, w []T, wi, wk int, x []T, ldx int, y []T, ldy int, start []T) {
	step := 0
	if len(start) > 1 {
		step = 1
	}
	if single[T]() {
		C.hh_mul_add_f32(C.long(m), C.long(n), C.long(k), f32(w), C.long(wi), C.long(wk), f32(x), C.long(ldx), f32(y), C.long(ldy), f32(start), C.long(step))
	} else {
		C.hh_mul_add_f64(C.long(m), C.long(n), C.long(k), f64(w), C.long(wi), C.long(wk), f64(x), C.long(ldx), f64(y), C.long(ldy), f64(start), C.long(step))
	}
}

func mulAddTurned[T Real](m, n, k int, w []T, ldw int, x []T, ldx int, y []T, ldy int) {
	if single[T]() {
		C.hh_mul_add_turned_f32(C.long(m), C.long(n), C.long(k), f32(w), C.long(ldw), f32(x), C.long(ldx), f32(y), C.long(ldy))
	} else {
		C.hh_mul_add_turned_f64(C.long(m), C.long(n), C.long(k), f64(w), C.long(ldw), f64(x), C.long(ldx), f64(y), C.long(ldy))
	}
}
