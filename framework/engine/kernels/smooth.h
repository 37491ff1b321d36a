enum { SILU, SMOOTH_TANH };

INLINE void smooth_forward_in(const long f, const int twice, REAL *restrict h, REAL *restrict p, REAL *restrict q, long n) {
	for (long j = 0; j < n; j++) {
		const REAL u = p[j];
		REAL y, first;
		if (f == SILU) {
			const REAL t = exp_low(-magnitude(u)), s = (u > 0 ? 1 : t) / (1 + t);
			y = u * s;
			first = s + y * (1 - s);
			if (twice) q[j] = s * (1 - s) * (2 + u * (1 - 2 * s));
		} else {
			y = tanh1(u);
			first = 1 - y * y;
			if (twice) q[j] = -2 * y * first;
		}
		h[j] = y;
		p[j] = first;
	}
}

KERNEL(smooth_forward, (f, h, p, q, n), long f, REAL *h, REAL *p, REAL *q, long n) {
	if (f == SILU && q) smooth_forward_in(SILU, 1, h, p, q, n);
	else if (f == SILU) smooth_forward_in(SILU, 0, h, p, q, n);
	else if (q) smooth_forward_in(SMOOTH_TANH, 1, h, p, q, n);
	else smooth_forward_in(SMOOTH_TANH, 0, h, p, q, n);
}

KERNEL(smooth_backward, (bar, p, q, pbar, n), REAL *restrict bar, const REAL *restrict p, const REAL *restrict q, const REAL *restrict pbar, long n) {
	if (pbar)
		for (long j = 0; j < n; j++) bar[j] = p[j] * bar[j] + q[j] * pbar[j];
	else
		for (long j = 0; j < n; j++) bar[j] *= p[j];
}
