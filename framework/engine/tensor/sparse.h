KERNEL(sparse_mul, (set, y, a, x, at, rows, terms, n, ld), long set, REAL *y, const REAL *restrict a, const REAL *restrict x, const int64_t *at, long rows, long terms, long n, long ld) {
	for (long r = 0; r < rows; r++, y += ld, a += terms, at += terms) {
		REAL *restrict row = y;
		if (set)
			for (long j = 0; j < n; j++) row[j] = 0;
		for (long k = 0; k < terms; k++) {
			const REAL w = a[k], *restrict from = x + at[k] * ld;
			for (long j = 0; j < n; j++) row[j] += w * from[j];
		}
	}
}

KERNEL(sparse_dots, (abar, ybar, x, at, rows, terms, n, ld), REAL *restrict abar, const REAL *restrict ybar, const REAL *restrict x, const int64_t *at, long rows, long terms, long n, long ld) {
	for (long r = 0; r < rows; r++, ybar += ld)
		for (long k = 0; k < terms; k++) {
			const REAL *from = x + at[r * terms + k] * ld;
			REAL t[8] = {0};
			long j = 0;
			for (; j + 8 <= n; j += 8)
				for (int i = 0; i < 8; i++) t[i] += ybar[j + i] * from[j + i];
			for (int i = 0; j < n; j++, i++) t[i] += ybar[j] * from[j];
			abar[r * terms + k] += SUM8(t);
		}
}
