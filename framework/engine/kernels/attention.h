// Without contraction: vectors of samples and those left over then round alike.
#pragma GCC optimize("fp-contract=off")


typedef REAL one __attribute__((aligned(sizeof(REAL))));
typedef REAL several __attribute__((vector_size(32), aligned(sizeof(REAL))));
#define SIDE (64 / (long)sizeof(REAL)) // samples in two vectors

#define LANE several
#define SCORES scores_several
#define OUTPUT output_several
#define BACK back_several
#include "attention_lane.h"

#define LANE one
#define SCORES scores_one
#define OUTPUT output_one
#define BACK back_one
#include "attention_lane.h"

// Turns the rows a_0 ... a_t into their softmax. most and sum are scratch.
INLINE void softmax(REAL *restrict a, long t, long n, REAL *restrict most, REAL *restrict sum) {
	for (long s = 0; s < n; s++) most[s] = a[s], sum[s] = 0;
	for (long u = 1; u <= t; u++)
		for (long s = 0; s < n; s++) most[s] = a[u * n + s] > most[s] ? a[u * n + s] : most[s];
	for (long u = 0; u <= t; u++)
		for (long s = 0; s < n; s++) {
			REAL e = exp_low(a[u * n + s] - most[s]);
			a[u * n + s] = e;
			sum[s] += e;
		}
	for (long s = 0; s < n; s++) sum[s] = 1 / sum[s];
	for (long u = 0; u <= t; u++)
		for (long s = 0; s < n; s++) a[u * n + s] *= sum[s];
}

KERNEL(attention_forward, (tokens, heads, key, n, in, out, scale, o, a, qkv, t, scratch), long tokens, long heads, long key, long n, long in, long out, double scale, REAL *o, REAL *a, const REAL *qkv, long t, REAL *scratch) {
	const long part = heads * key * n, head = key * n;
	o += t * out;
	for (long h = 0; h < heads; h++, qkv += head, o += head) {
		REAL *row = a + (h * tokens + t) * tokens * n;
		const REAL *q = qkv + t * in, *k = qkv + part, *v = k + part;
		long s = 0;
		for (; s + SIDE <= n; s += SIDE) scores_several(2, t, key, n, in, scale, row + s, q + s, k + s);
		for (; s < n; s++) scores_one(1, t, key, n, in, scale, row + s, q + s, k + s);
		softmax(row, t, n, scratch, scratch + n);
		for (s = 0; s + SIDE <= n; s += SIDE) output_several(2, t, key, n, in, o + s, row + s, v + s);
		for (; s < n; s++) output_one(1, t, key, n, in, o + s, row + s, v + s);
	}
}

KERNEL(attention_backward, (tokens, heads, key, n, in, out, scale, dqkv, dout, a, qkv, scratch), long tokens, long heads, long key, long n, long in, long out, double scale, REAL *dqkv, const REAL *dout, const REAL *a, const REAL *qkv, REAL *scratch) {
	const long part = heads * key * n, head = key * n;
	for (long h = 0; h < heads; h++, qkv += head, dqkv += head, dout += head, a += tokens * tokens * n) {
		long s = 0;
		for (; s + SIDE <= n; s += SIDE) back_several(2, tokens, key, n, in, out, part, scale, dqkv + s, dout + s, a + s, qkv + s, scratch);
		for (; s < n; s++) back_one(1, tokens, key, n, in, out, part, scale, dqkv + s, dout + s, a + s, qkv + s, scratch);
	}
}
