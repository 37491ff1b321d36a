KERNEL(prelu, (y, x, rows, cols, ld, slope, nslope), REAL *restrict y, const REAL *restrict x, long rows, long cols, long ld, const REAL *slope, long nslope) {
	for (long r = 0; r < rows; r++) {
		const REAL a = slope[r % nslope];
		const REAL *restrict u = x + r * ld;
		REAL *restrict v = y + r * ld;
		for (long j = 0; j < cols; j++) v[j] = u[j] > 0 ? u[j] : a * u[j];
	}
}

INLINE REAL prelu_backward1(const int set, REAL *dx, REAL dy, REAL x, REAL a) {
	REAL d = dy * (x > 0 ? 1 : a);
	*dx = set ? d : *dx + d;
	return dy * (x > 0 ? 0 : x);
}

INLINE void prelu_backward(const int set, REAL *restrict dx, REAL *restrict dslope, const REAL *restrict dy, const REAL *restrict x, long rows, long cols, long ld, const REAL *restrict slope, long nslope) {
	for (long r = 0; r < rows; r++, x += ld, dy += ld, dx += ld) {
		const REAL a = slope[r % nslope];
		REAL t[8] = {0};
		long j = 0;
		for (; j + 8 <= cols; j += 8)
			for (int k = 0; k < 8; k++) t[k] += prelu_backward1(set, dx + j + k, dy[j + k], x[j + k], a);
		for (int k = 0; j < cols; j++, k++) t[k] += prelu_backward1(set, dx + j, dy[j], x[j], a);
		dslope[r % nslope] += SUM8(t);
	}
}

KERNEL(prelu_backward, (set, dx, dslope, dy, x, rows, cols, ld, slope, nslope), long set, REAL *dx, REAL *dslope, const REAL *dy, const REAL *x, long rows, long cols, long ld, const REAL *slope, long nslope) {
	if (set)
		prelu_backward(1, dx, dslope, dy, x, rows, cols, ld, slope, nslope);
	else
		prelu_backward(0, dx, dslope, dy, x, rows, cols, ld, slope, nslope);
}

KERNEL(add_row_sums, (dst, ndst, y, rows, cols, ld), REAL *dst, long ndst, const REAL *y, long rows, long cols, long ld) {
	for (long r = 0; r < rows; r++) {
		const REAL *restrict v = y + r * ld;
		REAL t[8] = {0};
		long j = 0;
		for (; j + 8 <= cols; j += 8)
			for (int k = 0; k < 8; k++) t[k] += v[j + k];
		for (int k = 0; j < cols; j++, k++) t[k] += v[j];
		dst[r % ndst] += SUM8(t);
	}
}

KERNEL(fill_rows, (y, rows, cols, ld, v, nv), REAL *restrict y, long rows, long cols, long ld, const REAL *v, long nv) {
	for (long r = 0; r < rows; r++)
		for (long j = 0; j < cols; j++) y[r * ld + j] = v[r % nv];
}

KERNEL(reflect, (y, x, rows, cols, ld, v, nv), REAL *restrict y, const REAL *restrict x, long rows, long cols, long ld, const REAL *v, long nv) {
	for (long r = 0; r < rows; r++) {
		const REAL twice = 2 * v[r % nv];
		for (long j = 0; j < cols; j++) y[r * ld + j] = twice - x[r * ld + j];
	}
}

// Transposing goes by squares of SQUARE rows and columns, which are vectors: for h = 1, 2, 4, of
// rows i and i + h the squares of h x h numbers off the diagonal change places. UPPER and LOWER say
// what becomes of the two rows, by places in the first and then in the second.
#define SQUARE_BYTES (LEVEL == 0 ? 16 : 32)
#define SQUARE (SQUARE_BYTES / (long)sizeof(REAL))
typedef REAL square_row __attribute__((vector_size(SQUARE_BYTES), aligned(sizeof(REAL))));
#if SINGLE
typedef int32_t square_index __attribute__((vector_size(SQUARE_BYTES)));
#else
typedef int64_t square_index __attribute__((vector_size(SQUARE_BYTES)));
#endif
#if SINGLE && LEVEL > 0
#define UPPER1 0, 8, 2, 10, 4, 12, 6, 14
#define LOWER1 1, 9, 3, 11, 5, 13, 7, 15
#define UPPER2 0, 1, 8, 9, 4, 5, 12, 13
#define LOWER2 2, 3, 10, 11, 6, 7, 14, 15
#define UPPER4 0, 1, 2, 3, 8, 9, 10, 11
#define LOWER4 4, 5, 6, 7, 12, 13, 14, 15
#elif SINGLE || LEVEL > 0
#define UPPER1 0, 4, 2, 6
#define LOWER1 1, 5, 3, 7
#define UPPER2 0, 1, 4, 5
#define LOWER2 2, 3, 6, 7
#else
#define UPPER1 0, 2
#define LOWER1 1, 3
#endif

