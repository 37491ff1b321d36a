// Y += op(W) X: the tile M x (V LANES) of Y that fits the registers, and load_first and
// store_first, which move the first n <= LANES elements of a vector, are those of the instruction set.
// PACKED is the least number of rows of Y for which X is copied, or 0 where it is not.
// Where start is not null, which is what set says, row i of the sums starts from
// start[i*si] and not from what Y holds.
//
// X is read in place, so it should fit the cache; W is read one scalar at a
// time, element (i, l) at w[i*wi + l*wk]. Each element of Y is one chain of
// multiply-adds in the order of l, wherever it stands: cutting m, n or k
// elsewhere does not change a bit.

#if LEVEL == 2
#define LANES (64 / (long)sizeof(REAL))
#define PACKED 0
#define M 8
#define V 3
#elif LEVEL == 1
#define LANES (32 / (long)sizeof(REAL))
#define PACKED 32
#define M 4
#define V 3
#else
#define LANES (16 / (long)sizeof(REAL))
#define PACKED 0
#define M 4
#define V 3
#endif

typedef REAL vec __attribute__((vector_size(sizeof(REAL) * LANES), aligned(sizeof(REAL))));

#if LEVEL == 2
typedef REAL whole __attribute__((vector_size(64)));
#define FIRST(n) ((1 << (n)) - 1)
#if SINGLE
#define load_first(p, n) ((vec)__builtin_ia32_loadups512_mask(p, (whole){0}, FIRST(n)))
#define store_first(p, v, n) __builtin_ia32_storeups512_mask(p, v, FIRST(n))
#else
#define load_first(p, n) ((vec)__builtin_ia32_loadupd512_mask(p, (whole){0}, FIRST(n)))
#define store_first(p, v, n) __builtin_ia32_storeupd512_mask(p, v, FIRST(n))
#endif
#elif LEVEL == 1
typedef REAL whole __attribute__((vector_size(32)));
#if SINGLE
typedef int32_t bits __attribute__((vector_size(32)));
#define FIRST(n) (((bits){0} + (int)(n)) > (bits){0, 1, 2, 3, 4, 5, 6, 7})
#define MASKED_LOAD(p, n) __builtin_ia32_maskloadps256((const whole *)(p), FIRST(n))
#define MASKED_STORE(p, v, n) __builtin_ia32_maskstoreps256((whole *)(p), FIRST(n), v)
#else
typedef long long bits __attribute__((vector_size(32)));
#define FIRST(n) (((bits){0} + (n)) > (bits){0, 1, 2, 3})
#define MASKED_LOAD(p, n) __builtin_ia32_maskloadpd256((const whole *)(p), FIRST(n))
#define MASKED_STORE(p, v, n) __builtin_ia32_maskstorepd256((whole *)(p), FIRST(n), v)
#endif
// Masked stores take some processors as long as ten others.
#define load_first(p, n) ((n) == LANES ? *(const vec *)(p) : (vec)MASKED_LOAD(p, n))
#define store_first(p, v, n) \
	do { \
		if ((n) == LANES) \
			*(vec *)(p) = v; \
		else \
			MASKED_STORE(p, v, n); \
	} while (0)
#else
INLINE vec load_first(const REAL *p, long n) {
	vec v = {0};
	if (n == LANES) return *(const vec *)p;
	for (long i = 0; i < n; i++) v[i] = p[i];
	return v;
}
INLINE void store_first(REAL *p, vec v, long n) {
	if (n == LANES) *(vec *)p = v;
	else
		for (long i = 0; i < n; i++) p[i] = v[i];
}
#endif

// Fetches the tile of Y below; the first tile of a block of columns also
// fetches X ahead for the others.
INLINE void mul_tile(const int set, const int packed, const int m, const int v, const int first, long n, long k, const REAL *w, long wi, long wk, const REAL *x, long ldx, REAL *y, long ldy, const REAL *start, long si) {
	vec t[M][V], b[V];
	const int u = v - 1; // the last vector
	n -= LANES * u;
	for (int i = 0; i < m; i++) {
		if (set) {
			for (int j = 0; j < v; j++) t[i][j] = start[i * si] - (vec){0};
		} else {
			for (int j = 0; j < u; j++) t[i][j] = *(const vec *)(y + i * ldy + LANES * j);
			t[i][u] = load_first(y + i * ldy + LANES * u, n);
		}
		for (int j = 0; j < v; j++) __builtin_prefetch(y + (m + i) * ldy + LANES * j, 1);
	}
	for (long l = 0; l < k; l++, x += ldx, w += wk) {
		__builtin_prefetch(w + 16 * wk);
		if (first)
			for (int j = 0; j < v; j++) __builtin_prefetch(x + 16 * ldx + LANES * j);
		for (int j = 0; j < u; j++) b[j] = *(const vec *)(x + LANES * j);
		b[u] = packed ? *(const vec *)(x + LANES * u) : load_first(x + LANES * u, n);
		for (int i = 0; i < m; i++)
			for (int j = 0; j < v; j++) t[i][j] += w[i * wi] * b[j];
	}
	for (int i = 0; i < m; i++) {
		for (int j = 0; j < u; j++) *(vec *)(y + i * ldy + LANES * j) = t[i][j];
		store_first(y + i * ldy + LANES * u, t[i][u], n);
	}
}

