// The perceptrons of MLP. Tiles that fit the registers have MLP_ROWS x (MLP_V MLP_LANES)
// numbers of a product, MLP_DOT x MLP_DOT of a gradient.
//
// Places and columns are cut into tiles of MLP_T columns, whose activations stay in
// the first cache from the first layer to the last and back. A tile that is not
// full is computed as a whole, so a number comes from the same chain of
// operations wherever it stands.

#define MLP_ROWS 6
#if LEVEL == 2
#define MLP_LANES (64 / (long)sizeof(REAL))
#define MLP_V 4
#define MLP_DOT 5
#elif LEVEL == 1
#define MLP_LANES (32 / (long)sizeof(REAL))
#define MLP_V 2
#define MLP_DOT 3
#else
#define MLP_LANES (16 / (long)sizeof(REAL))
#define MLP_V 2
#define MLP_DOT 3
#endif

// MLP_T columns, 256 bytes, of all activations of a narrow network (2 x 3 layers of 10 units:
// 64 rows, 16 KiB) fit the first cache, with the adjoints of two layers beside.
// Larger would not, and smaller repeats the broadcast of each weight more often.
#define MLP_T (256 / (long)sizeof(REAL))

// The size of the next of as few even pieces as n rows can be cut into.
#define EVEN(n, most) (((n) + ((n) + (most) - 1) / (most) - 1) / (((n) + (most) - 1) / (most)))

typedef struct {
	long groups, layers, activation;
	const int64_t *sizes; // inputs, units per group of each hidden layer, outputs per group
} mlp;

// groups blocks of m x k weights, then groups*m biases. The groups share their
// inputs in the first layer, which makes it one block.
typedef struct {
	long groups, m, k;
} layer;

static layer layer_of(const mlp *net, long l) {
	long shared = l == 0 ? net->groups : 1;
	return (layer){net->groups / shared, net->sizes[l + 1] * shared, net->sizes[l]};
}

static long weights_of(layer a) { return a.groups * a.m * (a.k + 1); }

static long weights(const mlp *net) {
	long sum = 0;
	for (long l = 0; l < net->layers; l++) sum += weights_of(layer_of(net, l));
	return sum;
}

// Rows of the inputs and of all hidden layers.
static long activations(const mlp *net) {
	long sum = 0;
	for (long l = 0; l < net->layers; l++) sum += layer_of(net, l).groups * net->sizes[l];
	return sum;
}

// Rows of the widest layer, inputs and outputs among them.
static long widest(const mlp *net) {
	long most = net->sizes[0];
	for (long l = 1; l <= net->layers; l++)
		if (net->groups * net->sizes[l] > most) most = net->groups * net->sizes[l];
	return most;
}

// Copies min(cols, MLP_T) columns of some rows; what is left of a tile becomes 0.
static void copy_rows(REAL *y, long ldy, const REAL *x, long ldx, long rows, long cols) {
	if (cols > MLP_T) cols = MLP_T;
	for (long r = 0; r < rows; r++) {
		memcpy(y + r * ldy, x + r * ldx, cols * sizeof(REAL));
		if (ldy == MLP_T) memset(y + r * ldy + cols, 0, (MLP_T - cols) * sizeof(REAL));
	}
}

static void gather(REAL *h, const REAL *x, const int64_t *in, long rows, long ldx, long cols) {
	for (long r = 0; r < rows; r++) copy_rows(h + r * MLP_T, MLP_T, x + in[r] * ldx, ldx, 1, cols);
}

static void scatter_add(REAL *restrict x, const int64_t *in, long rows, long ldx, const REAL *restrict d, long cols) {
	if (cols > MLP_T) cols = MLP_T;
	for (long r = 0; r < rows; r++)
		for (long j = 0; j < cols; j++) x[in[r] * ldx + j] += d[r * MLP_T + j];
}

typedef REAL mlp_vec __attribute__((vector_size(sizeof(REAL) * MLP_LANES)));

// m rows of y = start + op(W) x; element (i, l) of op(W) is w[i*wi + l*wk], and
// start is null for zero.
INLINE void mlp_tile(const int m, long k, const REAL *w, long wi, long wk, const REAL *x, REAL *y, const REAL *start) {
	for (long c = 0; c < MLP_T; c += MLP_V * MLP_LANES) {
		mlp_vec t[MLP_ROWS][MLP_V], b[MLP_V];
		for (int i = 0; i < m; i++)
			for (int j = 0; j < MLP_V; j++) t[i][j] = (start ? start[i] : 0) - (mlp_vec){0};
		for (long l = 0; l < k; l++) {
			for (int j = 0; j < MLP_V; j++) b[j] = *(const mlp_vec *)(x + l * MLP_T + c + MLP_LANES * j);
			for (int i = 0; i < m; i++)
				for (int j = 0; j < MLP_V; j++) t[i][j] += w[i * wi + l * wk] * b[j];
		}
		for (int i = 0; i < m; i++)
			for (int j = 0; j < MLP_V; j++) *(mlp_vec *)(y + i * MLP_T + c + MLP_LANES * j) = t[i][j];
	}
}

