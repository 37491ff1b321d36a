//go:build cgo && !purego

package tensor

/*
#cgo noescape hh_prelu_f64
#cgo noescape hh_prelu_f32
#cgo nocallback hh_prelu_f64
#cgo nocallback hh_prelu_f32
#cgo noescape hh_prelu_backward_f64
#cgo noescape hh_prelu_backward_f32
#cgo nocallback hh_prelu_backward_f64
#cgo nocallback hh_prelu_backward_f32
#cgo noescape hh_add_row_sums_f64
#cgo noescape hh_add_row_sums_f32
#cgo nocallback hh_add_row_sums_f64
#cgo nocallback hh_add_row_sums_f32
#cgo noescape hh_axpy_f64
#cgo noescape hh_axpy_f32
#cgo nocallback hh_axpy_f64
#cgo nocallback hh_axpy_f32
#cgo noescape hh_add_f64
#cgo noescape hh_add_f32
#cgo nocallback hh_add_f64
#cgo nocallback hh_add_f32
#cgo noescape hh_gelu_f64
#cgo noescape hh_gelu_f32
#cgo nocallback hh_gelu_f64
#cgo nocallback hh_gelu_f32
#cgo noescape hh_gelu_backward_f64
#cgo noescape hh_gelu_backward_f32
#cgo nocallback hh_gelu_backward_f64
#cgo nocallback hh_gelu_backward_f32
#cgo noescape hh_sigmoid_f64
#cgo noescape hh_sigmoid_f32
#cgo nocallback hh_sigmoid_f64
#cgo nocallback hh_sigmoid_f32
#cgo noescape hh_log_sigmoid_f64
#cgo noescape hh_log_sigmoid_f32
#cgo nocallback hh_log_sigmoid_f64
#cgo nocallback hh_log_sigmoid_f32
#cgo noescape hh_log_sigmoid_backward_f64
#cgo noescape hh_log_sigmoid_backward_f32
#cgo nocallback hh_log_sigmoid_backward_f64
#cgo nocallback hh_log_sigmoid_backward_f32
#cgo noescape hh_fill_rows_f64
#cgo noescape hh_fill_rows_f32
#cgo nocallback hh_fill_rows_f64
#cgo nocallback hh_fill_rows_f32
#cgo noescape hh_reflect_f64
#cgo noescape hh_reflect_f32
#cgo nocallback hh_reflect_f64
#cgo nocallback hh_reflect_f32
#cgo noescape hh_transpose_f64
#cgo noescape hh_transpose_f32
#cgo nocallback hh_transpose_f64
#cgo nocallback hh_transpose_f32
// Declared here and not in a header: the go command does not notice when a
// header changes.
void hh_prelu_f64(double *y, const double *x, long rows, long cols, long ld, const double *slope, long nslope);
void hh_prelu_f32(float *y, const float *x, long rows, long cols, long ld, const float *slope, long nslope);
void hh_prelu_backward_f64(long set, double *dx, double *dslope, const double *dy, const double *x, long rows, long cols, long ld, const double *slope, long nslope);
void hh_prelu_backward_f32(long set, float *dx, float *dslope, const float *dy, const float *x, long rows, long cols, long ld, const float *slope, long nslope);
void hh_add_row_sums_f64(double *dst, long ndst, const double *y, long rows, long cols, long ld);
void hh_add_row_sums_f32(float *dst, long ndst, const float *y, long rows, long cols, long ld);
void hh_axpy_f64(double alpha, const double *x, double *y, long n);
void hh_axpy_f32(float alpha, const float *x, float *y, long n);
void hh_add_f64(double *dst, const double *a, const double *b, long n);
void hh_add_f32(float *dst, const float *a, const float *b, long n);
void hh_gelu_f64(double slope, double cube, double *y, const double *x, long n);
void hh_gelu_f32(float slope, float cube, float *y, const float *x, long n);
void hh_gelu_backward_f64(long set, double slope, double cube, double *dx, const double *dy, const double *x, long n);
void hh_gelu_backward_f32(long set, float slope, float cube, float *dx, const float *dy, const float *x, long n);
void hh_sigmoid_f64(double *p, const double *a, long n);
void hh_sigmoid_f32(double *p, const float *a, long n);
void hh_log_sigmoid_f64(double *lp, const double *a, const double *s, long rows, long n);
void hh_log_sigmoid_f32(double *lp, const float *a, const float *s, long rows, long n);
void hh_log_sigmoid_backward_f64(double *da, const double *a, const double *s, const double *w, long rows, long n);
void hh_log_sigmoid_backward_f32(float *da, const float *a, const float *s, const double *w, long rows, long n);
void hh_fill_rows_f64(double *y, long rows, long cols, long ld, const double *v, long nv);
void hh_fill_rows_f32(float *y, long rows, long cols, long ld, const float *v, long nv);
void hh_reflect_f64(double *y, const double *x, long rows, long cols, long ld, const double *v, long nv);
void hh_reflect_f32(float *y, const float *x, long rows, long cols, long ld, const float *v, long nv);
void hh_transpose_f64(double *y, long ldy, const double *x, long rows, long cols, long ldx);
void hh_transpose_f32(float *y, long ldy, const float *x, long rows, long cols, long ldx);
*/
import "C"

