// The perceptrons of MLP for one instruction set: included by mlp.c with
// NAME(f), names for the functions below, the vector length LANES, and the tiles
// that fit the registers: ROWS x (V LANES) of a product, DOT x DOT of a gradient.
//
// Places and columns are cut into tiles of T columns, whose activations stay in
// the first cache from the first layer to the last and back. A tile that is not
// full is computed as a whole, so a number comes from the same chain of
// operations wherever it stands.

typedef double NAME(vec) __attribute__((vector_size(8 * LANES)));
#define VEC NAME(vec)

// m rows of y = start + op(W) x; element (i, l) of op(W) is w[i*wi + l*wk], and
// start is null for zero.
INLINE void NAME(tile)(const int m, long k, const double *w, long wi, long wk, const double *x, double *y, const double *start) {
	for (long c = 0; c < T; c += V * LANES) {
		VEC t[ROWS][V], b[V];
		for (int i = 0; i < m; i++)
			for (int j = 0; j < V; j++) t[i][j] = (start ? start[i] : 0.0) - (VEC){0};
		for (long l = 0; l < k; l++) {
			for (int j = 0; j < V; j++) b[j] = *(const VEC *)(x + l * T + c + LANES * j);
			for (int i = 0; i < m; i++)
				for (int j = 0; j < V; j++) t[i][j] += w[i * wi + l * wk] * b[j];
		}
		for (int i = 0; i < m; i++)
			for (int j = 0; j < V; j++) *(VEC *)(y + i * T + c + LANES * j) = t[i][j];
	}
}

// Any number of rows, cut evenly.
static __attribute__((noinline)) void NAME(product)(long m, long k, const double *w, long wi, long wk, const double *x, double *y, const double *start) {
	for (long i = 0, r; i < m; i += r) {
		r = EVEN(m - i, ROWS);
#define CASE(r) case r: NAME(tile)(r, k, w + i * wi, wi, wk, x, y + i * T, start ? start + i : 0); break;
		switch (r) { CASE(1) CASE(2) CASE(3) CASE(4) CASE(5) CASE(6) }
#undef CASE
	}
}

// Adds a_i . b_l to the partial sums at acc[(i*ld + l)*LANES].
INLINE void NAME(dot)(const int m, const int k, const double *a, const double *b, double *acc, long ld) {
	VEC s[5][5], u[5];
	for (int i = 0; i < m; i++)
		for (int l = 0; l < k; l++) s[i][l] = *(VEC *)(acc + (i * ld + l) * LANES);
	for (long c = 0; c < T; c += LANES) {
		for (int l = 0; l < k; l++) u[l] = *(const VEC *)(b + l * T + c);
		for (int i = 0; i < m; i++) {
			VEC v = *(const VEC *)(a + i * T + c);
			for (int l = 0; l < k; l++) s[i][l] += v * u[l];
		}
	}
	for (int i = 0; i < m; i++)
		for (int l = 0; l < k; l++) *(VEC *)(acc + (i * ld + l) * LANES) = s[i][l];
}

// Adds dy x^T, m x k, to the partial sums dw.
static __attribute__((noinline)) void NAME(outer)(long m, long k, const double *dy, const double *x, double *dw) {
	for (long i = 0, ri; i < m; i += ri) {
		ri = EVEN(m - i, DOT);
		for (long l = 0, rl; l < k; l += rl) {
			rl = EVEN(k - l, DOT);
#define CASE(r, s) case r * 8 + s: NAME(dot)(r, s, dy + i * T, x + l * T, dw + (i * k + l) * LANES, k); break;
#define CASES(r) CASE(r, 1) CASE(r, 2) CASE(r, 3) CASE(r, 4) CASE(r, 5)
			switch (ri * 8 + rl) { CASES(1) CASES(2) CASES(3) CASES(4) CASES(5) }
#undef CASES
#undef CASE
		}
	}
}

static __attribute__((noinline)) void NAME(row_sums)(long m, const double *dy, double *db) {
	for (; m > 0; m--, dy += T, db += LANES) {
		VEC s = *(VEC *)db;
		for (long c = 0; c < T; c += LANES) s += *(const VEC *)(dy + c);
		*(VEC *)db = s;
	}
}

