//go:build cgo && !purego

#include <stdint.h>
#include <string.h>

#pragma GCC optimize("no-trapping-math", "no-thread-jumps") // selects instead of branches; cgo has no such flags

#define INLINE static inline __attribute__((always_inline))

#include "../tensor/functions.h"
#include "activation.h"

// T columns of all activations of a narrow network (2 x 3 layers of 10 units:
// 64 rows, 16 KiB) fit the first cache, with the adjoints of two layers beside.
// Larger would not, and smaller repeats the broadcast of each weight more often.
#define T 32

// The size of the next of as few even pieces as n rows can be cut into.
#define EVEN(n, most) (((n) + ((n) + (most) - 1) / (most) - 1) / (((n) + (most) - 1) / (most)))

typedef struct {
	long groups, layers, activation;
	const int64_t *sizes; // inputs, units per group of each hidden layer, outputs per group
} mlp;

// groups blocks of m x k weights, then groups*m biases. The groups share their
// inputs in the first layer, which makes it one block.
typedef struct {
	long groups, m, k;
} layer;

static layer layer_of(const mlp *net, long l) {
	long shared = l == 0 ? net->groups : 1;
	return (layer){net->groups / shared, net->sizes[l + 1] * shared, net->sizes[l]};
}

static long weights_of(layer a) { return a.groups * a.m * (a.k + 1); }

static long weights(const mlp *net) {
	long sum = 0;
	for (long l = 0; l < net->layers; l++) sum += weights_of(layer_of(net, l));
	return sum;
}

// Rows of the inputs and of all hidden layers.
static long activations(const mlp *net) {
	long sum = 0;
	for (long l = 0; l < net->layers; l++) sum += layer_of(net, l).groups * net->sizes[l];
	return sum;
}

// Rows of the widest layer, inputs and outputs among them.
static long widest(const mlp *net) {
	long most = net->sizes[0];
	for (long l = 1; l <= net->layers; l++)
		if (net->groups * net->sizes[l] > most) most = net->groups * net->sizes[l];
	return most;
}

// Copies min(cols, T) columns of some rows; what is left of a tile becomes 0.
static void copy_rows(double *y, long ldy, const double *x, long ldx, long rows, long cols) {
	if (cols > T) cols = T;
	for (long r = 0; r < rows; r++) {
		memcpy(y + r * ldy, x + r * ldx, cols * sizeof(double));
		if (ldy == T) memset(y + r * ldy + cols, 0, (T - cols) * sizeof(double));
	}
}

static void gather(double *h, const double *x, const int64_t *in, long rows, long ldx, long cols) {
	for (long r = 0; r < rows; r++) copy_rows(h + r * T, T, x + in[r] * ldx, ldx, 1, cols);
}

static void scatter_add(double *restrict x, const int64_t *in, long rows, long ldx, const double *restrict d, long cols) {
	if (cols > T) cols = T;
	for (long r = 0; r < rows; r++)
		for (long j = 0; j < cols; j++) x[in[r] * ldx + j] += d[r * T + j];
}

#define NAME(f) mlp_##f
#define LANES 2
#define ROWS 6
#define V 2
#define DOT 3
#include "mlp.h"

#if defined(__x86_64__) && __GNUC__ >= 12 && !defined(__clang__)
#define LEVELS

#pragma GCC push_options
#pragma GCC target("arch=x86-64-v3")
#define NAME(f) mlp_avx2_##f
#define LANES 4
#define ROWS 6
#define V 2
#define DOT 3
#include "mlp.h"
#pragma GCC pop_options

#pragma GCC push_options
#pragma GCC target("arch=x86-64-v4")
#define NAME(f) mlp_avx512_##f
#define LANES 8
#define ROWS 6
#define V 4
#define DOT 5
#include "mlp.h"
#pragma GCC pop_options

#endif

// Scratch begins at a multiple of a line of the cache, which vectors must not
// straddle.
static double *aligned(double *p) { return (double *)(((uintptr_t)p + 63) & ~(uintptr_t)63); }

#ifdef LEVELS
#define BEST(f, ...) \
	if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq")) mlp_avx512_##f(__VA_ARGS__); \
	else if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) mlp_avx2_##f(__VA_ARGS__); \
	else mlp_##f(__VA_ARGS__);
#else
#define BEST(f, ...) mlp_##f(__VA_ARGS__);
#endif

// The numbers of doubles that scratch must hold.
long hh_mlp_scratch(long groups, long layers, long activation, const int64_t *sizes) {
	mlp net = {groups, layers, activation, sizes};
	return 8 + weights(&net) * 8 + (activations(&net) + 2 * widest(&net)) * T;
}

void hh_mlp_forward(long groups, long layers, long activation, const int64_t *sizes, const double *w, const double *x, const int64_t *in, long places, double *y, long n, double *scratch) {
	mlp net = {groups, layers, activation, sizes};
	BEST(forward, &net, w, x, in, places, y, n, aligned(scratch))
}

void hh_mlp_backward(long groups, long layers, long activation, const int64_t *sizes, const double *w, double *dw, const double *x, double *dx, const int64_t *in, long places, const double *dy, long n, double *scratch) {
	mlp net = {groups, layers, activation, sizes};
	BEST(backward, &net, w, dw, x, dx, in, places, dy, n, aligned(scratch))
}
