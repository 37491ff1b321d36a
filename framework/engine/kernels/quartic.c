//go:build cgo && !purego

#include <stdint.h>

#define INLINE static inline __attribute__((always_inline))

typedef struct {
	double a, b;
	long degree, sites;
	const int32_t *next, *last;
} quartic;

#define NAME(f) plain_##f
#define LANES 2
#include "quartic.h"

#if defined(__x86_64__) && __GNUC__ >= 12 && !defined(__clang__)
#define LEVELS

#pragma GCC push_options
#pragma GCC target("arch=x86-64-v3")
#define NAME(f) avx2_##f
#define LANES 4
#include "quartic.h"
#pragma GCC pop_options

#pragma GCC push_options
#pragma GCC target("arch=x86-64-v4")
#define NAME(f) avx512_##f
#define LANES 8
#include "quartic.h"
#pragma GCC pop_options

#endif

void hh_quartic(double *s, double *slope, const double *x, double *scratch, double a, double b, long degree, const int32_t *next, const int32_t *last, long sites, long n) {
	quartic q = {a, b, degree, sites, next, last};
	for (; n > 0; n -= 8, s += 8, x += 8 * sites, slope = slope ? slope + 8 * sites : 0) {
		void *v = (void *)(((uintptr_t)scratch + 63) & ~(uintptr_t)63);
#ifdef LEVELS
		if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq"))
			avx512_quartic(s, slope, x, v, &q, n);
		else if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
			avx2_quartic(s, slope, x, v, &q, n);
		else
#endif
			plain_quartic(s, slope, x, v, &q, n);
	}
}
