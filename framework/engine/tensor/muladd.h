// Y += op(W) X: the tile M x (V LANES) of Y that fits the registers, and load_first and
// store_first, which move the first n <= LANES elements of a vector, are those of the instruction set.
// PACKED is the least number of rows of Y for which X is copied, or 0 where it is not.
// Where start is not null, which is what set says, row i of the sums starts from
// start[i*si] and not from what Y holds.
//
// W is read one scalar at a time, element (i, l) at w[i*wi + l*wk]. Each element of Y is one chain of
// multiply-adds in the order of l, wherever it stands: cutting m, n or k
// elsewhere does not change a bit.

#if LEVEL == 2
#define LANES (64 / (long)sizeof(REAL))
#define PACKED 0
#define M 8
#define V 3
#elif LEVEL == 1
#define LANES (32 / (long)sizeof(REAL))
#define PACKED 64
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

// A tile of m rows. next tells that one of as many rows follows, which is fetched; first, that
// X is fetched, too, ahead of the others of these columns. Nothing is fetched that does not
// exist: it may be on pages that are not there, and looking for them takes long.
INLINE void mul_tile(const int set, const int packed, const int m, const int v, const int first, const int next, long n, long k, const REAL *w, long wi, long wk, const REAL *x, long ldx, REAL *y, long ldy, const REAL *start, long si) {
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
		if (next)
			for (int j = 0; j < v; j++) __builtin_prefetch(y + (m + i) * ldy + LANES * j, 1);
	}
#define STEP \
	for (int j = 0; j < u; j++) b[j] = *(const vec *)(x + LANES * j); \
	b[u] = packed ? *(const vec *)(x + LANES * u) : load_first(x + LANES * u, n); \
	for (int i = 0; i < m; i++) \
		for (int j = 0; j < v; j++) t[i][j] += w[i * wi] * b[j];
	long l = packed ? k : 16;
	for (; l < k; l++, x += ldx, w += wk) {
		__builtin_prefetch(w + 16 * wk);
		if (first)
			for (int j = 0; j < v; j++) __builtin_prefetch(x + 16 * ldx + LANES * j);
		STEP
	}
	for (l = packed || k < 16 ? 0 : k - 16; l < k; l++, x += ldx, w += wk) { STEP }
#undef STEP
	for (int i = 0; i < m; i++) {
		for (int j = 0; j < u; j++) *(vec *)(y + i * ldy + LANES * j) = t[i][j];
		store_first(y + i * ldy + LANES * u, t[i][u], n);
	}
}

// W as tiles read it: row i begins at w[i*apart]. Where it was copied, the rows of a tile
// stand in turn, so that tile's rows are 1 apart and its columns as many as it has rows.
typedef struct {
	const REAL *w;
	long wi, wk, apart;
	int copied;
} factor;

// All m rows of n columns, in v vectors, the last of them perhaps in part; v is
// a constant at each call.
INLINE void mul_rows(const int set, const int packed, const int v, long n, long m, long k, factor w, const REAL *x, long ldx, REAL *y, long ldy, const REAL *start, long si) {
	long i = 0;
#define TILE(r, first) mul_tile(set, packed, r, v, first, i + 2 * (r) <= m, n, k, w.w + i * w.apart, w.copied ? 1 : w.wi, w.copied ? r : w.wk, x, ldx, y + i * ldy, ldy, start + i * si, si)
	if (m >= M && !packed) TILE(M, 1), i = M;
	for (; i + M <= m; i += M) TILE(M, 0);
	if (M > 4)
		for (; i + 4 <= m; i += 4) TILE(4, 0);
	for (; i < m; i++) TILE(1, 0);
#undef TILE
}

// Rows of X that stay in the first cache.
#define ROWS 128

// The same, by a copy of X where that pays: rows that are a multiple of 4096 bytes apart
// would drive each other from the first cache, and a vector in part would be loaded as one
// again and again. What is added to the columns that do not exist is not stored.
INLINE void mul_columns(const int set, const int v, long n, long m, long k, factor w, const REAL *x, long ldx, REAL *y, long ldy, const REAL *start, long si) {
	if (m < PACKED || PACKED == 0) {
		mul_rows(set, 0, v, n, m, k, w, x, ldx, y, ldy, start, si);
		return;
	}
#if PACKED
	const int u = v - 1;
	vec copy[ROWS * V] __attribute__((aligned(64)));
	for (long l = 0; l < k; l++) {
		if (l + 8 < k)
			for (int j = 0; j < v; j++) __builtin_prefetch(x + (l + 8) * ldx + LANES * j);
		for (int j = 0; j < u; j++) copy[l * v + j] = *(const vec *)(x + l * ldx + LANES * j);
		copy[l * v + u] = load_first(x + l * ldx + LANES * u, n - LANES * u);
	}
	mul_rows(set, 1, v, n, m, k, w, (const REAL *)copy, v * LANES, y, ldy, start, si);
#endif
}

// All of Y, for so few k that their rows of X stay in the first cache.
INLINE void mul_block(const int set, long m, long n, long k, factor w, const REAL *x, long ldx, REAL *y, long ldy, const REAL *start, long si) {
	long j = 0;
	for (; n - j == V * LANES || n - j > (V + 1) * LANES; j += V * LANES) mul_columns(set, V, V * LANES, m, k, w, x + j, ldx, y + j, ldy, start, si);
	if (n - j > V * LANES) { // one vector more is done in half the time as two and two
		mul_columns(set, 2, 2 * LANES, m, k, w, x + j, ldx, y + j, ldy, start, si);
		j += 2 * LANES;
	}
	if (n - j > 2 * LANES) mul_columns(set, 3, n - j, m, k, w, x + j, ldx, y + j, ldy, start, si);
	else if (n - j > LANES) mul_columns(set, 2, n - j, m, k, w, x + j, ldx, y + j, ldy, start, si);
	else if (n > j) mul_columns(set, 1, n - j, m, k, w, x + j, ldx, y + j, ldy, start, si);
}

