//go:build cgo && !purego

#include <math.h>
#include <stdint.h>
#include <string.h>

#pragma GCC optimize("no-trapping-math")

#include "../tensor/kernel.h"

CLONES void hh_layer_norm(long rows, long n, double eps, double *restrict y, double *restrict m, double *restrict r, const double *restrict x, const double *restrict gain, const double *restrict bias) {
	const double each = 1.0 / rows;
	for (long j = 0; j < n; j++) m[j] = r[j] = 0;
	for (long c = 0; c < rows; c++)
		for (long j = 0; j < n; j++) m[j] += x[c * n + j];
	for (long j = 0; j < n; j++) m[j] *= each;
	for (long c = 0; c < rows; c++)
		for (long j = 0; j < n; j++) r[j] += (x[c * n + j] - m[j]) * (x[c * n + j] - m[j]);
	for (long j = 0; j < n; j++) r[j] = 1.0 / sqrt(r[j] * each + eps);
	for (long c = 0; c < rows; c++)
		for (long j = 0; j < n; j++) y[c * n + j] = gain[c] * ((x[c * n + j] - m[j]) * r[j]) + bias[c];
}

// One number of the second loop over the columns: dx, and its part of dgain.
INLINE double back1(const int set, double *dx, double dy, double z, double r, double gain, double mean, double along) {
	double d = r * (gain * dy - mean - z * along);
	*dx = set ? d : *dx + d;
	return dy * z;
}

INLINE void backward(const int set, long rows, long n, long count, double *restrict dx, double *restrict dgain, double *restrict dbias, const double *restrict dy, const double *restrict m, const double *restrict r, const double *restrict x, const double *restrict gain, double *restrict mean, double *restrict along) {
	const double each = 1.0 / rows;
	for (long j = 0; j < count; j++) mean[j] = along[j] = 0;
	for (long c = 0; c < rows; c++)
		for (long j = 0; j < count; j++) {
			double h = gain[c] * dy[c * n + j];
			mean[j] += h;
			along[j] += h * ((x[c * n + j] - m[j]) * r[j]);
		}
	for (long j = 0; j < count; j++) mean[j] *= each, along[j] *= each;
	for (long c = 0; c < rows; c++, dx += n, dy += n, x += n) {
		double t[8] = {0}, b[8] = {0};
		long j = 0;
		for (; j + 8 <= count; j += 8)
			for (int k = 0; k < 8; k++) {
				t[k] += back1(set, dx + j + k, dy[j + k], (x[j + k] - m[j + k]) * r[j + k], r[j + k], gain[c], mean[j + k], along[j + k]);
				b[k] += dy[j + k];
			}
		for (int k = 0; j < count; j++, k++) {
			t[k] += back1(set, dx + j, dy[j], (x[j] - m[j]) * r[j], r[j], gain[c], mean[j], along[j]);
			b[k] += dy[j];
		}
		dgain[c] += SUM8(t);
		dbias[c] += SUM8(b);
	}
}

CLONES void hh_layer_norm_backward(long set, long rows, long n, long count, double *dx, double *dgain, double *dbias, const double *dy, const double *m, const double *r, const double *x, const double *gain, double *scratch) {
	if (set)
		backward(1, rows, n, count, dx, dgain, dbias, dy, m, r, x, gain, scratch, scratch + n);
	else
		backward(0, rows, n, count, dx, dgain, dbias, dy, m, r, x, gain, scratch, scratch + n);
}
