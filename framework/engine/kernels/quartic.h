// Eight configurations are computed side by side. They are transposed into v, whose row i has
// x_i of each, vector by vector in registers: memory is slow to give back as a vector
// what was written number by number. Those that a full set lacks repeat the last.

typedef double quartic_vec __attribute__((vector_size(8 * LANES)));

typedef struct {
	double a, b;
	long degree, sites;
	const int32_t *next, *last;
} quartic;

INLINE quartic_vec quartic_column(const double *const *r, long i) {
	quartic_vec u;
	for (int c = 0; c < LANES; c++) u[c] = r[c][i];
	return u;
}

INLINE void quartic_set(const long degree, const int full, const int forces, double *s, double *slope, const double *x, quartic_vec *v, const quartic *q, long n) {
	const double *r[8];
	for (long c = 0; c < 8; c++) r[c] = x + (c < n ? c : n - 1) * q->sites;
	for (long i = 0; i < q->sites; i++)
		for (int k = 0; k < PARTS; k++) v[PARTS * i + k] = quartic_column(r + LANES * k, i);
	for (int k = 0; k < PARTS; k++) {
		const quartic_vec *y = v + k;
		quartic_vec sum = {0};
		const double a = q->a, b = q->b;
		for (long i = 0; i < q->sites; i++) {
			quartic_vec u = y[PARTS * i], bonds = {0}, force = {0}, square = u * u;
			const int32_t *next = q->next + i * degree, *last = q->last + i * degree;
			for (long j = 0; j < degree; j++) {
				quartic_vec d = u - y[PARTS * next[j]];
				bonds += d * d;
				force += d + (u - y[PARTS * last[j]]);
			}
			sum += bonds + square * (a + b * square);
			if (!forces) continue;
			quartic_vec g = 2.0 * (force + u * (a + 2.0 * b * square));
			for (int c = 0; c < LANES; c++)
				if (full || LANES * k + c < n) slope[(LANES * k + c) * q->sites + i] = g[c];
		}
		for (int c = 0; c < LANES; c++)
			if (full || LANES * k + c < n) s[LANES * k + c] = sum[c];
	}
}

KERNEL(quartic, (s, slope, x, scratch, a, b, degree, next, last, sites, n), double *s, double *slope, const double *x, double *scratch, double a, double b, long degree, const int32_t *next, const int32_t *last, long sites, long n) {
	quartic q = {a, b, degree, sites, next, last};
	quartic_vec *v = (void *)(((uintptr_t)scratch + 63) & ~(uintptr_t)63);
	for (; n > 0; n -= 8, s += 8, x += 8 * sites, slope = slope ? slope + 8 * sites : 0) {
		if (slope && n >= 8 && degree == 2) quartic_set(2, 1, 1, s, slope, x, v, &q, n); // the square lattice
		else if (slope && n >= 8) quartic_set(degree, 1, 1, s, slope, x, v, &q, n);
		else if (slope) quartic_set(degree, 0, 1, s, slope, x, v, &q, n);
		else quartic_set(degree, 0, 0, s, slope, x, v, &q, n);
	}
}
