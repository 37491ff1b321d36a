//go:build cgo && !purego

package kernels

/*
#cgo noescape hh_lift_add
#cgo nocallback hh_lift_add
#include <stdint.h>
void hh_lift_add(long d, long size, double *rates, double *l, const double *state, const int32_t *ends, long pairs, const double *rho, const double *f, const double *df, const double *d2f, const double *d3f, long n);
*/
import "C"

func liftAdd(s Lift, rates, l, state []float64, pairs []Pair, jet *[5][]float64, n int) {
	C.hh_lift_add(C.long(s.Dim), C.long(s.Size), ptr(rates), ptr(l), ptr(state), (*C.int32_t)(&pairs[0].A), C.long(len(pairs)),
		ptr(jet[0]), ptr(jet[1]), ptr(jet[2]), ptr(jet[3]), ptr(jet[4]), C.long(n))
}
