//go:build cgo && !purego

package kernels

/*
#cgo noescape hh_quartic
#cgo nocallback hh_quartic
#include <stdint.h>
void hh_quartic(double *s, double *slope, const double *x, double *scratch, double a, double b, long degree, const int32_t *next, const int32_t *last, long sites, long n);
*/
import "C"

import "unsafe"

func quartic(q *Quartic, s, slope, x, scratch []float64) {
	next, last := (*C.int32_t)(unsafe.Pointer(unsafe.SliceData(q.Next))), (*C.int32_t)(unsafe.Pointer(unsafe.SliceData(q.Last)))
	C.hh_quartic(ptr(s), orNull(slope), ptr(x), ptr(scratch), C.double(q.A), C.double(q.B), C.long(q.Degree), next, last, C.long(q.sites()), C.long(len(s)))
}
