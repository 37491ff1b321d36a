#define RADIAL_BLOCK 64 // places at a time, whose numbers stay in the first cache
#define RADIAL_GET(x, j) (*(const lane *)((x) + (j)))
#define RADIAL_AT(x, j) (*(lane *)((x) + (j)))

// p = tanh(w (r - c) + v t)
INLINE void radial_hidden(REAL *restrict p, const REAL *restrict r, const REAL *restrict t, REAL w, REAL c, REAL v, long n) {
	if (t)
		for (long j = 0; j < n; j++) p[j] = tanh1(w * (r[j] - c) + v * t[j]);
	else
		for (long j = 0; j < n; j++) p[j] = tanh1(w * (r[j] - c));
}

INLINE void radial_forward_in(REAL *restrict y, REAL *restrict dy, const REAL *r, const REAL *t, const REAL *weights, long units, long n) {
	const REAL *a = weights + 1, *w = a + units, *c = w + units, *v = c + units;
	REAL p[RADIAL_BLOCK];
	for (long j = 0; j < n; j++) y[j] = weights[0], dy[j] = 0;
	for (long h = 0; h < units; h++) {
		radial_hidden(p, r, t, w[h], c[h], t ? v[h] : 0, n);
		const REAL ah = a[h], aw = a[h] * w[h];
		for (long j = 0; j < n; j++) {
			y[j] += ah * p[j];
			dy[j] += aw * (1 - p[j] * p[j]);
		}
	}
}

KERNEL(radial_forward, (units, y, dy, r, t, weights, n), long units, REAL *y, REAL *dy, const REAL *r, const REAL *t, const REAL *weights, long n) {
	for (long j = 0; j < n; j += RADIAL_BLOCK) {
		if (n - j >= RADIAL_BLOCK)
			radial_forward_in(y + j, dy + j, r + j, t ? t + j : 0, weights, units, RADIAL_BLOCK);
		else
			radial_forward_in(y + j, dy + j, r + j, t ? t + j : 0, weights, units, n - j);
	}
}

// Of p = tanh(w (r - c)): p' = w (1 - p^2), p'' = -2 w p p', p''' = 2 w^2 (3 p^2 - 1) p'.
INLINE void radial_jet_in(REAL *restrict y, REAL *restrict dy, REAL *restrict d2y, REAL *restrict d3y, const REAL *r, const REAL *t, const REAL *weights, long units, long n) {
	const REAL *a = weights + 1, *w = a + units, *c = w + units, *v = c + units;
	REAL p[RADIAL_BLOCK];
	for (long j = 0; j < n; j++) y[j] = weights[0], dy[j] = d2y[j] = d3y[j] = 0;
	for (long h = 0; h < units; h++) {
		radial_hidden(p, r, t, w[h], c[h], t ? v[h] : 0, n);
		const REAL ah = a[h], a1 = ah * w[h], a2 = -2 * a1 * w[h], a3 = -a2 * w[h];
		for (long j = 0; j < n; j++) {
			REAL square = p[j] * p[j], f = 1 - square;
			y[j] += ah * p[j];
			dy[j] += a1 * f;
			d2y[j] += a2 * (p[j] * f);
			d3y[j] += a3 * ((3 * square - 1) * f);
		}
	}
}

KERNEL(radial_jet, (units, y, dy, d2y, d3y, r, t, weights, n), long units, REAL *y, REAL *dy, REAL *d2y, REAL *d3y, const REAL *r, const REAL *t, const REAL *weights, long n) {
	for (long j = 0; j < n; j += RADIAL_BLOCK) {
		if (n - j >= RADIAL_BLOCK)
			radial_jet_in(y + j, dy + j, d2y + j, d3y + j, r + j, t ? t + j : 0, weights, units, RADIAL_BLOCK);
		else
			radial_jet_in(y + j, dy + j, d2y + j, d3y + j, r + j, t ? t + j : 0, weights, units, n - j);
	}
}

