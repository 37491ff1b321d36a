//go:build cgo && !purego

package lanes

/*
#cgo CFLAGS: -O2 -std=gnu11 -Wno-psabi
#cgo noescape hh_lanes_log_det_f64
#cgo nocallback hh_lanes_log_det_f64
#cgo noescape hh_lanes_invert_f64
#cgo nocallback hh_lanes_invert_f64
#cgo noescape hh_lanes_log_det_complex_f64
#cgo nocallback hh_lanes_log_det_complex_f64
#cgo noescape hh_lanes_invert_complex_f64
#cgo nocallback hh_lanes_invert_complex_f64
#cgo noescape hh_lanes_waves_f64
#cgo nocallback hh_lanes_waves_f64
#cgo noescape hh_lanes_slater_f64
#cgo nocallback hh_lanes_slater_f64
#cgo noescape hh_lanes_metric_f64
#cgo nocallback hh_lanes_metric_f64
#cgo noescape hh_lanes_quadratic_f64
#cgo nocallback hh_lanes_quadratic_f64
#cgo noescape hh_lanes_series_f64
#cgo nocallback hh_lanes_series_f64
// Declared here and not in a header: the go command does not notice when a
// header changes.
void hh_lanes_use(long level);
void hh_lanes_log_det_f64(long n, double *a, double *log_abs, double *sign);
void hh_lanes_invert_f64(long n, double *a, double *b, double *log_abs, double *sign);
void hh_lanes_log_det_complex_f64(long n, double *a, double *log_abs, double *phase);
void hh_lanes_invert_complex_f64(long n, double *a, double *b, double *log_abs, double *phase);
void hh_lanes_waves_f64(long n, long m, long d, const double *k, const double *z, double *phi, double *row);
void hh_lanes_slater_f64(long n, long d, const double *k, const double *phi, const double *inverse, const double *metric, double *gradient, double *trace, double *g);
void hh_lanes_metric_f64(long n, const double *jac, double *metric);
void hh_lanes_quadratic_f64(long n, const double *g, const double *b, const double *metric, double *sum);
void hh_lanes_series_f64(long n, const double *inverse, const double *series, double *first, double *second, double *work);
*/
import "C"

import (
	"math"
	"unsafe"

	"github.com/helmholtz-physics/helmholtz/framework/engine/simd"
)

func init() { simd.Follow(func(l simd.Level) { C.hh_lanes_use(C.long(l)) }) }

func ptr(x []float64) *C.double { return (*C.double)(&x[0]) }

// orNull is null where x is nil.
func orNull(x []float64) *C.double { return (*C.double)(unsafe.SliceData(x)) }

func logDet(logAbs, sign []float64, n int, a []float64) {
	C.hh_lanes_log_det_f64(C.long(n), ptr(a), ptr(logAbs), ptr(sign))
	settle(logAbs, sign)
}

func invert(inverse, logAbs, sign []float64, n int, a []float64) {
	C.hh_lanes_invert_f64(C.long(n), ptr(a), ptr(inverse), ptr(logAbs), ptr(sign))
	settle(logAbs, sign)
}

func logDetComplex(logAbs, phase []float64, n int, a []float64) {
	C.hh_lanes_log_det_complex_f64(C.long(n), ptr(a), ptr(logAbs), ptr(phase))
	settle(logAbs, phase)
}

func invertComplex(inverse, logAbs, phase []float64, n int, a []float64) {
	C.hh_lanes_invert_complex_f64(C.long(n), ptr(a), ptr(inverse), ptr(logAbs), ptr(phase))
	settle(logAbs, phase)
}

// settle makes phases numbers of modulus 1, and of singular matrices 0.
func settle(logAbs, phase []float64) {
	for c, l := range logAbs {
		size := 1.0
		if len(phase) == 2*Width {
			size = math.Hypot(phase[c], phase[Width+c])
		}
		for i := c; i < len(phase); i += Width {
			if phase[i] /= size; math.IsInf(l, -1) {
				phase[i] = 0
			}
		}
	}
}

func waves(phi []float64, n, m, d int, k, z, row []float64) {
	C.hh_lanes_waves_f64(C.long(n), C.long(m), C.long(d), ptr(k), ptr(z), ptr(phi), ptr(row))
}

func (s *Slater) gradient(logAbs, phase, gradient, trace, k, metric []float64) {
	work := s.g[:len(s.Phi)]
	copy(work, s.Phi)
	InvertComplex(s.inverse, logAbs, phase, s.N, work)
	C.hh_lanes_slater_f64(C.long(s.N), C.long(s.D), ptr(k), ptr(s.Phi), ptr(s.inverse), orNull(metric), ptr(gradient), orNull(trace), ptr(s.g))
}

func metricOf(metric []float64, n int, jac []float64) {
	C.hh_lanes_metric_f64(C.long(n), ptr(jac), ptr(metric))
}

func quadratic(sum []float64, n int, g, b, metric []float64) {
	C.hh_lanes_quadratic_f64(C.long(n), ptr(g), ptr(b), ptr(metric), ptr(sum))
}

func logDetSeries(first, second []float64, n int, inverse, series, work []float64) {
	C.hh_lanes_series_f64(C.long(n), ptr(inverse), ptr(series), ptr(first), ptr(second), ptr(work))
}
