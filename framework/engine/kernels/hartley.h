// The transform along an axis of L sites, X(k) = sum_r cas(k r) x(r), of the even and the odd part of x:
//
//	e(r) = x(r) + x(-r),   o(r) = x(r) - x(-r)
//	X(+-k) = C(k) +- S(k),   C(k) = sum_{r <= L/2} cos(k r) e(r),   S(k) = sum_{r < L/2} sin(k r) o(r)
//
// which is half of the multiply-adds. Some columns are copied to v, a line of the cache for each site, and
// transformed along all axes there: where those are few thousand sites, v stays in a core's own cache.
// Columns that do not exist are zeros.

#define HARTLEY_LANES (LEVEL == 0 ? 16 / (long)sizeof(REAL) : 32 / (long)sizeof(REAL))
#define WIDE (64 / (long)sizeof(REAL))
#define PER (WIDE / HARTLEY_LANES)
typedef REAL hartley_vec __attribute__((vector_size(sizeof(REAL) * HARTLEY_LANES)));

// y_i = sum_r m(i, r) x_r for rows i, ..., i+rows-1.
INLINE void hartley_rows(const int rows, hartley_vec *y, const hartley_vec *x, const REAL *m, long n) {
	hartley_vec t[5][PER];
	for (int i = 0; i < rows; i++)
		for (int j = 0; j < PER; j++) t[i][j] = (hartley_vec){0};
	for (long r = 0; r < n; r++)
		for (int i = 0; i < rows; i++)
			for (int j = 0; j < PER; j++) t[i][j] += m[i * n + r] * x[r * PER + j];
	for (int i = 0; i < rows; i++)
		for (int j = 0; j < PER; j++) y[i * PER + j] = t[i][j];
}

INLINE void hartley_mul(hartley_vec *y, const hartley_vec *x, const REAL *m, long n) {
	long i = 0;
#define ROWS_AT(r) hartley_rows(r, y + i * PER, x, m + i * n, n)
	for (; i + 4 <= n && i + 5 != n; i += 4) ROWS_AT(4);
	if (i + 5 == n) ROWS_AT(5); // one alone would wait for its own sums
	else if (i + 3 == n) ROWS_AT(3);
	else if (i + 2 == n) ROWS_AT(2);
	else if (i + 1 == n) ROWS_AT(1);
#undef ROWS_AT
}

// One line of l sites, step sites apart. m has cos(k r) for k and r up to l/2, and then
// sin(k r) for those of them from 1 to below l/2; work has 4 l vectors.
static void hartley_line(hartley_vec *v, long step, long l, const REAL *m, hartley_vec *work) {
	const long even = l / 2 + 1, odd = (l - 1) / 2;
	hartley_vec *e = work, *o = e + even * PER, *c = o + odd * PER, *s = c + even * PER;
	step *= PER;
	for (int j = 0; j < PER; j++) {
		e[j] = v[j];
		if (l % 2 == 0) e[(even - 1) * PER + j] = v[l / 2 * step + j];
	}
	for (long r = 1; r <= odd; r++)
		for (int j = 0; j < PER; j++) {
			const hartley_vec a = v[r * step + j], b = v[(l - r) * step + j];
			e[r * PER + j] = a + b;
			o[(r - 1) * PER + j] = a - b;
		}
	hartley_mul(c, e, m, even);
	hartley_mul(s, o, m + even * even, odd);
	for (int j = 0; j < PER; j++) {
		v[j] = c[j];
		if (l % 2 == 0) v[l / 2 * step + j] = c[(even - 1) * PER + j];
	}
	for (long k = 1; k <= odd; k++)
		for (int j = 0; j < PER; j++) {
			v[k * step + j] = c[k * PER + j] + s[(k - 1) * PER + j];
			v[(l - k) * step + j] = c[k * PER + j] - s[(k - 1) * PER + j];
		}
}

KERNEL(hartley, (x, n, ld, sites, shape, axes, m, scratch), REAL *x, long n, long ld, long sites, const int64_t *shape, long axes, const REAL *m, REAL *scratch) {
	hartley_vec *v = (void *)(((uintptr_t)scratch + 63) & ~(uintptr_t)63), *work = v + sites * PER;
	for (; n > 0; n -= WIDE, x += WIDE) {
		const long cols = n < WIDE ? n : WIDE;
		if (cols < WIDE) memset(v, 0, sizeof(REAL) * sites * WIDE);
		for (long i = 0; i < sites; i++) {
			if (cols == WIDE) memcpy(v + i * PER, x + i * ld, 64);
			else memcpy(v + i * PER, x + i * ld, sizeof(REAL) * cols);
		}
		const REAL *a = m;
		long inner = sites;
		for (long d = 0; d < axes; d++) {
			const long l = shape[d];
			inner /= l;
			for (long outer = 0; outer < sites; outer += l * inner)
				for (long i = 0; i < inner; i++) hartley_line(v + (outer + i) * PER, inner, l, a, work);
			a += (l / 2 + 1) * (l / 2 + 1) + (l - 1) / 2 * ((l - 1) / 2);
		}
		for (long i = 0; i < sites; i++) {
			if (cols == WIDE) memcpy(x + i * ld, v + i * PER, 64);
			else memcpy(x + i * ld, v + i * PER, sizeof(REAL) * cols);
		}
	}
}

#undef PER
#undef WIDE
#undef HARTLEY_LANES
