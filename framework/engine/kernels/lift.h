// The equations and the layout are in lift.go. One step of the loop over j is as many
// configurations as one register holds, whose numbers stay in registers.

#define LIFT_GET(x, row) (*(const lane *)((x) + (row) * n + j))
#define LIFT_AT(x, row) (*(lane *)((x) + (row) * n + j))

// Displacement k, of the coordinates from a and b on, on those from j on. The number of dimensions d, whether there is an end b and whether L and h are
// left out are constants.
INLINE void displace(const long d, const int paired, const int first, long size, REAL *rates, REAL *l, const REAL *state, long a, long b, const REAL *const jet[5], long k, long n, long j) {
	const long J = size, L = size + size * size, g = L + size, h = g + size;
	const REAL weight = paired ? 2 : 1, dim = d;
	lane D[3], LD[3], q = {0}, s = {0};
	for (long c = 0; c < d; c++) {
		D[c] = LIFT_GET(state, a + c);
		if (paired) D[c] -= LIFT_GET(state, b + c);
		q += D[c] * D[c];
		if (first) continue;
		LD[c] = LIFT_GET(state, L + a + c);
		if (paired) LD[c] -= LIFT_GET(state, L + b + c);
		s += D[c] * LD[c];
	}
	const lane inverse = 1 / LIFT_GET(jet[0], k), square = inverse * inverse;
	const lane f = LIFT_GET(jet[1], k), f1 = LIFT_GET(jet[2], k) * inverse, f2 = (LIFT_GET(jet[3], k) - f1) * square, f3 = (LIFT_GET(jet[4], k) * inverse - 3 * f2) * square;
	const lane c1 = weight * ((dim + 2) * f1 + f2 * q), c2 = weight * ((dim + 4) * f2 + f3 * q);
	lane MD[3] = {0}, yy = {0};
	for (long p = 0; p < size; p++) {
		lane JD[3], y = {0};
		for (long c = 0; c < d; c++) {
			JD[c] = LIFT_GET(state, J + (a + c) * size + p);
			if (paired) JD[c] -= LIFT_GET(state, J + (b + c) * size + p);
			y += D[c] * JD[c];
		}
		const lane f1y = f1 * y;
		for (long c = 0; c < d; c++) {
			const lane rate = f * JD[c] + f1y * D[c];
			if (!first) {
				s += JD[c] * JD[c];
				MD[c] += JD[c] * y;
			}
			LIFT_AT(rates, J + (a + c) * size + p) += rate;
			if (paired) LIFT_AT(rates, J + (b + c) * size + p) -= rate;
		}
		if (!first) yy += y * y;
		LIFT_AT(rates, g + p) += c1 * y;
	}
	const lane along = f1 * s + f2 * yy;
	for (long c = 0; c < d; c++) {
		const lane v = f * D[c];
		LIFT_AT(rates, a + c) += v;
		if (paired) LIFT_AT(rates, b + c) -= v;
		if (first) continue;
		const lane rate = f * LD[c] + along * D[c] + 2 * f1 * MD[c];
		LIFT_AT(rates, L + a + c) += rate;
		if (paired) LIFT_AT(rates, L + b + c) -= rate;
	}
	if (!first) LIFT_AT(rates, h) += c1 * s + c2 * yy;
	LIFT_AT(l, 0) += weight * (dim * f + f1 * q);
}

INLINE void lift_add_in(const long d, const int first, long size, REAL *rates, REAL *l, const REAL *state, const int32_t *ends, long pairs, const REAL *const jet[5], long n) {
	for (long k = 0; k < pairs; k++) {
		const long a = ends[2 * k] * d, b = ends[2 * k + 1] * d;
		for (long j = 0; j < n; j += LANES) {
			if (b >= 0)
				displace(d, 1, first, size, rates, l, state, a, b, jet, k, n, j);
			else
				displace(d, 0, first, size, rates, l, state, a, b, jet, k, n, j);
		}
	}
}

KERNEL(lift_add, (d, first, size, rates, l, state, ends, pairs, rho, f, df, d2f, d3f, n), long d, long first, long size, REAL *rates, REAL *l, const REAL *state, const int32_t *ends, long pairs, const REAL *rho, const REAL *f, const REAL *df, const REAL *d2f, const REAL *d3f, long n) {
	const REAL *const jet[] = {rho, f, df, d2f, d3f};
#define LIFT_IN(d) \
	if (first) lift_add_in(d, 1, size, rates, l, state, ends, pairs, jet, n); \
	else lift_add_in(d, 0, size, rates, l, state, ends, pairs, jet, n);
	switch (d) {
	case 1: LIFT_IN(1) break;
	case 2: LIFT_IN(2) break;
	default: LIFT_IN(3)
	}
#undef LIFT_IN
}

#undef LIFT_GET
#undef LIFT_AT
