//go:build cgo && !purego

#include <stdint.h>
#include <string.h>

// Without contraction: vectors of samples and those left over then round alike.
#pragma GCC optimize("no-trapping-math", "fp-contract=off")

#include "../tensor/kernel.h"
#include "../tensor/functions.h"

typedef double one __attribute__((aligned(8)));
typedef double four __attribute__((vector_size(32), aligned(8)));

#define LANE four
#define SCORES scores4
#define OUTPUT output4
#define BACK back4
#include "attention.h"

#define LANE one
#define SCORES scores1
#define OUTPUT output1
#define BACK back1
#include "attention.h"

// Turns the rows a_0 ... a_t into their softmax. most and sum are scratch.
INLINE void softmax(double *restrict a, long t, long n, double *restrict most, double *restrict sum) {
	for (long s = 0; s < n; s++) most[s] = a[s], sum[s] = 0;
	for (long u = 1; u <= t; u++)
		for (long s = 0; s < n; s++) most[s] = a[u * n + s] > most[s] ? a[u * n + s] : most[s];
	for (long u = 0; u <= t; u++)
		for (long s = 0; s < n; s++) {
			double e = exp_low(a[u * n + s] - most[s]);
			a[u * n + s] = e;
			sum[s] += e;
		}
	for (long s = 0; s < n; s++) sum[s] = 1.0 / sum[s];
	for (long u = 0; u <= t; u++)
		for (long s = 0; s < n; s++) a[u * n + s] *= sum[s];
}

CLONES void hh_attention_forward(long tokens, long heads, long key, long n, long in, long out, double scale, double *o, double *a, const double *qkv, long t, double *scratch) {
	const long part = heads * key * n, head = key * n;
	o += t * out;
	for (long h = 0; h < heads; h++, qkv += head, o += head) {
		double *row = a + (h * tokens + t) * tokens * n;
		const double *q = qkv + t * in, *k = qkv + part, *v = k + part;
		long s = 0;
		for (; s + 8 <= n; s += 8) scores4(2, t, key, n, in, scale, row + s, q + s, k + s);
		for (; s < n; s++) scores1(1, t, key, n, in, scale, row + s, q + s, k + s);
		softmax(row, t, n, scratch, scratch + n);
		for (s = 0; s + 8 <= n; s += 8) output4(2, t, key, n, in, o + s, row + s, v + s);
		for (; s < n; s++) output1(1, t, key, n, in, o + s, row + s, v + s);
	}
}

CLONES void hh_attention_backward(long tokens, long heads, long key, long n, long in, long out, double scale, double *dqkv, const double *dout, const double *a, const double *qkv, double *scratch) {
	const long part = heads * key * n, head = key * n;
	for (long h = 0; h < heads; h++, qkv += head, dqkv += head, dout += head, a += tokens * tokens * n) {
		long s = 0;
		for (; s + 8 <= n; s += 8) back4(2, tokens, key, n, in, out, part, scale, dqkv + s, dout + s, a + s, qkv + s, scratch);
		for (; s < n; s++) back1(1, tokens, key, n, in, out, part, scale, dqkv + s, dout + s, a + s, qkv + s, scratch);
	}
}