// Any number of rows, cut evenly.
static __attribute__((noinline)) void mlp_product(long m, long k, const REAL *w, long wi, long wk, const REAL *x, REAL *y, const REAL *start) {
	for (long i = 0, r; i < m; i += r) {
		r = EVEN(m - i, MLP_ROWS);
#define CASE(r) case r: mlp_tile(r, k, w + i * wi, wi, wk, x, y + i * MLP_T, start ? start + i : 0); break;
		switch (r) { CASE(1) CASE(2) CASE(3) CASE(4) CASE(5) CASE(6) }
#undef CASE
	}
}

// Adds a_i . b_l to the partial sums at acc[(i*ld + l)*MLP_LANES].
INLINE void mlp_dot(const int m, const int k, const REAL *a, const REAL *b, REAL *acc, long ld) {
	mlp_vec s[5][5], u[5];
	for (int i = 0; i < m; i++)
		for (int l = 0; l < k; l++) s[i][l] = *(mlp_vec *)(acc + (i * ld + l) * MLP_LANES);
	for (long c = 0; c < MLP_T; c += MLP_LANES) {
		for (int l = 0; l < k; l++) u[l] = *(const mlp_vec *)(b + l * MLP_T + c);
		for (int i = 0; i < m; i++) {
			mlp_vec v = *(const mlp_vec *)(a + i * MLP_T + c);
			for (int l = 0; l < k; l++) s[i][l] += v * u[l];
		}
	}
	for (int i = 0; i < m; i++)
		for (int l = 0; l < k; l++) *(mlp_vec *)(acc + (i * ld + l) * MLP_LANES) = s[i][l];
}

// Adds dy x^T, m x k, to the partial sums dw.
static __attribute__((noinline)) void mlp_outer(long m, long k, const REAL *dy, const REAL *x, REAL *dw) {
	for (long i = 0, ri; i < m; i += ri) {
		ri = EVEN(m - i, MLP_DOT);
		for (long l = 0, rl; l < k; l += rl) {
			rl = EVEN(k - l, MLP_DOT);
#define CASE(r, s) case r * 8 + s: mlp_dot(r, s, dy + i * MLP_T, x + l * MLP_T, dw + (i * k + l) * MLP_LANES, k); break;
#define CASES(r) CASE(r, 1) CASE(r, 2) CASE(r, 3) CASE(r, 4) CASE(r, 5)
			switch (ri * 8 + rl) { CASES(1) CASES(2) CASES(3) CASES(4) CASES(5) }
#undef CASES
#undef CASE
		}
	}
}

static __attribute__((noinline)) void mlp_row_sums(long m, const REAL *dy, REAL *db) {
	for (; m > 0; m--, dy += MLP_T, db += MLP_LANES) {
		mlp_vec s = *(mlp_vec *)db;
		for (long c = 0; c < MLP_T; c += MLP_LANES) s += *(const mlp_vec *)(dy + c);
		*(mlp_vec *)db = s;
	}
}

// Apart from their callers, so that their loops have the registers to themselves.
LONG_CHAINS
static __attribute__((noinline)) void mlp_act(const long kind, REAL *y, long n) { EACH_KIND(activate, y, n) }
static __attribute__((noinline)) void mlp_act_backward(const long kind, REAL *dy, const REAL *y, long n) { EACH_KIND(activate_backward, dy, y, n) }
END_LONG_CHAINS

// y = b + W x for one layer; its weights are followed by its biases.
static void mlp_forward_layer(layer a, const REAL *w, const REAL *x, REAL *y) {
	const REAL *b = w + a.groups * a.m * a.k;
	for (long g = 0; g < a.groups; g++)
		mlp_product(a.m, a.k, w + g * a.m * a.k, a.k, 1, x + g * a.k * MLP_T, y + g * a.m * MLP_T, b + g * a.m);
}

// Adds dy x^T and dy to the partial sums, unless they are null, and writes dx =
// W^T dy.
static void mlp_backward_layer(layer a, const REAL *w, REAL *sums, const REAL *x, const REAL *dy, REAL *dx) {
	for (long g = 0; g < a.groups; g++) {
		if (sums) mlp_outer(a.m, a.k, dy + g * a.m * MLP_T, x + g * a.k * MLP_T, sums + g * a.m * a.k * MLP_LANES);
		mlp_product(a.k, a.m, w + g * a.m * a.k, 1, a.k, dy + g * a.m * MLP_T, dx + g * a.k * MLP_T, 0);
	}
	if (sums) mlp_row_sums(a.groups * a.m, dy, sums + a.groups * a.m * a.k * MLP_LANES);
}