func prelu[T Real](y, x []T, rows, cols, ld int, slope []T) {
	if single[T]() {
		C.hh_prelu_f32(f32(y), f32(x), C.long(rows), C.long(cols), C.long(ld), f32(slope), C.long(len(slope)))
	} else {
		C.hh_prelu_f64(f64(y), f64(x), C.long(rows), C.long(cols), C.long(ld), f64(slope), C.long(len(slope)))
	}
}

func preluBackward[T Real](set bool, dx, dslope, dy, x []T, rows, cols, ld int, slope []T) {
	if single[T]() {
		C.hh_prelu_backward_f32(flag(set), f32(dx), f32(dslope), f32(dy), f32(x), C.long(rows), C.long(cols), C.long(ld), f32(slope), C.long(len(slope)))
	} else {
		C.hh_prelu_backward_f64(flag(set), f64(dx), f64(dslope), f64(dy), f64(x), C.long(rows), C.long(cols), C.long(ld), f64(slope), C.long(len(slope)))
	}
}

func addRowSums[T Real](dst, y []T, rows, cols, ld int) {
	if single[T]() {
		C.hh_add_row_sums_f32(f32(dst), C.long(len(dst)), f32(y), C.long(rows), C.long(cols), C.long(ld))
	} else {
		C.hh_add_row_sums_f64(f64(dst), C.long(len(dst)), f64(y), C.long(rows), C.long(cols), C.long(ld))
	}
}

func axpy[T Real](alpha T, x, y []T) {
	if single[T]() {
		C.hh_axpy_f32(C.float(alpha), f32(x), f32(y), C.long(len(y)))
	} else {
		C.hh_axpy_f64(C.double(alpha), f64(x), f64(y), C.long(len(y)))
	}
}

func add[T Real](dst, a, b []T) {
	if single[T]() {
		C.hh_add_f32(f32(dst), f32(a), f32(b), C.long(len(dst)))
	} else {
		C.hh_add_f64(f64(dst), f64(a), f64(b), C.long(len(dst)))
	}
}

func gelu[T Real](y, x []T) {
	if single[T]() {
		C.hh_gelu_f32(geluSlope, geluCube, f32(y), f32(x), C.long(len(y)))
	} else {
		C.hh_gelu_f64(geluSlope, geluCube, f64(y), f64(x), C.long(len(y)))
	}
}

func geluBackward[T Real](set bool, dx, dy, x []T) {
	if single[T]() {
		C.hh_gelu_backward_f32(flag(set), geluSlope, geluCube, f32(dx), f32(dy), f32(x), C.long(len(dx)))
	} else {
		C.hh_gelu_backward_f64(flag(set), geluSlope, geluCube, f64(dx), f64(dy), f64(x), C.long(len(dx)))
	}
}

func sigmoid[T Real](p []float64, a []T) {
	if single[T]() {
		C.hh_sigmoid_f32(f64(p), f32(a), C.long(len(p)))
	} else {
		C.hh_sigmoid_f64(f64(p), f64(a), C.long(len(p)))
	}
}

func logSigmoid[T Real](lp []float64, a, s []T, rows int) {
	if single[T]() {
		C.hh_log_sigmoid_f32(f64(lp), f32(a), f32(s), C.long(rows), C.long(len(lp)))
	} else {
		C.hh_log_sigmoid_f64(f64(lp), f64(a), f64(s), C.long(rows), C.long(len(lp)))
	}
}

func logSigmoidBackward[T Real](da, a, s []T, w []float64, rows int) {
	if single[T]() {
		C.hh_log_sigmoid_backward_f32(f32(da), f32(a), f32(s), f64(w), C.long(rows), C.long(len(w)))
	} else {
		C.hh_log_sigmoid_backward_f64(f64(da), f64(a), f64(s), f64(w), C.long(rows), C.long(len(w)))
	}
}

func fillRows[T Real](y []T, rows, cols, ld int, v []T) {
	if single[T]() {
		C.hh_fill_rows_f32(f32(y), C.long(rows), C.long(cols), C.long(ld), f32(v), C.long(len(v)))
	} else {
		C.hh_fill_rows_f64(f64(y), C.long(rows), C.long(cols), C.long(ld), f64(v), C.long(len(v)))
	}
}

func reflect[T Real](y, x []T, rows, cols, ld int, v []T) {
	if single[T]() {
		C.hh_reflect_f32(f32(y), f32(x), C.long(rows), C.long(cols), C.long(ld), f32(v), C.long(len(v)))
	} else {
		C.hh_reflect_f64(f64(y), f64(x), C.long(rows), C.long(cols), C.long(ld), f64(v), C.long(len(v)))
	}
}

func transpose[T Real](y []T, ldy int, x []T, rows, cols, ldx int) {
	if single[T]() {
		C.hh_transpose_f32(f32(y), C.long(ldy), f32(x), C.long(rows), C.long(cols), C.long(ldx))
	} else {
		C.hh_transpose_f64(f64(y), C.long(ldy), f64(x), C.long(rows), C.long(cols), C.long(ldx))
	}
}
