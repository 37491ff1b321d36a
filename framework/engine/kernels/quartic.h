// Quartic for one instruction set: included by quartic.c with NAME(f), names for the functions
// below, and the vector length LANES.
//
// Eight configurations are computed side by side. They are transposed into v, whose row i has
// x_i of each, vector by vector in registers: memory is slow to give back as a vector
// what was written number by number. Those that a full set lacks repeat the last.

#define W (8 / LANES)
typedef double NAME(vec) __attribute__((vector_size(8 * LANES)));
#define VEC NAME(vec)

INLINE VEC NAME(column)(const double *const *r, long i) {
	VEC u;
	for (int c = 0; c < LANES; c++) u[c] = r[c][i];
	return u;
}

INLINE void NAME(set)(const long degree, const int full, const int forces, double *s, double *slope, const double *x, VEC *v, const quartic *q, long n) {
	const double *r[8];
	for (long c = 0; c < 8; c++) r[c] = x + (c < n ? c : n - 1) * q->sites;
	for (long i = 0; i < q->sites; i++)
		for (int k = 0; k < W; k++) v[W * i + k] = NAME(column)(r + LANES * k, i);
	for (int k = 0; k < W; k++) {
		const VEC *y = v + k;
		VEC sum = {0};
		const double a = q->a, b = q->b;
		for (long i = 0; i < q->sites; i++) {
			VEC u = y[W * i], bonds = {0}, force = {0}, square = u * u;
			const int32_t *next = q->next + i * degree, *last = q->last + i * degree;
			for (long j = 0; j < degree; j++) {
				VEC d = u - y[W * next[j]];
				bonds += d * d;
				force += d + (u - y[W * last[j]]);
			}
			sum += bonds + square * (a + b * square);
			if (!forces) continue;
			VEC g = 2.0 * (force + u * (a + 2.0 * b * square));
			for (int c = 0; c < LANES; c++)
				if (full || LANES * k + c < n) slope[(LANES * k + c) * q->sites + i] = g[c];
		}
		for (int c = 0; c < LANES; c++)
			if (full || LANES * k + c < n) s[LANES * k + c] = sum[c];
	}
}

static __attribute__((noinline)) void NAME(quartic)(double *s, double *slope, const double *x, VEC *v, const quartic *q, long n) {
	if (slope && n >= 8 && q->degree == 2) NAME(set)(2, 1, 1, s, slope, x, v, q, n); // the square lattice
	else if (slope && n >= 8) NAME(set)(q->degree, 1, 1, s, slope, x, v, q, n);
	else if (slope) NAME(set)(q->degree, 0, 1, s, slope, x, v, q, n);
	else NAME(set)(q->degree, 0, 0, s, slope, x, v, q, n);
}

#undef VEC
#undef W
#undef NAME
#undef LANES
