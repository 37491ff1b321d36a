// terms is a constant at each call, so that the sum is unrolled and the loop
// over columns fills vectors.
INLINE void combine_in(const int terms, const int start, REAL *y, const REAL *x, const double *restrict h, long rows, long n, const REAL *restrict c, const int64_t *restrict from, const REAL *restrict k) {
	for (long at = 0; at < rows * n; at += n)
		for (long j = 0; j < n; j++) {
			REAL sum = 0;
			for (int i = 0; i < terms; i++) sum += c[i] * k[from[i] + at + j];
			y[at + j] = (start ? x[at + j] : 0) + (REAL)h[j] * sum;
		}
}

#define COMBINE_CASE(m) \
	case m: \
		if (x) combine_in(m, 1, y, x, h, rows, n, c, from, k); \
		else combine_in(m, 0, y, x, h, rows, n, c, from, k); \
		break;

KERNEL(combine, (y, x, h, rows, n, coefficients, from, terms, k), REAL *y, const REAL *x, const double *h, long rows, long n, const double *coefficients, const int64_t *from, long terms, const REAL *k) {
	REAL c[16]; // Combine has no more
	for (long i = 0; i < terms; i++) c[i] = (REAL)coefficients[i];
	switch (terms) {
		COMBINE_CASE(0) COMBINE_CASE(1) COMBINE_CASE(2) COMBINE_CASE(3) COMBINE_CASE(4) COMBINE_CASE(5) COMBINE_CASE(6) COMBINE_CASE(7) COMBINE_CASE(8)
	default:
		if (x) combine_in(terms, 1, y, x, h, rows, n, c, from, k);
		else combine_in(terms, 0, y, x, h, rows, n, c, from, k);
	}
}
