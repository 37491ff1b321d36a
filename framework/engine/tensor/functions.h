// Elementary functions of one number without branches, so that loops over them
// fill vectors: exp_low, exp1, expm1_neg, tanh1, log1p_unit and sigmoid1 of a double or a
// float, at its precision.

// exp_split splits exp(x) = 2^k (1 + p), returns p and writes 2^k: k is the integer
// next to x/ln(2), and p = exp(r) - 1 = r + r^2 q(r) with r = x - k ln(2), |r| <=
// ln(2)/2. q is the interpolation of (exp(r) - 1 - r)/r^2 at Chebyshev points of that
// interval. Of doubles there are ten: relative error of p 4e-17, before rounding. low
// is the second half of ln(2), or 0 where an error of 2e-17 k in ln(1 + p) is harmless;
// where operations may not be fused, the first half has 33 bits (fdlibm's), so that k times it is
// exact, and the second is always there.
INLINE double exp_split_f64(double x, const double low, double *scale) {
	const double shift = 0x1.8p52 + 1023; // rounds to an integer in the low bits, an exponent
	double t = x * 0x1.71547652b82fep0 + shift;
	double k = t - shift;
#if LEVEL == 0
	const double r = (x - k * 0x1.62e42feep-1) - k * 0x1.a39ef35793c76p-33;
#else
	const double r = (x - k * 0x1.62e42fefa39efp-1) - k * low;
#endif
	// q in pairs, whose chains are short: ten multiply-adds one after the other would wait.
	const double r2 = r * r, r4 = r2 * r2;
	double q = (0x1.af38a9b0ec855p-26 * r + 0x1.289185613a3d6p-22) * r2 + (0x1.71de0dae63bb3p-19 * r + 0x1.a019b90d2ae7ap-16);
	q = q * r4 + ((0x1.a01a01a7c41d5p-13 * r + 0x1.6c16c1788bd90p-10) * r2 + (0x1.11111111109b3p-7 * r + 0x1.5555555553d63p-5));
	q = q * r2 + (0x1.5555555555556p-3 * r + 0x1.0000000000001p-1);
	int64_t bits;
	memcpy(&bits, &t, 8);
	bits <<= 52;
	memcpy(scale, &bits, 8);
	return q * r2 + r;
}

// The same of floats, with five points: relative error of p 2e-8, before rounding. The
// first half of ln(2) has 16 bits, so that k times it is exact without fused
// operations, too; low is not used.
INLINE float exp_split_f32(float x, const float low, float *scale) {
	const float shift = 0x1.8p23f + 127;
	float t = x * 0x1.715476p0f + shift;
	float k = t - shift;
	float r = (x - k * 0x1.62e4p-1f) - k * 0x1.7f7d1cp-20f;
	float q = 0x1.6d10fcp-10f;
	q = q * r + 0x1.120b62p-7f;
	q = q * r + 0x1.55551ap-5f;
	q = q * r + 0x1.5554dep-3f;
	q = q * r + 0x1p-1f;
	int32_t bits;
	memcpy(&bits, &t, 4);
	bits = (int32_t)((uint32_t)bits << 23);
	memcpy(scale, &bits, 4);
	return q * (r * r) + r;
}

// p in ln(1+t) = 2 artanh(z) = 2z + 2 z q p(q) for q = z^2, z = t/(2+t) <= 1/3: the
// series, up to 2e-17 of the whole for doubles and 2e-8 for floats.
INLINE double artanh_series_f64(double q) {
	double p = 1.0 / 33;
	p = p * q + 1.0 / 31;
	p = p * q + 1.0 / 29;
	p = p * q + 1.0 / 27;
	p = p * q + 1.0 / 25;
	p = p * q + 1.0 / 23;
	p = p * q + 1.0 / 21;
	p = p * q + 1.0 / 19;
	p = p * q + 1.0 / 17;
	p = p * q + 1.0 / 15;
	p = p * q + 1.0 / 13;
	p = p * q + 1.0 / 11;
	p = p * q + 1.0 / 9;
	p = p * q + 1.0 / 7;
	p = p * q + 1.0 / 5;
	return p * q + 1.0 / 3;
}

INLINE float artanh_series_f32(float q) {
	float p = 1.0f / 13;
	p = p * q + 1.0f / 11;
	p = p * q + 1.0f / 9;
	p = p * q + 1.0f / 7;
	p = p * q + 1.0f / 5;
	return p * q + 1.0f / 3;
}

// MOST and LEAST are where exp turns to infinity and where it stops falling, SMALL is
// where exp(x) - 1 has become -1.
#define NUMBER double
#define F(f) f##_f64
#define ABS __builtin_fabs
#define COPYSIGN __builtin_copysign
#define LN2_LOW 0x1.abc9e3b39803fp-56
#define MOST 708.0
#define SMALL -40.0
#include "functions_of.h"

#define NUMBER float
#define F(f) f##_f32
#define ABS __builtin_fabsf
#define COPYSIGN __builtin_copysignf
#define LN2_LOW 0
#define MOST 87.0f
#define SMALL -18.0f
#include "functions_of.h"

#define OF(f, x) _Generic((x), float: f##_f32, default: f##_f64)
#define at_most(x, most) OF(at_most, x)(x, most)
#define at_least(x, least) OF(at_least, x)(x, least)
#define exp_low(x) OF(exp_low, x)(x)
#define exp1(x) OF(exp1, x)(x)
#define expm1_neg(x) OF(expm1_neg, x)(x)
#define tanh1(x) OF(tanh1, x)(x)
#define log1p_unit(x) OF(log1p_unit, x)(x)
#define sigmoid1(x) OF(sigmoid1, x)(x)
#define magnitude(x) _Generic((x), float: __builtin_fabsf, default: __builtin_fabs)(x)
