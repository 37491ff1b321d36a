//go:build cgo && !purego

#include <stdint.h>

#include "../tensor/kernel.h"

// terms is a constant at each call, so that the sum is unrolled and the loop
// over columns fills vectors.
INLINE void combine(const int terms, const int start, double *y, const double *x, const double *restrict h, long rows, long n, const double *restrict c, const int64_t *restrict from, const double *restrict k) {
	for (long at = 0; at < rows * n; at += n)
		for (long j = 0; j < n; j++) {
			double sum = 0;
			for (int i = 0; i < terms; i++) sum += c[i] * k[from[i] + at + j];
			y[at + j] = (start ? x[at + j] : 0.0) + h[j] * sum;
		}
}

#define CASE(m) \
	case m: \
		if (x) combine(m, 1, y, x, h, rows, n, c, from, k); \
		else combine(m, 0, y, x, h, rows, n, c, from, k); \
		break;

CLONES void hh_combine(double *y, const double *x, const double *h, long rows, long n, const double *c, const int64_t *from, long terms, const double *k) {
	switch (terms) {
		CASE(0) CASE(1) CASE(2) CASE(3) CASE(4) CASE(5) CASE(6) CASE(7) CASE(8)
	default:
		if (x) combine(terms, 1, y, x, h, rows, n, c, from, k);
		else combine(terms, 0, y, x, h, rows, n, c, from, k);
	}
}
