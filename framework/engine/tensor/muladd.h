// Y += op(W) X for one instruction set: included by muladd.c with NAME, the
// vector length LANES, the tile M x (V LANES) of Y that fits the registers, and
// LOAD and STORE, which move the first n <= LANES elements of a vector.
//
// X is read in place, so it should fit the cache; W is read one scalar at a
// time, element (i, l) at w[i*wi + l*wk]. Each element of Y is one chain of
// multiply-adds in the order of l, wherever it stands: cutting m, n or k
// elsewhere does not change a bit.

typedef double VEC __attribute__((vector_size(8 * LANES), aligned(8)));

// Fetches the tile of Y below; the first tile of a block of columns also
// fetches X ahead for the others.
INLINE void TILE(const int m, const int v, const int first, long n, long k, const double *w, long wi, long wk, const double *x, long ldx, double *y, long ldy) {
	VEC t[M][V], b[V];
	const int u = v - 1; // the last vector
	n -= LANES * u;
	for (int i = 0; i < m; i++) {
		for (int j = 0; j < u; j++) t[i][j] = *(const VEC *)(y + i * ldy + LANES * j);
		t[i][u] = LOAD(y + i * ldy + LANES * u, n);
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
INLINE void COLUMNS(const int v, long n, long m, long k, const double *w, long wi, long wk, const double *x, long ldx, double *y, long ldy) {
	long i = 0;
	if (m >= M) TILE(M, v, 1, n, k, w, wi, wk, x, ldx, y, ldy), i = M;
	for (; i + M <= m; i += M) TILE(M, v, 0, n, k, w + i * wi, wi, wk, x, ldx, y + i * ldy, ldy);
	for (; i + 4 <= m; i += 4) TILE(4, v, 0, n, k, w + i * wi, wi, wk, x, ldx, y + i * ldy, ldy);
	for (; i < m; i++) TILE(1, v, 0, n, k, w + i * wi, wi, wk, x, ldx, y + i * ldy, ldy);
}

static void NAME(long m, long n, long k, const double *w, long wi, long wk, const double *x, long ldx, double *y, long ldy) {
	const long block = 128; // rows of X that stay in the first cache
	for (long kb; k > 0; k -= kb, w += kb * wk, x += kb * ldx) {
		kb = k < block ? k : block;
		long j = 0;
		for (; j + V * LANES <= n; j += V * LANES) COLUMNS(V, V * LANES, m, kb, w, wi, wk, x + j, ldx, y + j, ldy);
		if (n - j > 2 * LANES) COLUMNS(3, n - j, m, kb, w, wi, wk, x + j, ldx, y + j, ldy);
		else if (n - j > LANES) COLUMNS(2, n - j, m, kb, w, wi, wk, x + j, ldx, y + j, ldy);
		else if (n > j) COLUMNS(1, n - j, m, kb, w, wi, wk, x + j, ldx, y + j, ldy);
	}
}

#undef NAME
#undef LOAD
#undef STORE
#undef TILE
#undef COLUMNS
#undef VEC
#undef LANES
#undef M
#undef V
