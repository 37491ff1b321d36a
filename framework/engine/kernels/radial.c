//go:build cgo && !purego

#include <stdint.h>
#include <string.h>

#pragma GCC optimize("no-trapping-math")

#include "../tensor/kernel.h"
#include "../tensor/functions.h"

#define BLOCK 64 // places at a time, whose numbers stay in the first cache

// p = tanh(w (r - c) + v t)
INLINE void hidden(double *restrict p, const double *restrict r, const double *restrict t, double w, double c, double v, long n) {
	if (t)
		for (long j = 0; j < n; j++) p[j] = tanh1(w * (r[j] - c) + v * t[j]);
	else
		for (long j = 0; j < n; j++) p[j] = tanh1(w * (r[j] - c));
}

INLINE void forward(double *restrict y, double *restrict dy, const double *r, const double *t, const double *weights, long units, long n) {
	const double *a = weights + 1, *w = a + units, *c = w + units, *v = c + units;
	double p[BLOCK];
	for (long j = 0; j < n; j++) y[j] = weights[0], dy[j] = 0;
	for (long h = 0; h < units; h++) {
		hidden(p, r, t, w[h], c[h], t ? v[h] : 0, n);
		const double ah = a[h], aw = a[h] * w[h];
		for (long j = 0; j < n; j++) {
			y[j] += ah * p[j];
			dy[j] += aw * (1.0 - p[j] * p[j]);
		}
	}
}

CLONES void hh_radial_forward(long units, double *y, double *dy, const double *r, const double *t, const double *weights, long n) {
	for (long j = 0; j < n; j += BLOCK) {
		if (n - j >= BLOCK)
			forward(y + j, dy + j, r + j, t ? t + j : 0, weights, units, BLOCK);
		else
			forward(y + j, dy + j, r + j, t ? t + j : 0, weights, units, n - j);
	}
}

// Of p = tanh(w (r - c)): p' = w (1 - p^2), p'' = -2 w p p', p''' = 2 w^2 (3 p^2 - 1) p'.
INLINE void jet(double *restrict y, double *restrict dy, double *restrict d2y, double *restrict d3y, const double *r, const double *t, const double *weights, long units, long n) {
	const double *a = weights + 1, *w = a + units, *c = w + units, *v = c + units;
	double p[BLOCK];
	for (long j = 0; j < n; j++) y[j] = weights[0], dy[j] = d2y[j] = d3y[j] = 0;
	for (long h = 0; h < units; h++) {
		hidden(p, r, t, w[h], c[h], t ? v[h] : 0, n);
		const double ah = a[h], a1 = ah * w[h], a2 = -2.0 * a1 * w[h], a3 = -a2 * w[h];
		for (long j = 0; j < n; j++) {
			double square = p[j] * p[j], f = 1.0 - square;
			y[j] += ah * p[j];
			dy[j] += a1 * f;
			d2y[j] += a2 * (p[j] * f);
			d3y[j] += a3 * ((3.0 * square - 1.0) * f);
		}
	}
}

CLONES void hh_radial_jet(long units, double *y, double *dy, double *d2y, double *d3y, const double *r, const double *t, const double *weights, long n) {
	for (long j = 0; j < n; j += BLOCK) {
		if (n - j >= BLOCK)
			jet(y + j, dy + j, d2y + j, d3y + j, r + j, t ? t + j : 0, weights, units, BLOCK);
		else
			jet(y + j, dy + j, d2y + j, d3y + j, r + j, t ? t + j : 0, weights, units, n - j);
	}
}

