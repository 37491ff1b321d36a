//go:build cgo && !purego

package kernels

/*
#cgo noescape hh_lift_add_f64
#cgo nocallback hh_lift_add_f64
#include <stdint.h>
void hh_lift_add_f64(long d, long first, long size, double *rates, double *l, const double *state, const int32_t *ends, long pairs, const double *rho, const double *f, const double *df, const double *d2f, const double *d3f, long n);
*/
import "C"

func liftAdd(s Lift, rates, l, state []float64, pairs []Pair, jet *[5][]float64, n int) {
	first := C.long(0)
	if s.First {
		first = 1
	}
	C.hh_lift_add_f64(C.long(s.Dim), first, C.long(s.Size), f64(rates), f64(l), f64(state), (*C.int32_t)(&pairs[0].A), C.long(len(pairs)),
		f64(jet[0]), f64(jet[1]), f64(jet[2]), f64(jet[3]), f64(jet[4]), C.long(n))
}
