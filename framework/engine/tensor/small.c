//go:build cgo && !purego

// Y += W X for few rows of Y, vectors along the columns: what one site of a
// causal layer needs. X is read in place; BLAS would copy it first. Each
// element of Y is one chain of multiply-adds in the order of k.
#include "kernels.h"

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define CLONES __attribute__((target_clones("arch=skylake-avx512", "arch=haswell", "default")))
#else
#define CLONES
#endif
#define INLINE static inline __attribute__((always_inline))

typedef double vec __attribute__((vector_size(64), aligned(8)));

// An M x (8 V) tile of Y; M and V are constants at each call.
INLINE void tile(const int M, const int V, long k, const double *w, long ldw, const double *x, long ldx, double *y, long ldy) {
	vec t[4][4];
	for (int i = 0; i < M; i++)
		for (int j = 0; j < V; j++) t[i][j] = *(const vec *)(y + i * ldy + 8 * j);
	for (long l = 0; l < k; l++, x += ldx)
		for (int i = 0; i < M; i++)
			for (int j = 0; j < V; j++) t[i][j] += w[i * ldw + l] * *(const vec *)(x + 8 * j);
	for (int i = 0; i < M; i++)
		for (int j = 0; j < V; j++) *(vec *)(y + i * ldy + 8 * j) = t[i][j];
}

INLINE void rows(const int M, long n, long k, const double *w, long ldw, const double *x, long ldx, double *y, long ldy) {
	long j = 0;
	for (; j + 32 <= n; j += 32) tile(M, 4, k, w, ldw, x + j, ldx, y + j, ldy);
	for (; j + 8 <= n; j += 8) tile(M, 1, k, w, ldw, x + j, ldx, y + j, ldy);
	for (; j < n; j++)
		for (int i = 0; i < M; i++) {
			double t = y[i * ldy + j];
			for (long l = 0; l < k; l++) t += w[i * ldw + l] * x[l * ldx + j];
			y[i * ldy + j] = t;
		}
}

CLONES void hh_mul_add(long m, long n, long k, const double *w, long ldw, const double *x, long ldx, double *y, long ldy) {
	long i = 0;
	for (; i + 4 <= m; i += 4) rows(4, n, k, w + i * ldw, ldw, x, ldx, y + i * ldy, ldy);
	if (i + 2 <= m) rows(2, n, k, w + i * ldw, ldw, x, ldx, y + i * ldy, ldy), i += 2;
	if (i < m) rows(1, n, k, w + i * ldw, ldw, x, ldx, y + i * ldy, ldy);
}
