//go:build cgo && !purego

package tensor

/*
#cgo CFLAGS: -O3 -std=gnu11
#cgo noescape hh_prelu
#cgo nocallback hh_prelu
#cgo noescape hh_prelu_backward
#cgo nocallback hh_prelu_backward
#cgo noescape hh_add_row_sums
#cgo nocallback hh_add_row_sums
#cgo noescape hh_axpy
#cgo nocallback hh_axpy
#cgo noescape hh_add
#cgo nocallback hh_add
#cgo noescape hh_gelu
#cgo nocallback hh_gelu
#cgo noescape hh_gelu_backward
#cgo nocallback hh_gelu_backward
#cgo noescape hh_sigmoid
#cgo nocallback hh_sigmoid
#cgo noescape hh_log_sigmoid
#cgo nocallback hh_log_sigmoid
#cgo noescape hh_log_sigmoid_backward
#cgo nocallback hh_log_sigmoid_backward
#cgo noescape hh_fill_rows
#cgo nocallback hh_fill_rows
#cgo noescape hh_reflect
#cgo nocallback hh_reflect
#cgo noescape hh_transpose
#cgo nocallback hh_transpose
// Declared here and not in a header: the go command does not notice when a
// header changes.
void hh_prelu(double *y, const double *x, long rows, long cols, long ld, const double *slope, long nslope);
void hh_prelu_backward(long set, double *dx, double *dslope, const double *dy, const double *x, long rows, long cols, long ld, const double *slope, long nslope);
void hh_add_row_sums(double *dst, long ndst, const double *y, long rows, long cols, long ld);
void hh_axpy(double alpha, const double *x, double *y, long n);
void hh_add(double *dst, const double *a, const double *b, long n);
void hh_gelu(double slope, double cube, double *y, const double *x, long n);
void hh_gelu_backward(long set, double slope, double cube, double *dx, const double *dy, const double *x, long n);
void hh_sigmoid(double *p, const double *a, long n);
void hh_log_sigmoid(double *lp, const double *a, const double *s, long rows, long n);
void hh_log_sigmoid_backward(double *da, const double *a, const double *s, const double *w, long rows, long n);
void hh_fill_rows(double *y, long rows, long cols, long ld, const double *v, long nv);
void hh_reflect(double *y, const double *x, long rows, long cols, long ld, const double *v, long nv);
void hh_transpose(double *y, long ldy, const double *x, long rows, long cols, long ldx);
*/
import "C"

import "unsafe"

func ptr(x []float64) *C.double { return (*C.double)(&x[0]) }

// orNull is null where x is nil.
func orNull(x []float64) *C.double { return (*C.double)(unsafe.SliceData(x)) }

func prelu(y, x []float64, rows, cols, ld int, slope []float64) {
	C.hh_prelu(ptr(y), ptr(x), C.long(rows), C.long(cols), C.long(ld), ptr(slope), C.long(len(slope)))
}

func preluBackward(set bool, dx, dslope, dy, x []float64, rows, cols, ld int, slope []float64) {
	var overwrite C.long
	if set {
		overwrite = 1
	}
	C.hh_prelu_backward(overwrite, ptr(dx), ptr(dslope), ptr(dy), ptr(x), C.long(rows), C.long(cols), C.long(ld), ptr(slope), C.long(len(slope)))
}

func addRowSums(dst, y []float64, rows, cols, ld int) {
	C.hh_add_row_sums(ptr(dst), C.long(len(dst)), ptr(y), C.long(rows), C.long(cols), C.long(ld))
}

func axpy(alpha float64, x, y []float64) {
	C.hh_axpy(C.double(alpha), ptr(x), ptr(y), C.long(len(y)))
}

func add(dst, a, b []float64) { C.hh_add(ptr(dst), ptr(a), ptr(b), C.long(len(dst))) }

func gelu(y, x []float64) { C.hh_gelu(geluSlope, geluCube, ptr(y), ptr(x), C.long(len(y))) }

func geluBackward(set bool, dx, dy, x []float64) {
	var overwrite C.long
	if set {
		overwrite = 1
	}
	C.hh_gelu_backward(overwrite, geluSlope, geluCube, ptr(dx), ptr(dy), ptr(x), C.long(len(dx)))
}

func sigmoid(p, a []float64) { C.hh_sigmoid(ptr(p), ptr(a), C.long(len(p))) }

func logSigmoid(lp, a, s []float64, rows int) {
	C.hh_log_sigmoid(ptr(lp), ptr(a), ptr(s), C.long(rows), C.long(len(lp)))
}

func logSigmoidBackward(da, a, s, w []float64, rows int) {
	C.hh_log_sigmoid_backward(ptr(da), ptr(a), ptr(s), ptr(w), C.long(rows), C.long(len(w)))
}

func fillRows(y []float64, rows, cols, ld int, v []float64) {
	C.hh_fill_rows(ptr(y), C.long(rows), C.long(cols), C.long(ld), ptr(v), C.long(len(v)))
}

func reflect(y, x []float64, rows, cols, ld int, v []float64) {
	C.hh_reflect(ptr(y), ptr(x), C.long(rows), C.long(cols), C.long(ld), ptr(v), C.long(len(v)))
}

func transpose(y []float64, ldy int, x []float64, rows, cols, ldx int) {
	C.hh_transpose(ptr(y), C.long(ldy), ptr(x), C.long(rows), C.long(cols), C.long(ldx))
}
