//go:build cgo && !purego

package tensor

/*
#cgo noescape hh_erfc
#cgo nocallback hh_erfc
void hh_erfc(double *y, const double *x, long n);
*/
import "C"

func erfc(y, x []float64) { C.hh_erfc(ptr(y), ptr(x), C.long(len(y))) }