// Apart from their callers, so that their loops have the registers to themselves.
static __attribute__((noinline)) void NAME(act)(const long kind, double *y, long n) { EACH_KIND(activate, y, n) }
static __attribute__((noinline)) void NAME(act_backward)(const long kind, double *dy, const double *y, long n) { EACH_KIND(activate_backward, dy, y, n) }

// y = b + W x for one layer; its weights are followed by its biases.
static void NAME(forward_layer)(layer a, const double *w, const double *x, double *y) {
	const double *b = w + a.groups * a.m * a.k;
	for (long g = 0; g < a.groups; g++)
		NAME(product)(a.m, a.k, w + g * a.m * a.k, a.k, 1, x + g * a.k * T, y + g * a.m * T, b + g * a.m);
}

// Adds dy x^T and dy to the partial sums, unless they are null, and writes dx =
// W^T dy.
static void NAME(backward_layer)(layer a, const double *w, double *sums, const double *x, const double *dy, double *dx) {
	for (long g = 0; g < a.groups; g++) {
		if (sums) NAME(outer)(a.m, a.k, dy + g * a.m * T, x + g * a.k * T, sums + g * a.m * a.k * LANES);
		NAME(product)(a.k, a.m, w + g * a.m * a.k, 1, a.k, dy + g * a.m * T, dx + g * a.k * T, 0);
	}
	if (sums) NAME(row_sums)(a.groups * a.m, dy, sums + a.groups * a.m * a.k * LANES);
}

// The hidden layers from the inputs at h, their activations one after the other
// behind them. Returns where the last ones stand.
static double *NAME(hidden)(const mlp *net, const double *w, double *h) {
	for (long l = 0; l + 1 < net->layers; l++) {
		layer a = layer_of(net, l);
		double *y = h + a.groups * a.k * T;
		NAME(forward_layer)(a, w, h, y);
		NAME(act)(net->activation, y, a.groups * a.m * T);
		w += weights_of(a), h = y;
	}
	return h;
}

static void NAME(forward)(const mlp *net, const double *w, const double *x, const int64_t *in, long places, double *y, long n, double *h) {
	layer last = layer_of(net, net->layers - 1);
	const double *w_last = w + weights(net) - weights_of(last);
	long out = last.groups * last.m;
	for (long p = 0; p < places; p++, in += net->sizes[0], y += out * n)
		for (long c = 0; c < n; c += T) {
			gather(h, x + c, in, net->sizes[0], n, n - c);
			double *top = NAME(hidden)(net, w, h), *o = top + last.groups * last.k * T;
			NAME(forward_layer)(last, w_last, top, o);
			copy_rows(y + c, n, o, T, out, n - c);
		}
}

static void NAME(backward)(const mlp *net, const double *w, double *dw, const double *x, double *dx, const int64_t *in, long places, const double *dy, long n, double *sums) {
	long size = weights(net), out = net->groups * net->sizes[net->layers];
	double *h = sums + size * LANES;
	if (dw) memset(sums, 0, size * LANES * sizeof(double));
	for (long p = 0; p < places; p++, in += net->sizes[0], dy += out * n)
		for (long c = 0; c < n; c += T) {
			gather(h, x + c, in, net->sizes[0], n, n - c);
			double *a = NAME(hidden)(net, w, h), *d = h + activations(net) * T, *e = d + widest(net) * T;
			copy_rows(d, T, dy + c, n, out, n - c);
			long at = size;
			for (long l = net->layers - 1;; l--) {
				layer b = layer_of(net, l);
				at -= weights_of(b);
				NAME(backward_layer)(b, w + at, dw ? sums + at * LANES : 0, a, d, e);
				double *swap = d;
				d = e, e = swap;
				if (l == 0) break;
				NAME(act_backward)(net->activation, d, a, b.groups * b.k * T);
				b = layer_of(net, l - 1);
				a -= b.groups * b.k * T;
			}
			scatter_add(dx + c, in, net->sizes[0], n, d, n - c);
		}
	for (long i = 0; dw && i < size; i++)
		for (int j = 0; j < LANES; j++) dw[i] += sums[i * LANES + j];
}

#undef VEC
#undef NAME
#undef LANES
#undef ROWS
#undef V
#undef DOT
