//go:build cgo && !purego

#define INLINE static inline __attribute__((always_inline))

typedef double two __attribute__((vector_size(16), aligned(8)));
INLINE two load(const double *p, long n) { return n == 2 ? *(const two *)p : (two){p[0]}; }
INLINE void store(double *p, two v, long n) {
	p[0] = v[0];
	if (n == 2) p[1] = v[1];
}

#define NAME mul_add
#define LOAD load
#define STORE store
#define SET mul_set
#define BLOCK panel
#define TILE tile
#define COLUMNS columns
#define VEC vec
#define LANES 2
#define M 4
#define V 3
#include "muladd.h"

#if defined(__x86_64__) && __GNUC__ >= 11 && !defined(__clang__)

typedef double four __attribute__((vector_size(32)));
typedef long long four_bits __attribute__((vector_size(32)));
typedef double eight __attribute__((vector_size(64)));

#pragma GCC push_options
#pragma GCC target("arch=x86-64-v3")
#define NAME mul_add_avx2
#define FIRST(n) ((four_bits){n, n, n, n} > (four_bits){0, 1, 2, 3})
#define LOAD(p, n) ((n) == 4 ? *(const VEC *)(p) : (VEC)__builtin_ia32_maskloadpd256((const four *)(p), FIRST(n)))
// Masked stores take some processors as long as ten others.
#define STORE(p, v, n) \
	do { \
		if ((n) == 4) \
			*(VEC *)(p) = v; \
		else \
			__builtin_ia32_maskstorepd256((four *)(p), FIRST(n), v); \
	} while (0)
#define SET mul_set_avx2
#define BLOCK panel_avx2
#define TILE tile_avx2
#define COLUMNS columns_avx2
#define VEC vec_avx2
#define LANES 4
#define M 4
#define V 3
#include "muladd.h"
#pragma GCC pop_options

#pragma GCC push_options
#pragma GCC target("arch=x86-64-v4")
#define NAME mul_add_avx512
#define LOAD(p, n) __builtin_ia32_loadupd512_mask(p, (eight){0}, (1 << (n)) - 1)
#define STORE(p, v, n) __builtin_ia32_storeupd512_mask(p, v, (1 << (n)) - 1)
#define SET mul_set_avx512
#define BLOCK panel_avx512
#define TILE tile_avx512
#define COLUMNS columns_avx512
#define VEC vec_avx512
#define LANES 8
#define M 8
#define V 3
#include "muladd.h"
#pragma GCC pop_options

void hh_mul_add(long m, long n, long k, const double *w, long wi, long wk, const double *x, long ldx, double *y, long ldy, const double *start, long si) {
	if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq"))
		mul_add_avx512(m, n, k, w, wi, wk, x, ldx, y, ldy, start, si);
	else if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
		mul_add_avx2(m, n, k, w, wi, wk, x, ldx, y, ldy, start, si);
	else
		mul_add(m, n, k, w, wi, wk, x, ldx, y, ldy, start, si);
}

#else

void hh_mul_add(long m, long n, long k, const double *w, long wi, long wk, const double *x, long ldx, double *y, long ldy, const double *start, long si) {
	mul_add(m, n, k, w, wi, wk, x, ldx, y, ldy, start, si);
}

#endif
