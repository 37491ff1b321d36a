KERNEL(layer_norm, (rows, n, eps, y, m, r, x, gain, bias), long rows, long n, double eps, REAL *restrict y, REAL *restrict m, REAL *restrict r, const REAL *restrict x, const REAL *restrict gain, const REAL *restrict bias) {
	const REAL each = (REAL)1 / rows;
	for (long j = 0; j < n; j++) m[j] = r[j] = 0;
	for (long c = 0; c < rows; c++)
		for (long j = 0; j < n; j++) m[j] += x[c * n + j];
	for (long j = 0; j < n; j++) m[j] *= each;
	for (long c = 0; c < rows; c++)
		for (long j = 0; j < n; j++) r[j] += (x[c * n + j] - m[j]) * (x[c * n + j] - m[j]);
	for (long j = 0; j < n; j++) r[j] = 1 / SQRT(r[j] * each + (REAL)eps);
	for (long c = 0; c < rows; c++)
		for (long j = 0; j < n; j++) y[c * n + j] = gain[c] * ((x[c * n + j] - m[j]) * r[j]) + bias[c];
}

// One number of the second loop over the columns: dx, and its part of dgain.
INLINE REAL layer_norm_back1(const int set, REAL *dx, REAL dy, REAL z, REAL r, REAL gain, REAL mean, REAL along) {
	REAL d = r * (gain * dy - mean - z * along);
	*dx = set ? d : *dx + d;
	return dy * z;
}

INLINE void layer_norm_back(const int set, long rows, long n, long count, REAL *restrict dx, REAL *restrict dgain, REAL *restrict dbias, const REAL *restrict dy, const REAL *restrict m, const REAL *restrict r, const REAL *restrict x, const REAL *restrict gain, REAL *restrict mean, REAL *restrict along) {
	const REAL each = (REAL)1 / rows;
	for (long j = 0; j < count; j++) mean[j] = along[j] = 0;
	for (long c = 0; c < rows; c++)
		for (long j = 0; j < count; j++) {
			REAL h = gain[c] * dy[c * n + j];
			mean[j] += h;
			along[j] += h * ((x[c * n + j] - m[j]) * r[j]);
		}
	for (long j = 0; j < count; j++) mean[j] *= each, along[j] *= each;
	for (long c = 0; c < rows; c++, dx += n, dy += n, x += n) {
		REAL t[8] = {0}, b[8] = {0};
		long j = 0;
		for (; j + 8 <= count; j += 8)
			for (int k = 0; k < 8; k++) {
				t[k] += layer_norm_back1(set, dx + j + k, dy[j + k], (x[j + k] - m[j + k]) * r[j + k], r[j + k], gain[c], mean[j + k], along[j + k]);
				b[k] += dy[j + k];
			}
		for (int k = 0; j < count; j++, k++) {
			t[k] += layer_norm_back1(set, dx + j, dy[j], (x[j] - m[j]) * r[j], r[j], gain[c], mean[j], along[j]);
			b[k] += dy[j];
		}
		dgain[c] += SUM8(t);
		dbias[c] += SUM8(b);
	}
}

KERNEL(layer_norm_backward, (set, rows, n, count, dx, dgain, dbias, dy, m, r, x, gain, scratch), long set, long rows, long n, long count, REAL *dx, REAL *dgain, REAL *dbias, const REAL *dy, const REAL *m, const REAL *r, const REAL *x, const REAL *gain, REAL *scratch) {
	if (set)
		layer_norm_back(1, rows, n, count, dx, dgain, dbias, dy, m, r, x, gain, scratch, scratch + n);
	else
		layer_norm_back(0, rows, n, count, dx, dgain, dbias, dy, m, r, x, gain, scratch, scratch + n);
}
