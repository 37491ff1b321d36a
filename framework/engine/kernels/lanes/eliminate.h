// Gaussian elimination with partial pivoting of matrices side by side, of one part:
// included with NAME, names for what follows, and COMPLEX.

#define NUM NAME(num)
typedef struct {
	lane re;
#if COMPLEX
	lane im;
#endif
} NUM;

#define WORDS (COMPLEX + 1) // of a number

INLINE NUM NAME(get)(const double *x, long i) {
#if COMPLEX
	return (NUM){get(x, 2 * i), get(x, 2 * i + 1)};
#else
	return (NUM){get(x, i)};
#endif
}

INLINE void NAME(put)(double *x, long i, NUM y) {
	put(x, WORDS * i, y.re);
#if COMPLEX
	put(x, 2 * i + 1, y.im);
#endif
}

INLINE NUM NAME(times)(NUM a, NUM b) {
#if COMPLEX
	return (NUM){a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re};
#else
	return (NUM){a.re * b.re};
#endif
}

// y_i -= a b_i of n numbers.
INLINE void NAME(subtract)(long n, double *y, NUM a, const double *b) {
	for (long i = 0; i < n; i++) {
		NUM s = NAME(get)(y, i);
		const NUM t = NAME(get)(b, i);
#if COMPLEX
		s.re = s.re - a.re * t.re + a.im * t.im;
		s.im = s.im - a.re * t.im - a.im * t.re;
#else
		s.re -= a.re * t.re;
#endif
		NAME(put)(y, i, s);
	}
}

INLINE lane NAME(square)(NUM a) {
#if COMPLEX
	return a.re * a.re + a.im * a.im;
#else
	return a.re * a.re;
#endif
}

// Exchanges rows k and r, from element j on, of matrix c.
INLINE void NAME(exchange)(long n, double *a, long k, long r, long j, int c) {
	double *x = a + k * n * 8 * WORDS + c, *y = a + r * n * 8 * WORDS + c;
	for (j *= WORDS; j < n * WORDS; j++) {
		const double swap = x[8 * j];
		x[8 * j] = y[8 * j], y[8 * j] = swap;
	}
}

// Brings the largest element on and below the diagonal of column k there, by
// exchanges of rows of a and, unless null, of b. A sign changes for each.
INLINE void NAME(pivot)(long n, long k, double *a, double *b, lane *sign) {
	lane most = NAME(square)(NAME(get)(a, k * n + k)), row = (double)k - (lane){0};
	for (long i = k + 1; i < n; i++) {
		const lane s = NAME(square)(NAME(get)(a, i * n + k));
		const bits larger = s > most;
		most = SELECT(larger, s, most);
		row = SELECT(larger, (double)i - (lane){0}, row);
	}
	for (int c = 0; c < LANES; c++) {
		const long r = (long)row[c];
		if (r == k) continue;
		(*sign)[c] = -(*sign)[c];
		NAME(exchange)(n, a, k, r, k, c);
		if (b) NAME(exchange)(n, b, k, r, 0, c);
	}
}

// Leaves U in a and, unless it is null, L^-1 P B in b; 1/U_kk on U's diagonal. A
// complex phase is that of the determinant times a positive number, at most 2^(n/2).
INLINE void NAME(eliminate)(long n, double *a, double *b, double *log_abs, double *phase) {
	const long step = 8 * WORDS; // from one element to the next
	lane logs = {0};
	NUM turn = {1.0 - logs};
	for (long k = 0; k < n; k++) {
		lane sign = 1.0 - (lane){0};
		NAME(pivot)(n, k, a, b, &sign);
		const NUM p = NAME(get)(a, k * n + k);
		lane square = NAME(square)(p), over;
		for (int c = 0; c < LANES; c++) {
			logs[c] += 0.5 * log_positive(square[c]);
			over[c] = square[c] == 0 ? 0 : 1.0 / square[c];
		}
		NUM inverse = p, unit = p; // unit: of the sign of p, and near 1
		inverse.re *= over;
#if COMPLEX
		inverse.im *= -over;
		for (int c = 0; c < LANES; c++) over[c] = sign[c] / at_least(__builtin_fabs(p.re[c]), __builtin_fabs(p.im[c]));
		unit.re *= over, unit.im *= over;
#else
		for (int c = 0; c < LANES; c++) unit.re[c] = sign[c] * __builtin_copysign(1.0, p.re[c]);
#endif
		turn = NAME(times)(turn, unit);
		NAME(put)(a, k * n + k, inverse);
		const double *top = a + (k * n + k + 1) * step;
		for (long i = k + 1; i < n; i++) {
			double *row = a + (i * n + k) * step;
			const NUM l = NAME(times)(NAME(get)(row, 0), inverse);
			NAME(subtract)(n - k - 1, row + step, l, top);
			if (b) NAME(subtract)(n, b + i * n * step, l, b + k * n * step);
		}
	}
	put(log_abs, 0, logs);
	NAME(put)(phase, 0, turn);
}

// Writes the inverse to b.
INLINE void NAME(invert)(long n, double *a, double *b, double *log_abs, double *phase) {
	const long step = 8 * WORDS;
	for (long i = 0; i < n * n; i++) NAME(put)(b, i, (NUM){(i % (n + 1) ? 0.0 : 1.0) - (lane){0}});
	NAME(eliminate)(n, a, b, log_abs, phase);
	for (long k = n - 1; k >= 0; k--) {
		double *from = b + k * n * step;
		const NUM inverse = NAME(get)(a, k * n + k);
		for (long j = 0; j < n; j++) NAME(put)(from, j, NAME(times)(inverse, NAME(get)(from, j)));
		for (long i = 0; i < k; i++) NAME(subtract)(n, b + i * n * step, NAME(get)(a, i * n + k), from);
	}
}

#undef WORDS