#ifdef __clang__
#define SHUFFLE(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)
#else
#define SHUFFLE(a, b, ...) __builtin_shuffle(a, b, (square_index){__VA_ARGS__})
#endif
#define CHANGE(h) \
	for (int i = 0; i < SQUARE; i++) { \
		if (i & h) continue; \
		const square_row u = t[i], l = t[i + h]; \
		t[i] = SHUFFLE(u, l, UPPER##h); \
		t[i + h] = SHUFFLE(u, l, LOWER##h); \
	}

INLINE void transpose_square(REAL *restrict y, long ldy, const REAL *restrict x, long ldx) {
	square_row t[SQUARE];
	for (int i = 0; i < SQUARE; i++) t[i] = *(const square_row *)(x + i * ldx);
	CHANGE(1)
#ifdef UPPER2
	CHANGE(2)
#endif
#ifdef UPPER4
	CHANGE(4)
#endif
	for (int i = 0; i < SQUARE; i++) *(square_row *)(y + i * ldy) = t[i];
}

INLINE void transpose_block(const int ahead, REAL *restrict y, long ldy, const REAL *restrict x, long rows, long cols, long ldx) {
	long j = 0;
	for (; j + SQUARE <= cols; j += SQUARE) {
		if (ahead && j * (long)sizeof(REAL) % 64 == 0)
			for (long r = 0; r < rows; r++) __builtin_prefetch(x + (rows + r) * ldx + j);
		long r = 0;
		for (; r + SQUARE <= rows; r += SQUARE) transpose_square(y + j * ldy + r, ldy, x + r * ldx + j, ldx);
		for (; r < rows; r++)
			for (long i = j; i < j + SQUARE; i++) y[i * ldy + r] = x[r * ldx + i];
	}
	for (; j < cols; j++)
		for (long r = 0; r < rows; r++) y[j * ldy + r] = x[r * ldx + j];
}

// Fetches the rows that follow, which the caller often transposes next.
KERNEL(transpose, (y, ldy, x, rows, cols, ldx), REAL *restrict y, long ldy, const REAL *restrict x, long rows, long cols, long ldx) {
	transpose_block(1, y, ldy, x, rows, cols, ldx);
}

KERNEL(axpy, (alpha, x, y, n), REAL alpha, const REAL *restrict x, REAL *restrict y, long n) {
	for (long i = 0; i < n; i++) y[i] += alpha * x[i];
}

KERNEL(add, (dst, a, b, n), REAL *dst, const REAL *a, const REAL *b, long n) {
	for (long i = 0; i < n; i++) dst[i] = a[i] + b[i];
}

LONG_CHAINS
INLINE REAL gelu_sigmoid(REAL slope, REAL cube, REAL x) {
	return sigmoid1(slope * x * (1 + cube * x * x));
}

KERNEL(gelu, (slope, cube, y, x, n), REAL slope, REAL cube, REAL *restrict y, const REAL *restrict x, long n) {
	for (long i = 0; i < n; i++) y[i] = x[i] * gelu_sigmoid(slope, cube, x[i]);
}

INLINE REAL gelu_slope(REAL slope, REAL cube, REAL x) {
	REAL p = gelu_sigmoid(slope, cube, x);
	return p + x * p * (1 - p) * (slope * (1 + 3 * cube * x * x));
}

KERNEL(gelu_backward, (set, slope, cube, dx, dy, x, n), long set, REAL slope, REAL cube, REAL *restrict dx, const REAL *restrict dy, const REAL *restrict x, long n) {
	if (set)
		for (long i = 0; i < n; i++) dx[i] = dy[i] * gelu_slope(slope, cube, x[i]);
	else
		for (long i = 0; i < n; i++) dx[i] += dy[i] * gelu_slope(slope, cube, x[i]);
}

// Probabilities and their logarithms are doubles, of activations of either type.
KERNEL(sigmoid, (p, a, n), double *restrict p, const REAL *restrict a, long n) {
	for (long i = 0; i < n; i++) p[i] = sigmoid1((double)a[i]);
}

KERNEL(log_sigmoid, (lp, a, s, rows, n), double *restrict lp, const REAL *restrict a, const REAL *restrict s, long rows, long n) {
	for (long r = 0; r < rows; r++, a += n, s += n)
		for (long j = 0; j < n; j++) {
			double z = (double)s[j] * (double)a[j];
			lp[j] += (z > 0 ? 0 : z) - log1p_unit(exp_low(z > 0 ? -z : z));
		}
}

KERNEL(log_sigmoid_backward, (da, a, s, w, rows, n), REAL *restrict da, const REAL *restrict a, const REAL *restrict s, const double *restrict w, long rows, long n) {
	for (long r = 0; r < rows; r++, da += n, a += n, s += n)
		for (long j = 0; j < n; j++) da[j] = (REAL)w[j] * s[j] * sigmoid1(-s[j] * a[j]);
}
END_LONG_CHAINS