// All arrays have BLOCK places; those beyond n have ybar = dybar = 0. Where dw is
// the constant null, the compiler leaves the sums out.
INLINE void backward(double *rbar, double *dw, const double *ybar, const double *dybar, const double *r, const double *t, const double *weights, long units) {
	const double *a = weights + 1, *w = a + units, *c = w + units, *v = c + units;
	double p[BLOCK];
	eight total = {0};
	for (long j = 0; j < BLOCK; j += 8) {
		*(eight *)(rbar + j) = (eight){0};
		total += *(const eight *)(ybar + j);
	}
	if (dw) dw[0] += SUM8(total);
	for (long h = 0; h < units; h++) {
		hidden(p, r, t, w[h], c[h], t ? v[h] : 0, BLOCK);
		const double ah = a[h], wh = w[h];
		eight sa = {0}, su = {0}, sr = {0}, sd = {0}, st = {0};
		for (long j = 0; j < BLOCK; j += 8) {
			eight pj = *(const eight *)(p + j), y = *(const eight *)(ybar + j), dy = wh * *(const eight *)(dybar + j);
			eight f2 = 1.0 - pj * pj, u = f2 * (y - 2.0 * pj * dy);
			*(eight *)(rbar + j) += ah * wh * u;
			sa += y * pj + dy * f2;
			su += u;
			sr += u * *(const eight *)(r + j);
			sd += *(const eight *)(dybar + j) * f2;
			if (t) st += u * *(const eight *)(t + j);
		}
		if (!dw) continue;
		dw[1 + h] += SUM8(sa);
		dw[1 + units + h] += ah * ((SUM8(sr) - c[h] * SUM8(su)) + SUM8(sd));
		dw[1 + 2 * units + h] -= ah * wh * SUM8(su);
		if (t) dw[1 + 3 * units + h] += ah * SUM8(st);
	}
}

INLINE void blocks(long units, double *rbar, double *dw, const double *ybar, const double *dybar, const double *r, const double *t, const double *weights, long n) {
	long j = 0;
	for (; j + BLOCK <= n; j += BLOCK) backward(rbar + j, dw, ybar + j, dybar + j, r + j, t ? t + j : 0, weights, units);
	if (j == n) return;
	double last[5][BLOCK] = {0};
	const double *from[] = {ybar, dybar, r, t};
	for (int k = 0; k < 4; k++)
		if (from[k]) memcpy(last[k], from[k] + j, (n - j) * 8);
	backward(last[4], dw, last[0], last[1], last[2], t ? last[3] : 0, weights, units);
	memcpy(rbar + j, last[4], (n - j) * 8);
}

CLONES void hh_radial_backward(long units, double *rbar, double *dw, const double *ybar, const double *dybar, const double *r, const double *t, const double *weights, long n) {
	if (dw)
		blocks(units, rbar, dw, ybar, dybar, r, t, weights, n);
	else
		blocks(units, rbar, 0, ybar, dybar, r, t, weights, n);
}

// The hidden unit h at m places: sums for each of them stay apart.
INLINE void backward_each(double *restrict rbar, double *restrict dw, const double *restrict ybar, const double *restrict dybar, const double *restrict r, const double *restrict t, const double *weights, long units, long h, long m, long n) {
	const double *a = weights + 1, *w = a + units, *c = w + units, *v = c + units;
	const double ah = a[h], wh = w[h], ch = c[h], vh = t ? v[h] : 0;
	double p[BLOCK];
	hidden(p, r, t, wh, ch, vh, m);
	for (long j = 0; j < m; j++) {
		double f2 = 1.0 - p[j] * p[j], u = ah * f2 * (ybar[j] - 2.0 * p[j] * (wh * dybar[j]));
		rbar[j] += wh * u;
		dw[(1 + h) * n + j] += ybar[j] * p[j] + wh * dybar[j] * f2;
		dw[(1 + units + h) * n + j] += u * (r[j] - ch) + ah * (dybar[j] * f2);
		dw[(1 + 2 * units + h) * n + j] -= wh * u;
		if (t) dw[(1 + 3 * units + h) * n + j] += u * t[j];
	}
}

CLONES void hh_radial_backward_each(long units, double *rbar, double *dw, const double *ybar, const double *dybar, const double *r, const double *t, const double *weights, long places, long n) {
	for (long k = 0; k < places; k += n) {
		for (long j = 0; j < n; j++) rbar[k + j] = 0, dw[j] += ybar[k + j];
		for (long j = 0; j < n; j += BLOCK) {
			const long at = k + j, m = n - j < BLOCK ? n - j : BLOCK;
			for (long h = 0; h < units; h++) backward_each(rbar + at, dw + j, ybar + at, dybar + at, r + at, t ? t + at : 0, weights, units, h, m, n);
		}
	}
}
