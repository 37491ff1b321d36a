//go:build cgo && !purego

package tensor

/*
#cgo noescape hh_erfc_f64
#cgo nocallback hh_erfc_f64
void hh_erfc_f64(double *y, const double *x, long n);
*/
import "C"

func erfc(y, x []float64) { C.hh_erfc_f64(f64(y), f64(x), C.long(len(y))) }