// The n places are a multiple of eight, at most RADIAL_BLOCK; those that are none have
// ybar = dybar = 0. Where dw is the constant null, the compiler leaves the sums out.
INLINE void radial_backward_in(REAL *rbar, REAL *dw, const REAL *ybar, const REAL *dybar, const REAL *r, const REAL *t, const REAL *weights, long units, long n) {
	const REAL *a = weights + 1, *w = a + units, *c = w + units, *v = c + units;
	REAL p[RADIAL_BLOCK];
	for (long j = 0; j < n; j++) rbar[j] = 0;
	if (dw) {
		REAL total[8] = {0};
		for (long j = 0; j < n; j++) total[j % 8] += ybar[j];
		dw[0] += SUM8(total);
	}
	for (long h = 0; h < units; h++) {
		radial_hidden(p, r, t, w[h], c[h], t ? v[h] : 0, n);
		const REAL ah = a[h], wh = w[h];
		REAL sa[8], su[8], sr[8], sd[8], st[8];
		for (long k = 0; k < 8; k += LANES) {
			lane a8 = {0}, u8 = {0}, r8 = {0}, d8 = {0}, t8 = {0};
			for (long j = k; j < n; j += 8) {
				const lane pj = RADIAL_GET(p, j), y = RADIAL_GET(ybar, j), d = RADIAL_GET(dybar, j), dy = wh * d;
				const lane f2 = 1 - pj * pj, u = f2 * (y - 2 * pj * dy);
				RADIAL_AT(rbar, j) += ah * wh * u;
				a8 += y * pj + dy * f2;
				u8 += u;
				r8 += u * RADIAL_GET(r, j);
				d8 += d * f2;
				if (t) t8 += u * RADIAL_GET(t, j);
			}
			RADIAL_AT(sa, k) = a8, RADIAL_AT(su, k) = u8, RADIAL_AT(sr, k) = r8, RADIAL_AT(sd, k) = d8, RADIAL_AT(st, k) = t8;
		}
		if (!dw) continue;
		dw[1 + h] += SUM8(sa);
		dw[1 + units + h] += ah * ((SUM8(sr) - c[h] * SUM8(su)) + SUM8(sd));
		dw[1 + 2 * units + h] -= ah * wh * SUM8(su);
		if (t) dw[1 + 3 * units + h] += ah * SUM8(st);
	}
}

INLINE void radial_blocks(long units, REAL *rbar, REAL *dw, const REAL *ybar, const REAL *dybar, const REAL *r, const REAL *t, const REAL *weights, long n) {
	long j = 0;
	for (; j + RADIAL_BLOCK <= n; j += RADIAL_BLOCK) radial_backward_in(rbar + j, dw, ybar + j, dybar + j, r + j, t ? t + j : 0, weights, units, RADIAL_BLOCK);
	if (j == n) return;
	REAL last[5][RADIAL_BLOCK] = {0};
	const REAL *from[] = {ybar, dybar, r, t};
	for (int k = 0; k < 4; k++)
		if (from[k]) memcpy(last[k], from[k] + j, (n - j) * sizeof(REAL));
	radial_backward_in(last[4], dw, last[0], last[1], last[2], t ? last[3] : 0, weights, units, (n - j + 7) / 8 * 8);
	memcpy(rbar + j, last[4], (n - j) * sizeof(REAL));
}

KERNEL(radial_backward, (units, rbar, dw, ybar, dybar, r, t, weights, n), long units, REAL *rbar, REAL *dw, const REAL *ybar, const REAL *dybar, const REAL *r, const REAL *t, const REAL *weights, long n) {
	if (dw)
		radial_blocks(units, rbar, dw, ybar, dybar, r, t, weights, n);
	else
		radial_blocks(units, rbar, 0, ybar, dybar, r, t, weights, n);
}

// The hidden unit h at m places: sums for each of them stay apart.
INLINE void radial_backward_each_in(REAL *restrict rbar, REAL *restrict dw, const REAL *restrict ybar, const REAL *restrict dybar, const REAL *restrict r, const REAL *restrict t, const REAL *weights, long units, long h, long m, long n) {
	const REAL *a = weights + 1, *w = a + units, *c = w + units, *v = c + units;
	const REAL ah = a[h], wh = w[h], ch = c[h], vh = t ? v[h] : 0;
	REAL p[RADIAL_BLOCK];
	radial_hidden(p, r, t, wh, ch, vh, m);
	for (long j = 0; j < m; j++) {
		REAL f2 = 1 - p[j] * p[j], u = ah * f2 * (ybar[j] - 2 * p[j] * (wh * dybar[j]));
		rbar[j] += wh * u;
		dw[(1 + h) * n + j] += ybar[j] * p[j] + wh * dybar[j] * f2;
		dw[(1 + units + h) * n + j] += u * (r[j] - ch) + ah * (dybar[j] * f2);
		dw[(1 + 2 * units + h) * n + j] -= wh * u;
		if (t) dw[(1 + 3 * units + h) * n + j] += u * t[j];
	}
}

KERNEL(radial_backward_each, (units, rbar, dw, ybar, dybar, r, t, weights, places, n), long units, REAL *rbar, REAL *dw, const REAL *ybar, const REAL *dybar, const REAL *r, const REAL *t, const REAL *weights, long places, long n) {
	for (long k = 0; k < places; k += n) {
		for (long j = 0; j < n; j++) rbar[k + j] = 0, dw[j] += ybar[k + j];
		for (long j = 0; j < n; j += RADIAL_BLOCK) {
			const long at = k + j, m = n - j < RADIAL_BLOCK ? n - j : RADIAL_BLOCK;
			for (long h = 0; h < units; h++) radial_backward_each_in(rbar + at, dw + j, ybar + at, dybar + at, r + at, t ? t + at : 0, weights, units, h, m, n);
		}
	}
}

#undef RADIAL_BLOCK
#undef RADIAL_GET
#undef RADIAL_AT
