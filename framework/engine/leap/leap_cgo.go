//go:build cgo && !purego

package leap

/*
#cgo CFLAGS: -O3 -std=c11
#cgo noescape hh_leap_step
#cgo nocallback hh_leap_step

// The standard's C, unlike GNU's, fuses no operations: they are the same in every set of instructions,
// and the loader may choose.
#if defined(__x86_64__) && defined(__linux__) && defined(__GNUC__) && !defined(__clang__)
__attribute__((target_clones("avx512f", "avx2", "default")))
#endif
static void leap(double *restrict q, double *restrict p, const double *restrict g, double kick, double eps, long d) {
	for (long j = 0; j < d; j++) {
		p[j] -= kick * g[j];
		q[j] += eps * p[j];
	}
}

static void hh_leap_step(double *q, double *p, const double *g, const double *kick, const double *eps, const unsigned char *lost, long n, long d) {
	for (long c = 0; c < n; c++)
		if (!lost[c]) leap(q + c * d, p + c * d, g + c * d, kick[c], eps[c], d);
}
*/
import "C"

import "unsafe"

func step(q, p, g, kick, eps []float64, lost []bool) {
	f := func(x []float64) *C.double { return (*C.double)(unsafe.Pointer(&x[0])) }
	C.hh_leap_step(f(q), f(p), f(g), f(kick), f(eps), (*C.uchar)(unsafe.Pointer(&lost[0])), C.long(len(eps)), C.long(len(p)/len(eps)))
}
