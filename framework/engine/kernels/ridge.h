enum { LOG_COSH, SOFTPLUS_SUM, QUADRATIC };

INLINE REAL ridge_first(const long f, REAL u) {
	if (f == LOG_COSH) return tanh1(u);
	if (f == QUADRATIC) return u;
	REAL t = exp1(-magnitude(u));
	return (u > 0 ? 1 : t) / (1 + t);
}

INLINE void ridge_forward_in(const long f, REAL *restrict u, REAL *restrict g, double *restrict lap, const REAL *a, const REAL *c, long rows, long n, long ld) {
	for (long j = 0; lap && j < n; j++) lap[j] = 0;
	for (long h = 0; h < rows; h++, u += ld, g += ld) {
		if (!lap) {
			for (long j = 0; j < n; j++) u[j] = ridge_first(f, u[j]);
			continue;
		}
		const REAL ah = a[h], ch = c[h];
		for (long j = 0; j < n; j++) {
			REAL p = ridge_first(f, u[j]);
			u[j] = p;
			g[j] = ah * p;
			lap[j] += (double)(ch * (f == LOG_COSH ? 1 - p * p : f == QUADRATIC ? 1 : p * (1 - p)));
		}
	}
}

KERNEL(ridge_forward, (f, u, g, lap, a, c, rows, n, ld), long f, REAL *u, REAL *g, double *lap, const REAL *a, const REAL *c, long rows, long n, long ld) {
	if (f == LOG_COSH)
		ridge_forward_in(LOG_COSH, u, g, lap, a, c, rows, n, ld);
	else if (f == QUADRATIC)
		ridge_forward_in(QUADRATIC, u, g, lap, a, c, rows, n, ld);
	else
		ridge_forward_in(SOFTPLUS_SUM, u, g, lap, a, c, rows, n, ld);
}

// Eight columns; those that do not exist are zero.
INLINE void ridge_load(eight *v, const REAL *p, long n) {
	if (n >= 8) {
		*v = *(const eight *)p;
	} else {
		*v = (eight){0};
		memcpy(v, p, n * sizeof(REAL));
	}
}
typedef double eight_wide __attribute__((vector_size(64), aligned(8)));
INLINE void ridge_load_wide(eight *v, const double *p, long n) {
	eight_wide w = {0};
	if (n >= 8)
		w = *(const eight_wide *)p;
	else
		memcpy(&w, p, n * 8);
	*v = __builtin_convertvector(w, eight);
}
INLINE void ridge_store(REAL *p, const eight *v, long n) { memcpy(p, v, (n >= 8 ? 8 : n) * sizeof(REAL)); }

INLINE void ridge_backward_in(const long f, REAL *s, REAL *g, const REAL *p, const double *lbar, const REAL *a, const REAL *c, REAL *abar, REAL *bbar, REAL *cbar, long rows, long n, long ld) {
	for (long h = 0; h < rows; h++, s += ld, g += ld, p += ld) {
		const REAL ah = a[h], ch = c[h];
		eight ta = {0}, tb = {0}, tc = {0};
		for (long j = 0; j < n; j += 8) {
			eight pj, sj, lj;
			ridge_load(&pj, p + j, n - j);
			ridge_load(&sj, s + j, n - j);
			ridge_load_wide(&lj, lbar + j, n - j);
			eight f2 = f == LOG_COSH ? 1 - pj * pj : f == QUADRATIC ? (eight){0} + 1 : pj * (1 - pj);
			eight f3 = (f == LOG_COSH ? -2 * pj : f == QUADRATIC ? (eight){0} : 1 - 2 * pj) * f2;
			eight u = ah * f2 * sj + lj * ch * f3;
			ta += pj * sj;
			tb += u;
			tc += lj * f2;
			eight gj = ah * pj;
			ridge_store(s + j, &u, n - j);
			ridge_store(g + j, &gj, n - j);
		}
		if (!abar) continue;
		abar[h] += SUM8(ta);
		bbar[h] += SUM8(tb);
		cbar[h] += SUM8(tc);
	}
}

KERNEL(ridge_backward, (f, s, g, p, lbar, a, c, abar, bbar, cbar, rows, n, ld), long f, REAL *s, REAL *g, const REAL *p, const double *lbar, const REAL *a, const REAL *c, REAL *abar, REAL *bbar, REAL *cbar, long rows, long n, long ld) {
	if (f == LOG_COSH)
		ridge_backward_in(LOG_COSH, s, g, p, lbar, a, c, abar, bbar, cbar, rows, n, ld);
	else if (f == QUADRATIC)
		ridge_backward_in(QUADRATIC, s, g, p, lbar, a, c, abar, bbar, cbar, rows, n, ld);
	else
		ridge_backward_in(SOFTPLUS_SUM, s, g, p, lbar, a, c, abar, bbar, cbar, rows, n, ld);
}
