// Y += op(W) X for one instruction set: included by muladd.c with NAME, names for
// the functions below, the vector length LANES, the tile M x (V LANES) of Y that
// fits the registers, and LOAD and STORE, which move the first n <= LANES
// elements of a vector. Where start is not null, which is what set says, row i
// of the sums starts from start[i*si] and not from what Y holds.
//
// X is read in place, so it should fit the cache; W is read one scalar at a
// time, element (i, l) at w[i*wi + l*wk]. Each element of Y is one chain of
// multiply-adds in the order of l, wherever it stands: cutting m, n or k
// elsewhere does not change a bit.

typedef double VEC __attribute__((vector_size(8 * LANES), aligned(8)));

// Fetches the tile of Y below; the first tile of a block of columns also
// fetches X ahead for the others.
INLINE void TILE(const int set, const int m, const int v, const int first, long n, long k, const double *w, long wi, long wk, const double *x, long ldx, double *y, long ldy, const double *start, long si) {
	VEC t[M][V], b[V];
	const int u = v - 1; // the last vector
	n -= LANES * u;
	for (int i = 0; i < m; i++) {
		if (set) {
			for (int j = 0; j < v; j++) t[i][j] = start[i * si] - (VEC){0};
		} else {
			for (int j = 0; j < u; j++) t[i][j] = *(const VEC *)(y + i * ldy + LANES * j);
			t[i][u] = LOAD(y + i * ldy + LANES * u, n);
		}
		for (int j = 0; j < v; j++) __builtin_prefetch(y + (m + i) * ldy + LANES * j, 1);
	}
	for (long l = 0; l < k; l++, x += ldx, w += wk) {
		__builtin_prefetch(w + 16 * wk);
		if (first)
			for (int j = 0; j < v; j++) __builtin_prefetch(x + 16 * ldx + LANES * j);
		for (int j = 0; j < u; j++) b[j] = *(const VEC *)(x + LANES * j);
		b[u] = LOAD(x + LANES * u, n);
		for (int i = 0; i < m; i++)
			for (int j = 0; j < v; j++) t[i][j] += w[i * wi] * b[j];
	}
	for (int i = 0; i < m; i++) {
		for (int j = 0; j < u; j++) *(VEC *)(y + i * ldy + LANES * j) = t[i][j];
		STORE(y + i * ldy + LANES * u, t[i][u], n);
	}
}

// All m rows of n columns, in v vectors, the last of them perhaps in part; v is
// a constant at each call.
INLINE void COLUMNS(const int set, const int v, long n, long m, long k, const double *w, long wi, long wk, const double *x, long ldx, double *y, long ldy, const double *start, long si) {
	long i = 0;
	if (m >= M) TILE(set, M, v, 1, n, k, w, wi, wk, x, ldx, y, ldy, start, si), i = M;
	for (; i + M <= m; i += M) TILE(set, M, v, 0, n, k, w + i * wi, wi, wk, x, ldx, y + i * ldy, ldy, start + i * si, si);
	for (; i + 4 <= m; i += 4) TILE(set, 4, v, 0, n, k, w + i * wi, wi, wk, x, ldx, y + i * ldy, ldy, start + i * si, si);
	for (; i < m; i++) TILE(set, 1, v, 0, n, k, w + i * wi, wi, wk, x, ldx, y + i * ldy, ldy, start + i * si, si);
}

// All of Y, for so few k that their rows of X stay in the first cache.
INLINE void BLOCK(const int set, long m, long n, long k, const double *w, long wi, long wk, const double *x, long ldx, double *y, long ldy, const double *start, long si) {
	long j = 0;
	for (; n - j == V * LANES || n - j > (V + 1) * LANES; j += V * LANES) COLUMNS(set, V, V * LANES, m, k, w, wi, wk, x + j, ldx, y + j, ldy, start, si);
	if (n - j > V * LANES) { // one vector more is done in half the time as two and two
		COLUMNS(set, 2, 2 * LANES, m, k, w, wi, wk, x + j, ldx, y + j, ldy, start, si);
		j += 2 * LANES;
	}
	if (n - j > 2 * LANES) COLUMNS(set, 3, n - j, m, k, w, wi, wk, x + j, ldx, y + j, ldy, start, si);
	else if (n - j > LANES) COLUMNS(set, 2, n - j, m, k, w, wi, wk, x + j, ldx, y + j, ldy, start, si);
	else if (n > j) COLUMNS(set, 1, n - j, m, k, w, wi, wk, x + j, ldx, y + j, ldy, start, si);
}

// On its own, so that NAME's loops keep their registers.
static __attribute__((noinline)) void SET(long m, long n, long k, const double *w, long wi, long wk, const double *x, long ldx, double *y, long ldy, const double *start, long si) {
	BLOCK(1, m, n, k, w, wi, wk, x, ldx, y, ldy, start, si);
}

static void NAME(long m, long n, long k, const double *w, long wi, long wk, const double *x, long ldx, double *y, long ldy, const double *start, long si) {
	const long block = 128; // rows of X that stay in the first cache
	if (start) {
		long kb = k < block ? k : block;
		SET(m, n, kb, w, wi, wk, x, ldx, y, ldy, start, si);
		k -= kb, w += kb * wk, x += kb * ldx;
	}
	for (long kb; k > 0; k -= kb, w += kb * wk, x += kb * ldx) {
		kb = k < block ? k : block;
		BLOCK(0, m, n, kb, w, wi, wk, x, ldx, y, ldy, 0, 0);
	}
}

#undef NAME
#undef LOAD
#undef STORE
#undef SET
#undef BLOCK
#undef TILE
#undef COLUMNS
#undef VEC
#undef LANES
#undef M
#undef V
