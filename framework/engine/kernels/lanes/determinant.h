// Logarithms of determinants, and inverses.

// ln x of a positive number, -infinity of zero.
INLINE double log_positive(double x) {
	int64_t all;
	memcpy(&all, &x, 8);
	const int64_t exponent = all >> 52, mantissa = (all & 0xfffffffffffff) | 0x3ff0000000000000;
	double one; // 1 <= one < 2
	memcpy(&one, &mantissa, 8);
	const double log = (double)(exponent - 1023) * 0x1.62e42fefa39efp-1 + log1p_unit(one - 1.0);
	return x > 0 ? log : x == 0 ? -__builtin_inf() : x;
}

#define COMPLEX 0
#define NAME(f) f##_real
#include "eliminate.h"
#undef COMPLEX
#undef NAME
#undef NUM

#define COMPLEX 1
#define NAME(f) f##_complex
#include "eliminate.h"

KERNEL(lanes_log_det, (n, a, log_abs, sign), long n, double *a, double *log_abs, double *sign) {
	EACH_PART eliminate_real(n, a + part, 0, log_abs + part, sign + part);
}

KERNEL(lanes_invert, (n, a, b, log_abs, sign), long n, double *a, double *b, double *log_abs, double *sign) {
	EACH_PART invert_real(n, a + part, b + part, log_abs + part, sign + part);
}

KERNEL(lanes_log_det_complex, (n, a, log_abs, phase), long n, double *a, double *log_abs, double *phase) {
	EACH_PART eliminate_complex(n, a + part, 0, log_abs + part, phase + part);
}

KERNEL(lanes_invert_complex, (n, a, b, log_abs, phase), long n, double *a, double *b, double *log_abs, double *phase) {
	EACH_PART invert_complex(n, a + part, b + part, log_abs + part, phase + part);
}
