// What the kernels share: numbers of configurations side by side, and the shape of the
// map.

// Room for n numbers of one part that stand among those of all: x itself, if there is one part.
INLINE lane *place(double *x, long n, double **room) {
	if (PARTS == 1) return (lane *)x;
	lane *y = (lane *)*room;
	*room += n * LANES;
	return y;
}

// A part of n numbers.
INLINE const lane *take(const double *x, long n, long part, double **room) {
	lane *y = place((double *)x, n, room);
	if (PARTS > 1)
		for (long i = 0; i < n; i++) y[i] = *(const lane *)(x + i * 8 + part * LANES);
	return y;
}

// Puts a part back.
INLINE void give(double *x, const lane *y, long n, long part) {
	if (PARTS > 1)
		for (long i = 0; i < n; i++) *(lane *)(x + i * 8 + part * LANES) = y[i];
}

typedef struct {
	long n, w, g, first; // particles, width, pair width, particles of the first kind
	double kappa[3], l;
} shape;

// How many classes of pairs there are, and that of one.
INLINE long classes(const shape *p) { return p->first ? 2 : 1; }

INLINE long class_of(const shape *p, long i, long j) { return p->first && (i < p->first) != (j < p->first); }

// The parameters by the letters of doc.go.
typedef struct {
	const double *w, *b, *v, *c, *w1, *w2, *w3, *e, *o;
} weights;

INLINE weights split(const int d, const shape *p, const double *theta) {
	const long m = 2 * d + 1, w = p->w, g = classes(p) * p->g;
	weights t;
	t.w = theta, t.b = t.w + w * classes(p) * m, t.v = t.b + w, t.c = t.v + g * m, t.w1 = t.c + g;
	t.w2 = t.w1 + w * w, t.w3 = t.w2 + w * w, t.e = t.w3 + w * g, t.o = t.e + w;
	return t;
}

INLINE long parameters(long d, const shape *p) {
	const long w = p->w, g = classes(p) * p->g, m = 2 * d + 1;
	return w * classes(p) * m + w + g * m + g + 2 * w * w + w * g + w + d * w;
}

// ln x for x >= 1.
INLINE double log_above(double x) {
	int64_t bits;
	memcpy(&bits, &x, 8);
	const int64_t exponent = bits >> 52, mantissa = (bits & 0xfffffffffffff) | 0x3ff0000000000000;
	double one; // 1 <= one < 2
	memcpy(&one, &mantissa, 8);
	return (double)(exponent - 1023) * 0x1.62e42fefa39efp-1 + log1p_unit(one - 1.0);
}

// 1/sqrt x of a positive number: an estimate within 4 %, refined four times.
INLINE double reciprocal_root(double x) {
	int64_t bits;
	memcpy(&bits, &x, 8);
	bits = 0x5fe6eb50c7b537a9 - (bits >> 1);
	double y;
	memcpy(&y, &bits, 8);
	for (int k = 0; k < 4; k++) y *= 1.5 - 0.5 * x * y * y;
	return y;
}

// s(q) in place of q, and s'(q), of n numbers.
INLINE void softplus(long n, double *restrict q, double *restrict t) {
	for (long i = 0; i < n; i++) {
		const double e = exp_low(-__builtin_fabs(q[i])), inverse = 1.0 / (1.0 + e);
		t[i] = q[i] > 0 ? inverse : e * inverse;
		q[i] = (q[i] > 0 ? q[i] : 0.0) + log1p_unit(e);
	}
}

// s'(q) of q_ij and q_ji, n numbers each, with one division for both. Their s(q)
// is max(q, 0) + ln(1 + exp -|q|): the first terms are added to sums and the
// arguments of the logarithms multiplied, at most 2^N, so that one logarithm does
// for all pairs of a particle.
INLINE void logistic_pair(long n, const double *restrict q, const double *restrict r, double *restrict tq, double *restrict tr, double *restrict sq, double *restrict sr, double *restrict lq, double *restrict lr) {
	for (long i = 0; i < n; i++) {
		const double e = exp_low(-__builtin_fabs(q[i])), f = exp_low(-__builtin_fabs(r[i]));
		const double inverse = 1.0 / ((1.0 + e) * (1.0 + f));
		const double a = (1.0 + f) * inverse, b = (1.0 + e) * inverse;
		tq[i] = q[i] > 0 ? a : e * a;
		tr[i] = r[i] > 0 ? b : f * b;
		sq[i] += q[i] > 0 ? q[i] : 0.0;
		sr[i] += r[i] > 0 ? r[i] : 0.0;
		lq[i] *= 1.0 + e;
		lr[i] *= 1.0 + f;
	}
}
