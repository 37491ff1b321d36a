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
#include "../tensor/lane.h"

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
	const long size = p->n * d, orders = series ? 3 : 1;
	const long each = series ? cut_series(d, p, 0, &(work_series){0}) : cut_value(d, p, 0, &(work_value){0});
	return PARTS * each + 8 * (3 * size + orders * (size + size * size));
}
#endif

// The numbers of a part with what its call needs stay in memory, for pull and laplacian.
#define FORWARD(name, orders) \
	const long size = p->n * d, each = cut_##name(d, p, 0, &(work_##name){0}); \
	for (long part = 0; part < PARTS; part++) { \
		double *room = memory + PARTS * each; \
		const lane *c = take(cosine, size, part, &room), *s = take(sine, size, part, &room), *line = v ? take(v, size, part, &room) : 0; \
		lane *z = place(shift, orders * size, &room), *j = place(jac, orders * size * size, &room); \
		IN_DIM(forward_##name, p, theta, c, s, line, (num_##name *)z, (num_##name *)j, memory + part * each) \
		give(shift, z, orders * size, part); \
		give(jac, j, orders * size * size, part); \
	}

KERNEL(equivariant_forward, (d, p, theta, cosine, sine, shift, jac, memory), long d, const shape *p, const double *theta, const double *cosine, const double *sine, double *shift, double *jac, double *memory) {
	const double *v = 0;
	FORWARD(value, 1)
}

KERNEL(equivariant_along, (d, p, theta, cosine, sine, v, shift, jac, memory), long d, const shape *p, const double *theta, const double *cosine, const double *sine, const double *v, double *shift, double *jac, double *memory) {
	FORWARD(series, 3)
}

#include "pull.h"
#include "laplacian.h"
#endif