// All m rows of n columns, in v vectors, the last of them perhaps in part; v is
// a constant at each call.
INLINE void mul_rows(const int set, const int packed, const int v, long n, long m, long k, const REAL *w, long wi, long wk, const REAL *x, long ldx, REAL *y, long ldy, const REAL *start, long si) {
	long i = 0;
	if (m >= M) mul_tile(set, packed, M, v, !packed, n, k, w, wi, wk, x, ldx, y, ldy, start, si), i = M;
	for (; i + M <= m; i += M) mul_tile(set, packed, M, v, 0, n, k, w + i * wi, wi, wk, x, ldx, y + i * ldy, ldy, start + i * si, si);
	for (; i + 4 <= m; i += 4) mul_tile(set, packed, 4, v, 0, n, k, w + i * wi, wi, wk, x, ldx, y + i * ldy, ldy, start + i * si, si);
	for (; i < m; i++) mul_tile(set, packed, 1, v, 0, n, k, w + i * wi, wi, wk, x, ldx, y + i * ldy, ldy, start + i * si, si);
}

// Rows of X that stay in the first cache.
#define ROWS 128

// The same, by a copy of X where that pays: rows that are a multiple of 4096 bytes apart
// would drive each other from the first cache, and a vector in part would be loaded as one
// again and again. What is added to the columns that do not exist is not stored.
INLINE void mul_columns(const int set, const int v, long n, long m, long k, const REAL *w, long wi, long wk, const REAL *x, long ldx, REAL *y, long ldy, const REAL *start, long si) {
	if (m < PACKED || PACKED == 0) {
		mul_rows(set, 0, v, n, m, k, w, wi, wk, x, ldx, y, ldy, start, si);
		return;
	}
#if PACKED
	const int u = v - 1;
	vec copy[ROWS * V] __attribute__((aligned(64)));
	for (long l = 0; l < k; l++) {
		for (int j = 0; j < v; j++) __builtin_prefetch(x + (l + 8) * ldx + LANES * j);
		for (int j = 0; j < u; j++) copy[l * v + j] = *(const vec *)(x + l * ldx + LANES * j);
		copy[l * v + u] = load_first(x + l * ldx + LANES * u, n - LANES * u);
	}
	mul_rows(set, 1, v, n, m, k, w, wi, wk, (const REAL *)copy, v * LANES, y, ldy, start, si);
#endif
}

// All of Y, for so few k that their rows of X stay in the first cache.
INLINE void mul_block(const int set, long m, long n, long k, const REAL *w, long wi, long wk, const REAL *x, long ldx, REAL *y, long ldy, const REAL *start, long si) {
	long j = 0;
	for (; n - j == V * LANES || n - j > (V + 1) * LANES; j += V * LANES) mul_columns(set, V, V * LANES, m, k, w, wi, wk, x + j, ldx, y + j, ldy, start, si);
	if (n - j > V * LANES) { // one vector more is done in half the time as two and two
		mul_columns(set, 2, 2 * LANES, m, k, w, wi, wk, x + j, ldx, y + j, ldy, start, si);
		j += 2 * LANES;
	}
	if (n - j > 2 * LANES) mul_columns(set, 3, n - j, m, k, w, wi, wk, x + j, ldx, y + j, ldy, start, si);
	else if (n - j > LANES) mul_columns(set, 2, n - j, m, k, w, wi, wk, x + j, ldx, y + j, ldy, start, si);
	else if (n > j) mul_columns(set, 1, n - j, m, k, w, wi, wk, x + j, ldx, y + j, ldy, start, si);
}

// On its own, so that the loops below keep their registers.
static __attribute__((noinline)) void mul_set(long m, long n, long k, const REAL *w, long wi, long wk, const REAL *x, long ldx, REAL *y, long ldy, const REAL *start, long si) {
	mul_block(1, m, n, k, w, wi, wk, x, ldx, y, ldy, start, si);
}

KERNEL(mul_add, (m, n, k, w, wi, wk, x, ldx, y, ldy, start, si), long m, long n, long k, const REAL *w, long wi, long wk, const REAL *x, long ldx, REAL *y, long ldy, const REAL *start, long si) {
	const long block = ROWS;
	if (start) {
		long kb = k < block ? k : block;
		mul_set(m, n, kb, w, wi, wk, x, ldx, y, ldy, start, si);
		k -= kb, w += kb * wk, x += kb * ldx;
	}
	for (long kb; k > 0; k -= kb, w += kb * wk, x += kb * ldx) {
		kb = k < block ? k : block;
		mul_block(0, m, n, kb, w, wi, wk, x, ldx, y, ldy, 0, 0);
	}
}

