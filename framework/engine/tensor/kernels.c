//go:build cgo && !purego

#include <stdint.h>
#include <string.h>

#pragma GCC optimize("no-trapping-math") // selects instead of branches; cgo has no such flag

#include "kernel.h"
#include "functions.h"

CLONES void hh_prelu(double *restrict y, const double *restrict x, long rows, long cols, long ld, const double *slope, long nslope) {
	for (long r = 0; r < rows; r++) {
		const double a = slope[r % nslope];
		const double *restrict u = x + r * ld;
		double *restrict v = y + r * ld;
		for (long j = 0; j < cols; j++) v[j] = u[j] > 0 ? u[j] : a * u[j];
	}
}

INLINE double prelu_backward1(const int set, double *dx, double dy, double x, double a) {
	double d = dy * (x > 0 ? 1.0 : a);
	*dx = set ? d : *dx + d;
	return dy * (x > 0 ? 0.0 : x);
}

INLINE void prelu_backward(const int set, double *restrict dx, double *restrict dslope, const double *restrict dy, const double *restrict x, long rows, long cols, long ld, const double *restrict slope, long nslope) {
	for (long r = 0; r < rows; r++, x += ld, dy += ld, dx += ld) {
		const double a = slope[r % nslope];
		double t[8] = {0};
		long j = 0;
		for (; j + 8 <= cols; j += 8)
			for (int k = 0; k < 8; k++) t[k] += prelu_backward1(set, dx + j + k, dy[j + k], x[j + k], a);
		for (int k = 0; j < cols; j++, k++) t[k] += prelu_backward1(set, dx + j, dy[j], x[j], a);
		dslope[r % nslope] += SUM8(t);
	}
}

CLONES void hh_prelu_backward(long set, double *dx, double *dslope, const double *dy, const double *x, long rows, long cols, long ld, const double *slope, long nslope) {
	if (set)
		prelu_backward(1, dx, dslope, dy, x, rows, cols, ld, slope, nslope);
	else
		prelu_backward(0, dx, dslope, dy, x, rows, cols, ld, slope, nslope);
}

CLONES void hh_add_row_sums(double *dst, long ndst, const double *y, long rows, long cols, long ld) {
	for (long r = 0; r < rows; r++) {
		const double *restrict v = y + r * ld;
		double t[8] = {0};
		long j = 0;
		for (; j + 8 <= cols; j += 8)
			for (int k = 0; k < 8; k++) t[k] += v[j + k];
		for (int k = 0; j < cols; j++, k++) t[k] += v[j];
		dst[r % ndst] += SUM8(t);
	}
}

CLONES void hh_fill_rows(double *restrict y, long rows, long cols, long ld, const double *v, long nv) {
	for (long r = 0; r < rows; r++)
		for (long j = 0; j < cols; j++) y[r * ld + j] = v[r % nv];
}

CLONES void hh_reflect(double *restrict y, const double *restrict x, long rows, long cols, long ld, const double *v, long nv) {
	for (long r = 0; r < rows; r++) {
		const double twice = 2 * v[r % nv];
		for (long j = 0; j < cols; j++) y[r * ld + j] = twice - x[r * ld + j];
	}
}

// Fetches the rows that follow, which the caller often transposes next.
CLONES void hh_transpose(double *restrict y, long ldy, const double *restrict x, long rows, long cols, long ldx) {
	for (long j = 0; j < cols; j++) {
		if (j % 8 == 0)
			for (long r = 0; r < rows; r++) __builtin_prefetch(x + (rows + r) * ldx + j);
		for (long r = 0; r < rows; r++) y[j * ldy + r] = x[r * ldx + j];
	}
}

CLONES void hh_axpy(double alpha, const double *restrict x, double *restrict y, long n) {
	for (long i = 0; i < n; i++) y[i] += alpha * x[i];
}

CLONES void hh_add(double *dst, const double *a, const double *b, long n) {
	for (long i = 0; i < n; i++) dst[i] = a[i] + b[i];
}

// 1/(1+exp(-z)) without overflow on either side.
INLINE double sigmoid1(double z) {
	double t = exp_low(z > 0 ? -z : z);
	return (z > 0 ? 1.0 : t) / (1.0 + t);
}

INLINE double gelu_sigmoid(double slope, double cube, double x) {
	return sigmoid1(slope * x * (1.0 + cube * x * x));
}

CLONES void hh_gelu(double slope, double cube, double *restrict y, const double *restrict x, long n) {
	for (long i = 0; i < n; i++) y[i] = x[i] * gelu_sigmoid(slope, cube, x[i]);
}

INLINE double gelu_slope(double slope, double cube, double x) {
	double p = gelu_sigmoid(slope, cube, x);
	return p + x * p * (1.0 - p) * (slope * (1.0 + 3.0 * cube * x * x));
}

CLONES void hh_gelu_backward(long set, double slope, double cube, double *restrict dx, const double *restrict dy, const double *restrict x, long n) {
	if (set)
		for (long i = 0; i < n; i++) dx[i] = dy[i] * gelu_slope(slope, cube, x[i]);
	else
		for (long i = 0; i < n; i++) dx[i] += dy[i] * gelu_slope(slope, cube, x[i]);
}

CLONES void hh_sigmoid(double *restrict p, const double *restrict a, long n) {
	for (long i = 0; i < n; i++) p[i] = sigmoid1(a[i]);
}

CLONES void hh_log_sigmoid(double *restrict lp, const double *restrict a, const double *restrict s, long rows, long n) {
	for (long r = 0; r < rows; r++, a += n, s += n)
		for (long j = 0; j < n; j++) {
			double z = s[j] * a[j];
			lp[j] += (z > 0 ? 0.0 : z) - log1p_unit(exp_low(z > 0 ? -z : z));
		}
}

CLONES void hh_log_sigmoid_backward(double *restrict da, const double *restrict a, const double *restrict s, const double *restrict w, long rows, long n) {
	for (long r = 0; r < rows; r++, da += n, a += n, s += n)
		for (long j = 0; j < n; j++) da[j] = w[j] * s[j] * sigmoid1(-s[j] * a[j]);
}