// On their own, so that the loops keep their registers.
static __attribute__((noinline)) void mul_set(long m, long n, long k, factor w, const REAL *x, long ldx, REAL *y, long ldy, const REAL *start, long si) {
	mul_block(1, m, n, k, w, x, ldx, y, ldy, start, si);
}

static __attribute__((noinline)) void mul_on(long m, long n, long k, factor w, const REAL *x, long ldx, REAL *y, long ldy) {
	mul_block(0, m, n, k, w, x, ldx, y, ldy, 0, 0);
}

// Copies r rows of W.
INLINE void mul_copy_rows(const int r, long k, const REAL *w, long wi, long wk, REAL *restrict to) {
	for (long l = 0; l < k; l++)
		for (int i = 0; i < r; i++) to[l * r + i] = w[i * wi + l * wk];
}

// Of a transposed W, whose columns are each on a page of their own, a line of the cache is
// copied at a time.
#define LINE (64 / (long)sizeof(REAL))

static __attribute__((noinline)) void mul_copy(long m, long k, const REAL *w, long wi, long wk, REAL *to) {
	long i = 0;
	if (wi == 1)
		for (; i + LINE <= m; i += LINE)
			for (long l = 0; l < k; l++) {
				if (l + 8 < k) __builtin_prefetch(w + i + (l + 8) * wk);
				for (int g = 0; g < LINE; g += M) memcpy(to + (i + g) * k + l * M, w + i + g + l * wk, M * sizeof(REAL));
			}
	for (; i + M <= m; i += M) mul_copy_rows(M, k, w + i * wi, wi, wk, to + i * k);
	if (M > 4)
		for (; i + 4 <= m; i += 4) mul_copy_rows(4, k, w + i * wi, wi, wk, to + i * k);
	for (; i < m; i++) mul_copy_rows(1, k, w + i * wi, wi, wk, to + i * k);
}

// Adds a block of ROWS columns of W, or fewer. ROWS x ROWS of W are copied at a time, for the
// second cache, where its rows or columns are so far apart that each is on a page of its own and
// they drive each other from the caches, if X has columns enough for that to pay: so many
// that it takes a twentieth of the time, and fewer where what a tile reads of W is on many pages.
static __attribute__((noinline)) void mul_add_block(long m, long n, long k, const REAL *w, long wi, long wk, const REAL *x, long ldx, REAL *y, long ldy, const REAL *start, long si) {
	REAL copy[ROWS * ROWS] __attribute__((aligned(64)));
	const long far = wi > wk ? wi : wk;
	const int copied = far * (long)sizeof(REAL) >= 4096 && n >= (wi == 1 ? 2 : 16) * V * LANES && m >= 32;
	for (long mb; m > 0; m -= mb, w += mb * wi, y += mb * ldy, start += mb * si) {
		factor f = {w, wi, wk, wi, 0};
		mb = m;
		if (copied) {
			mb = m < ROWS ? m : ROWS;
			mul_copy(mb, k, w, wi, wk, copy);
			f = (factor){copy, 1, 0, k, 1};
		}
		if (start) mul_set(mb, n, k, f, x, ldx, y, ldy, start, si);
		else mul_on(mb, n, k, f, x, ldx, y, ldy);
	}
}

KERNEL(mul_add, (m, n, k, w, wi, wk, x, ldx, y, ldy, start, si), long m, long n, long k, const REAL *w, long wi, long wk, const REAL *x, long ldx, REAL *y, long ldy, const REAL *start, long si) {
	for (long kb; k > 0; k -= kb, w += kb * wk, x += kb * ldx) {
		kb = k < ROWS ? k : ROWS;
		mul_add_block(m, n, kb, w, wi, wk, x, ldx, y, ldy, start, si);
		start = 0, si = 0;
	}
}

// Y += W X^T for n <= V LANES columns of Y, which are as many rows of X: their transpose is
// copied, and for columns that do not exist zeros.
static __attribute__((noinline)) void mul_turned(long m, long n, long k, factor w, const REAL *x, long ldx, REAL *y, long ldy) {
	vec copy[ROWS * V] __attribute__((aligned(64)));
	REAL *const to = (REAL *)copy;
	const long v = (n + LANES - 1) / LANES, ld = v * LANES;
	if (n < ld) memset(to, 0, sizeof(REAL) * ld * k);
	transpose_block(0, to, ld, x, n, k, ldx);
	if (v == 3) mul_rows(0, 1, 3, n, m, k, w, to, ld, y, ldy, 0, 0);
	else if (v == 2) mul_rows(0, 1, 2, n, m, k, w, to, ld, y, ldy, 0, 0);
	else mul_rows(0, 1, 1, n, m, k, w, to, ld, y, ldy, 0, 0);
}

KERNEL(mul_add_turned, (m, n, k, w, ldw, x, ldx, y, ldy), long m, long n, long k, const REAL *w, long ldw, const REAL *x, long ldx, REAL *y, long ldy) {
	for (long kb; k > 0; k -= kb, w += kb, x += kb) {
		kb = k < ROWS ? k : ROWS;
		for (long j = 0; j < n; j += V * LANES)
			mul_turned(m, n - j < V * LANES ? n - j : V * LANES, kb, (factor){w, ldw, 1, ldw, 0}, x + j * ldx, ldx, y + j, ldy);
	}
}