// The hidden layers from the inputs at h, their activations one after the other
// behind them. Returns where the last ones stand.
static REAL *mlp_hidden(const mlp *net, const REAL *w, REAL *h) {
	for (long l = 0; l + 1 < net->layers; l++) {
		layer a = layer_of(net, l);
		REAL *y = h + a.groups * a.k * MLP_T;
		mlp_forward_layer(a, w, h, y);
		mlp_act(net->activation, y, a.groups * a.m * MLP_T);
		w += weights_of(a), h = y;
	}
	return h;
}

static void mlp_forward(const mlp *net, const REAL *w, const REAL *x, const int64_t *in, long places, REAL *y, long n, REAL *h) {
	layer last = layer_of(net, net->layers - 1);
	const REAL *w_last = w + weights(net) - weights_of(last);
	long out = last.groups * last.m;
	for (long p = 0; p < places; p++, in += net->sizes[0], y += out * n)
		for (long c = 0; c < n; c += MLP_T) {
			gather(h, x + c, in, net->sizes[0], n, n - c);
			REAL *top = mlp_hidden(net, w, h), *o = top + last.groups * last.k * MLP_T;
			mlp_forward_layer(last, w_last, top, o);
			copy_rows(y + c, n, o, MLP_T, out, n - c);
		}
}

static void mlp_backward(const mlp *net, const REAL *w, REAL *dw, const REAL *x, REAL *dx, const int64_t *in, long places, const REAL *dy, long n, REAL *sums) {
	long size = weights(net), out = net->groups * net->sizes[net->layers];
	REAL *h = sums + size * MLP_LANES;
	if (dw) memset(sums, 0, size * MLP_LANES * sizeof(REAL));
	for (long p = 0; p < places; p++, in += net->sizes[0], dy += out * n)
		for (long c = 0; c < n; c += MLP_T) {
			gather(h, x + c, in, net->sizes[0], n, n - c);
			REAL *a = mlp_hidden(net, w, h), *d = h + activations(net) * MLP_T, *e = d + widest(net) * MLP_T;
			copy_rows(d, MLP_T, dy + c, n, out, n - c);
			long at = size;
			for (long l = net->layers - 1;; l--) {
				layer b = layer_of(net, l);
				at -= weights_of(b);
				mlp_backward_layer(b, w + at, dw ? sums + at * MLP_LANES : 0, a, d, e);
				REAL *swap = d;
				d = e, e = swap;
				if (l == 0) break;
				mlp_act_backward(net->activation, d, a, b.groups * b.k * MLP_T);
				b = layer_of(net, l - 1);
				a -= b.groups * b.k * MLP_T;
			}
			scatter_add(dx + c, in, net->sizes[0], n, d, n - c);
		}
	for (long i = 0; dw && i < size; i++)
		for (int j = 0; j < MLP_LANES; j++) dw[i] += sums[i * MLP_LANES + j];
}

// Scratch begins at a multiple of a line of the cache, which vectors must not
// straddle.
static REAL *mlp_aligned(REAL *p) { return (REAL *)(((uintptr_t)p + 63) & ~(uintptr_t)63); }

KERNEL(mlp_forward, (groups, layers, activation, sizes, w, x, in, places, y, n, scratch), long groups, long layers, long activation, const int64_t *sizes, const REAL *w, const REAL *x, const int64_t *in, long places, REAL *y, long n, REAL *scratch) {
	mlp net = {groups, layers, activation, sizes};
	mlp_forward(&net, w, x, in, places, y, n, mlp_aligned(scratch));
}

KERNEL(mlp_backward, (groups, layers, activation, sizes, w, dw, x, dx, in, places, dy, n, scratch), long groups, long layers, long activation, const int64_t *sizes, const REAL *w, REAL *dw, const REAL *x, REAL *dx, const int64_t *in, long places, const REAL *dy, long n, REAL *scratch) {
	mlp net = {groups, layers, activation, sizes};
	mlp_backward(&net, w, dw, x, dx, in, places, dy, n, mlp_aligned(scratch));
}

#if !SINGLE && LEVEL == 0
// The numbers of either type that scratch must hold, for tiles and partial sums of
// floats, of which there are more.
long hh_mlp_scratch(long groups, long layers, long activation, const int64_t *sizes) {
	mlp net = {groups, layers, activation, sizes};
	return 16 + weights(&net) * 16 + (activations(&net) + 2 * widest(&net)) * 64;
}
#endif
