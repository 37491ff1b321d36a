//go:build cgo && !purego

#include <stdint.h>

#include "kernel.h"

CLONES void hh_sparse_mul(long set, double *y, const double *restrict a, const double *restrict x, const int64_t *at, long rows, long terms, long n, long ld) {
	for (long r = 0; r < rows; r++, y += ld, a += terms, at += terms) {
		double *restrict row = y;
		if (set)
			for (long j = 0; j < n; j++) row[j] = 0;
		for (long k = 0; k < terms; k++) {
			const double w = a[k], *restrict from = x + at[k] * ld;
			for (long j = 0; j < n; j++) row[j] += w * from[j];
		}
	}
}

CLONES void hh_sparse_dots(double *restrict abar, const double *restrict ybar, const double *restrict x, const int64_t *at, long rows, long terms, long n, long ld) {
	for (long r = 0; r < rows; r++, ybar += ld)
		for (long k = 0; k < terms; k++) {
			const double *from = x + at[r * terms + k] * ld;
			double t[8] = {0};
			long j = 0;
			for (; j + 8 <= n; j += 8)
				for (int i = 0; i < 8; i++) t[i] += ybar[j + i] * from[j + i];
			for (int i = 0; j < n; j++, i++) t[i] += ybar[j] * from[j];
			abar[r * terms + k] += SUM8(t);
		}
}
