//go:build cgo && !purego

#include <stdint.h>
#include <string.h>

#pragma GCC optimize("no-trapping-math")

#include "../tensor/kernel.h"
#include "../tensor/functions.h"

enum { LOG_COSH, SOFTPLUS, QUADRATIC };

INLINE double first(const long f, double u) {
	if (f == LOG_COSH) return tanh1(u);
	if (f == QUADRATIC) return u;
	double t = exp1(-__builtin_fabs(u));
	return (u > 0 ? 1.0 : t) / (1.0 + t);
}

INLINE void forward(const long f, double *restrict u, double *restrict g, double *restrict lap, const double *a, const double *c, long rows, long n, long ld) {
	for (long j = 0; lap && j < n; j++) lap[j] = 0;
	for (long h = 0; h < rows; h++, u += ld, g += ld) {
		if (!lap) {
			for (long j = 0; j < n; j++) u[j] = first(f, u[j]);
			continue;
		}
		const double ah = a[h], ch = c[h];
		for (long j = 0; j < n; j++) {
			double p = first(f, u[j]);
			u[j] = p;
			g[j] = ah * p;
			lap[j] += ch * (f == LOG_COSH ? 1.0 - p * p : f == QUADRATIC ? 1.0 : p * (1.0 - p));
		}
	}
}

CLONES void hh_ridge_forward(long f, double *u, double *g, double *lap, const double *a, const double *c, long rows, long n, long ld) {
	if (f == LOG_COSH)
		forward(LOG_COSH, u, g, lap, a, c, rows, n, ld);
	else if (f == QUADRATIC)
		forward(QUADRATIC, u, g, lap, a, c, rows, n, ld);
	else
		forward(SOFTPLUS, u, g, lap, a, c, rows, n, ld);
}

// Eight columns; those that do not exist are zero.
INLINE void load(eight *v, const double *p, long n) {
	if (n >= 8) {
		*v = *(const eight *)p;
	} else {
		*v = (eight){0};
		memcpy(v, p, n * 8);
	}
}
INLINE void store(double *p, const eight *v, long n) { memcpy(p, v, n >= 8 ? 64 : n * 8); }

INLINE void backward(const long f, double *s, double *g, const double *p, const double *lbar, const double *a, const double *c, double *abar, double *bbar, double *cbar, long rows, long n, long ld) {
	for (long h = 0; h < rows; h++, s += ld, g += ld, p += ld) {
		const double ah = a[h], ch = c[h];
		eight ta = {0}, tb = {0}, tc = {0};
		for (long j = 0; j < n; j += 8) {
			eight pj, sj, lj;
			load(&pj, p + j, n - j);
			load(&sj, s + j, n - j);
			load(&lj, lbar + j, n - j);
			eight f2 = f == LOG_COSH ? 1.0 - pj * pj : f == QUADRATIC ? (eight){0} + 1.0 : pj * (1.0 - pj);
			eight f3 = (f == LOG_COSH ? -2.0 * pj : f == QUADRATIC ? (eight){0} : 1.0 - 2.0 * pj) * f2;
			eight u = ah * f2 * sj + lj * ch * f3;
			ta += pj * sj;
			tb += u;
			tc += lj * f2;
			eight gj = ah * pj;
			store(s + j, &u, n - j);
			store(g + j, &gj, n - j);
		}
		if (!abar) continue;
		abar[h] += SUM8(ta);
		bbar[h] += SUM8(tb);
		cbar[h] += SUM8(tc);
	}
}

CLONES void hh_ridge_backward(long f, double *s, double *g, const double *p, const double *lbar, const double *a, const double *c, double *abar, double *bbar, double *cbar, long rows, long n, long ld) {
	if (f == LOG_COSH)
		backward(LOG_COSH, s, g, p, lbar, a, c, abar, bbar, cbar, rows, n, ld);
	else if (f == QUADRATIC)
		backward(QUADRATIC, s, g, p, lbar, a, c, abar, bbar, cbar, rows, n, ld);
	else
		backward(SOFTPLUS, s, g, p, lbar, a, c, abar, bbar, cbar, rows, n, ld);
}
