//go:build cgo && !purego

package kernels

/*
#cgo noescape hh_quartic_f64
#cgo nocallback hh_quartic_f64
#include <stdint.h>
void hh_quartic_f64(double *s, double *slope, const double *x, double *scratch, double a, double b, long degree, const int32_t *next, const int32_t *last, long sites, long n);
*/
import "C"

import "unsafe"

func quartic(q *Quartic, s, slope, x, scratch []float64) {
	next, last := (*C.int32_t)(unsafe.Pointer(unsafe.SliceData(q.Next))), (*C.int32_t)(unsafe.Pointer(unsafe.SliceData(q.Last)))
	C.hh_quartic_f64(f64(s), f64(slope), f64(x), f64(scratch), C.double(q.A), C.double(q.B), C.long(q.Degree), next, last, C.long(q.sites()), C.long(len(s)))
}
