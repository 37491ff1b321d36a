//go:build cgo && !purego

#include <stdint.h>
#include <string.h>

#pragma GCC optimize("no-trapping-math", "no-thread-jumps")

#include "../tensor/kernel.h"
#include "../tensor/functions.h"
#include "activation.h"

CLONES void hh_activate(long kind, double *y, long n) { EACH_KIND(activate, y, n) }

CLONES void hh_activate_backward(long kind, double *dy, const double *y, long n) { EACH_KIND(activate_backward, dy, y, n) }

INLINE void couple(const int inverse, double *restrict x, double *restrict l, double *restrict was, double *restrict u, const double *restrict s, const double *restrict t, double scale, long n) {
	for (long j = 0; j < n; j++) {
		double th = tanh1(s[j]), e = exp1(inverse ? -scale * th : scale * th);
		u[j] = th;
		was[j] = x[j];
		x[j] = inverse ? (x[j] - t[j]) * e : x[j] * e + t[j];
		l[j] += scale * th;
	}
}

CLONES void hh_couple(long inverse, double *x, double *l, const int64_t *at, long places, long width, const double *st, const double *scale, double *was, double *u, long n) {
	for (long p = 0; p < places; p++, st += width * n)
		for (long i = 0; i < width; i++, st += n, was += n, u += n) {
			double *row = x + at[p * width + i] * n;
			if (inverse)
				couple(1, row, l, was, u, st, st + width * n, scale[i], n);
			else
				couple(0, row, l, was, u, st, st + width * n, scale[i], n);
		}
}

// Returns the adjoint of s times u = tanh.
INLINE double couple_backward1(const int inverse, double *x, double *xbar, double *sbar, double *tbar, double lbar, double was, double u, double scale) {
	double e = exp1(inverse ? -scale * u : scale * u), d = *xbar * e;
	double s = inverse ? lbar - *xbar * *x : lbar + d * was;
	*tbar = inverse ? -d : *xbar;
	*sbar = s * scale * (1.0 - u * u);
	*xbar = d;
	*x = was;
	return s * u;
}

INLINE double couple_backward(const int inverse, double *restrict x, double *restrict xbar, double *restrict sbar, double *restrict tbar, const double *restrict lbar, const double *restrict was, const double *restrict u, double scale, long n) {
	double p[64], t[8] = {0};
	for (long c = 0; c < n; c += 64) {
		const long end = n - c < 64 ? n - c : 64;
		for (long j = 0; j < end; j++)
			p[j] = couple_backward1(inverse, x + c + j, xbar + c + j, sbar + c + j, tbar + c + j, lbar[c + j], was[c + j], u[c + j], scale);
		for (long j = end; j % 8; j++) p[j] = 0;
		for (long j = 0; j < end; j += 8)
			for (int k = 0; k < 8; k++) t[k] += p[j + k];
	}
	return SUM8(t);
}

CLONES void hh_couple_backward(long inverse, double *x, double *xbar, const double *lbar, const int64_t *at, long places, long width, double *dst, const double *scale, double *dscale, const double *was, const double *u, long n) {
	for (long p = 0; p < places; p++, dst += width * n)
		for (long i = 0; i < width; i++, dst += n, was += n, u += n) {
			double *row = x + at[p * width + i] * n, *bar = xbar + at[p * width + i] * n;
			double sum;
			if (inverse)
				sum = couple_backward(1, row, bar, dst, dst + width * n, lbar, was, u, scale[i], n);
			else
				sum = couple_backward(0, row, bar, dst, dst + width * n, lbar, was, u, scale[i], n);
			if (dscale) dscale[i] += sum;
		}
}
