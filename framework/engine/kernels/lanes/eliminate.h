// Gaussian elimination with partial pivoting of eight matrices: included with
// NAME, names for what follows, and COMPLEX.

#define NUM NAME(num)
typedef struct {
	eight re;
#if COMPLEX
	eight im;
#endif
} NUM;

INLINE NUM NAME(times)(NUM a, NUM b) {
#if COMPLEX
	return (NUM){a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re};
#else
	return (NUM){a.re * b.re};
#endif
}

// y -= a b
INLINE void NAME(subtract)(NUM *y, NUM a, NUM b) {
#if COMPLEX
	y->re = y->re - a.re * b.re + a.im * b.im;
	y->im = y->im - a.re * b.im - a.im * b.re;
#else
	y->re -= a.re * b.re;
#endif
}

INLINE eight NAME(square)(NUM a) {
#if COMPLEX
	return a.re * a.re + a.im * a.im;
#else
	return a.re * a.re;
#endif
}

// Brings the largest element on and below the diagonal of column k there, by
// exchanges of rows of a and, unless null, of b. A sign changes for each.
INLINE void NAME(pivot)(long n, long k, NUM *a, NUM *b, eight *sign) {
	eight most = NAME(square)(a[k * n + k]), row = (double)k - (eight){0};
	for (long i = k + 1; i < n; i++) {
		const eight s = NAME(square)(a[i * n + k]);
		const bits larger = s > most;
		most = SELECT(larger, s, most);
		row = SELECT(larger, (double)i - (eight){0}, row);
	}
	for (int c = 0; c < 8; c++) {
		const long r = (long)row[c];
		if (r == k) continue;
		(*sign)[c] = -(*sign)[c];
		const long parts = sizeof(NUM) / sizeof(eight);
		double *x = (double *)(a + k * n) + c, *y = (double *)(a + r * n) + c;
		for (long j = k * parts; j < n * parts; j++) {
			const double swap = x[8 * j];
			x[8 * j] = y[8 * j], y[8 * j] = swap;
		}
		if (!b) continue;
		x = (double *)(b + k * n) + c, y = (double *)(b + r * n) + c;
		for (long j = 0; j < n * parts; j++) {
			const double swap = x[8 * j];
			x[8 * j] = y[8 * j], y[8 * j] = swap;
		}
	}
}

// Leaves U in a and, unless it is null, L^-1 P B in b; 1/U_kk on U's diagonal. A
// complex phase is that of the determinant times a positive number, at most 2^(n/2).
INLINE void NAME(eliminate)(long n, NUM *a, NUM *b, double *log_abs, double *phase) {
	eight logs = {0};
	NUM turn = {1.0 - logs};
	for (long k = 0; k < n; k++) {
		eight sign = 1.0 - (eight){0};
		NAME(pivot)(n, k, a, b, &sign);
		NUM *top = a + k * n;
		const NUM p = top[k];
		eight square = NAME(square)(p), over;
		for (int c = 0; c < 8; c++) {
			logs[c] += 0.5 * log_positive(square[c]);
			over[c] = square[c] == 0 ? 0 : 1.0 / square[c];
		}
		NUM inverse = p, unit = p; // unit: of the sign of p, and near 1
		inverse.re *= over;
#if COMPLEX
		inverse.im *= -over;
		for (int c = 0; c < 8; c++) over[c] = sign[c] / at_least(__builtin_fabs(p.re[c]), __builtin_fabs(p.im[c]));
		unit.re *= over, unit.im *= over;
#else
		for (int c = 0; c < 8; c++) unit.re[c] = sign[c] * __builtin_copysign(1.0, p.re[c]);
#endif
		turn = NAME(times)(turn, unit);
		top[k] = inverse;
		for (long i = k + 1; i < n; i++) {
			NUM *row = a + i * n;
			const NUM l = NAME(times)(row[k], inverse);
			for (long j = k + 1; j < n; j++) NAME(subtract)(row + j, l, top[j]);
			if (b)
				for (long j = 0; j < n; j++) NAME(subtract)(b + i * n + j, l, b[k * n + j]);
		}
	}
	*(eight *)log_abs = logs;
	*(NUM *)phase = turn;
}

// Writes the inverse to b.
INLINE void NAME(invert)(long n, NUM *a, NUM *b, double *log_abs, double *phase) {
	memset(b, 0, n * n * sizeof(NUM));
	for (long i = 0; i < n; i++) b[i * n + i].re = 1.0 - (eight){0};
	NAME(eliminate)(n, a, b, log_abs, phase);
	for (long k = n - 1; k >= 0; k--) {
		NUM *from = b + k * n;
		for (long j = 0; j < n; j++) from[j] = NAME(times)(a[k * n + k], from[j]);
		for (long i = 0; i < k; i++)
			for (long j = 0; j < n; j++) NAME(subtract)(b + i * n + j, a[i * n + k], from[j]);
	}
}
