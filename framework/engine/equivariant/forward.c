//go:build cgo && !purego

#pragma GCC optimize("no-trapping-math", "tree-vectorize", "vect-cost-model=dynamic", "peel-loops") // as fast as O3, and compiled in half the time

#include "lanes.h"

#define COINCIDENT 1e-60 // as in plain.go

#define ORDER 0
#define NAME(f) f##_value
#include "forward.h"
#undef ORDER
#undef NAME
#undef NUM

#define ORDER 2
#define NAME(f) f##_series
#include "forward.h"

#define IN_DIM(f, ...) \
	if (d == 2) f(2, __VA_ARGS__); \
	else f(3, __VA_ARGS__);

long hh_equivariant_memory(long d, long series, const shape *p) {
	work_value a;
	work_series b;
	return series ? cut_series(d, p, 0, &b) : cut_value(d, p, 0, &a);
}

CLONES void hh_equivariant_forward(long d, const shape *p, const double *theta, const double *cosine, const double *sine, double *shift, double *jac, double *memory) {
	IN_DIM(forward_value, p, theta, (const eight *)cosine, (const eight *)sine, 0, (num_value *)shift, (num_value *)jac, memory)
}

CLONES void hh_equivariant_along(long d, const shape *p, const double *theta, const double *cosine, const double *sine, const double *v, double *shift, double *jac, double *memory) {
	IN_DIM(forward_series, p, theta, (const eight *)cosine, (const eight *)sine, (const eight *)v, (num_series *)shift, (num_series *)jac, memory)
}
