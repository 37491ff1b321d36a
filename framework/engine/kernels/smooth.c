//go:build cgo && !purego

#include <stdint.h>
#include <string.h>

#pragma GCC optimize("no-trapping-math")

#include "../tensor/kernel.h"
#include "../tensor/functions.h"

enum { SILU, TANH };

INLINE void forward(const long f, const int twice, double *restrict h, double *restrict p, double *restrict q, long n) {
	for (long j = 0; j < n; j++) {
		const double u = p[j];
		double y, first;
		if (f == SILU) {
			const double t = exp_low(-__builtin_fabs(u)), s = (u > 0 ? 1.0 : t) / (1.0 + t);
			y = u * s;
			first = s + y * (1.0 - s);
			if (twice) q[j] = s * (1.0 - s) * (2.0 + u * (1.0 - 2.0 * s));
		} else {
			y = tanh1(u);
			first = 1.0 - y * y;
			if (twice) q[j] = -2.0 * y * first;
		}
		h[j] = y;
		p[j] = first;
	}
}

CLONES void hh_smooth_forward(long f, double *h, double *p, double *q, long n) {
	if (f == SILU && q) forward(SILU, 1, h, p, q, n);
	else if (f == SILU) forward(SILU, 0, h, p, q, n);
	else if (q) forward(TANH, 1, h, p, q, n);
	else forward(TANH, 0, h, p, q, n);
}

CLONES void hh_smooth_backward(double *restrict bar, const double *restrict p, const double *restrict q, const double *restrict pbar, long n) {
	if (pbar)
		for (long j = 0; j < n; j++) bar[j] = p[j] * bar[j] + q[j] * pbar[j];
	else
		for (long j = 0; j < n; j++) bar[j] *= p[j];
}
