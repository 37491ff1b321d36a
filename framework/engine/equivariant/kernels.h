// All kernels of this package in one instance.

#define SINGLE 0
#define IN_USE hh_equivariant_level
#if LEVEL > 0
extern int IN_USE;
#else
int IN_USE;
void hh_equivariant_use(long level) { IN_USE = level; }
#endif

#include "../tensor/instance.h"

#if INSTANCE
#pragma GCC optimize("tree-vectorize", "vect-cost-model=dynamic", "peel-loops") // as fast as O3, and compiled in half the time
#include "../tensor/functions.h"

#include "lanes.h"

#define COINCIDENT 1e-60 // as in plain.go

#define IN_DIM(f, ...) \
	if (d == 2) f(2, __VA_ARGS__); \
	else f(3, __VA_ARGS__);

#define ORDER 0
#define NAME(f) f##_value
#include "forward.h"
#undef ORDER
#undef NAME
#undef NUM

#define ORDER 2
#define NAME(f) f##_series
#include "forward.h"
#undef ORDER
#undef NAME
#undef NUM

#if LEVEL == 0
long hh_equivariant_memory(long d, long series, const shape *p) {
	work_value a;
	work_series b;
	return series ? cut_series(d, p, 0, &b) : cut_value(d, p, 0, &a);
}
#endif

KERNEL(equivariant_forward, (d, p, theta, cosine, sine, shift, jac, memory), long d, const shape *p, const double *theta, const double *cosine, const double *sine, double *shift, double *jac, double *memory) {
	IN_DIM(forward_value, p, theta, (const eight *)cosine, (const eight *)sine, 0, (num_value *)shift, (num_value *)jac, memory)
}

KERNEL(equivariant_along, (d, p, theta, cosine, sine, v, shift, jac, memory), long d, const shape *p, const double *theta, const double *cosine, const double *sine, const double *v, double *shift, double *jac, double *memory) {
	IN_DIM(forward_series, p, theta, (const eight *)cosine, (const eight *)sine, (const eight *)v, (num_series *)shift, (num_series *)jac, memory)
}

#include "pull.h"
#include "laplacian.h"
#endif
