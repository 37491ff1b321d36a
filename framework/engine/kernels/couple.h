KERNEL(activate, (kind, y, n), long kind, REAL *y, long n) { EACH_KIND(activate, y, n) }

KERNEL(activate_backward, (kind, dy, y, n), long kind, REAL *dy, const REAL *y, long n) { EACH_KIND(activate_backward, dy, y, n) }

INLINE void couple_in(const int inverse, REAL *restrict x, double *restrict l, REAL *restrict was, REAL *restrict u, const REAL *restrict s, const REAL *restrict t, REAL scale, long n) {
	for (long j = 0; j < n; j++) {
		REAL th = tanh1(s[j]), e = exp1(inverse ? -scale * th : scale * th);
		u[j] = th;
		was[j] = x[j];
		x[j] = inverse ? (x[j] - t[j]) * e : x[j] * e + t[j];
		l[j] += (double)(scale * th);
	}
}

KERNEL(couple, (inverse, x, l, at, places, width, st, scale, was, u, n), long inverse, REAL *x, double *l, const int64_t *at, long places, long width, const REAL *st, const REAL *scale, REAL *was, REAL *u, long n) {
	for (long p = 0; p < places; p++, st += width * n)
		for (long i = 0; i < width; i++, st += n, was += n, u += n) {
			REAL *row = x + at[p * width + i] * n;
			if (inverse)
				couple_in(1, row, l, was, u, st, st + width * n, scale[i], n);
			else
				couple_in(0, row, l, was, u, st, st + width * n, scale[i], n);
		}
}

// Returns the adjoint of s times u = tanh.
INLINE REAL couple_backward1(const int inverse, REAL *x, REAL *xbar, REAL *sbar, REAL *tbar, REAL lbar, REAL was, REAL u, REAL scale) {
	REAL e = exp1(inverse ? -scale * u : scale * u), d = *xbar * e;
	REAL s = inverse ? lbar - *xbar * *x : lbar + d * was;
	*tbar = inverse ? -d : *xbar;
	*sbar = s * scale * (1 - u * u);
	*xbar = d;
	*x = was;
	return s * u;
}

INLINE REAL couple_backward_in(const int inverse, REAL *restrict x, REAL *restrict xbar, REAL *restrict sbar, REAL *restrict tbar, const double *restrict lbar, const REAL *restrict was, const REAL *restrict u, REAL scale, long n) {
	REAL p[64], t[8] = {0};
	for (long c = 0; c < n; c += 64) {
		const long end = n - c < 64 ? n - c : 64;
		for (long j = 0; j < end; j++)
			p[j] = couple_backward1(inverse, x + c + j, xbar + c + j, sbar + c + j, tbar + c + j, (REAL)lbar[c + j], was[c + j], u[c + j], scale);
		for (long j = end; j % 8; j++) p[j] = 0;
		for (long j = 0; j < end; j += 8)
			for (int k = 0; k < 8; k++) t[k] += p[j + k];
	}
	return SUM8(t);
}

KERNEL(couple_backward, (inverse, x, xbar, lbar, at, places, width, dst, scale, dscale, was, u, n), long inverse, REAL *x, REAL *xbar, const double *lbar, const int64_t *at, long places, long width, REAL *dst, const REAL *scale, REAL *dscale, const REAL *was, const REAL *u, long n) {
	for (long p = 0; p < places; p++, dst += width * n)
		for (long i = 0; i < width; i++, dst += n, was += n, u += n) {
			REAL *row = x + at[p * width + i] * n, *bar = xbar + at[p * width + i] * n;
			REAL sum;
			if (inverse)
				sum = couple_backward_in(1, row, bar, dst, dst + width * n, lbar, was, u, scale[i], n);
			else
				sum = couple_backward_in(0, row, bar, dst, dst + width * n, lbar, was, u, scale[i], n);
			if (dscale) dscale[i] += sum;
		}
}
