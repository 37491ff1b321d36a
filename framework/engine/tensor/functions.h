// Elementary functions of one number without branches, so that loops over them
// fill vectors.

// Splits exp(x) = 2^k (1 + p), returns p and writes 2^k: k is the integer next
// to x/ln(2), and p = exp(r) - 1 = r + r^2 q(r) with r = x - k ln(2), |r| <=
// ln(2)/2. q is the interpolation of (exp(r) - 1 - r)/r^2 at the ten Chebyshev
// points of that interval: relative error of p 4e-17, before rounding. low is the
// second half of ln(2), or 0 where an error of 2e-17 k in ln(1 + p) is harmless.
INLINE double exp_split(double x, const double low, double *scale) {
	const double shift = 0x1.8p52 + 1023; // rounds to an integer in the low bits, an exponent
	double t = x * 0x1.71547652b82fep0 + shift;
	double k = t - shift;
	double r = (x - k * 0x1.62e42fefa39efp-1) - k * low;
	double q = 0x1.af38a9b0ec855p-26;
	q = q * r + 0x1.289185613a3d6p-22;
	q = q * r + 0x1.71de0dae63bb3p-19;
	q = q * r + 0x1.a019b90d2ae7ap-16;
	q = q * r + 0x1.a01a01a7c41d5p-13;
	q = q * r + 0x1.6c16c1788bd90p-10;
	q = q * r + 0x1.11111111109b3p-7;
	q = q * r + 0x1.5555555553d63p-5;
	q = q * r + 0x1.5555555555556p-3;
	q = q * r + 0x1.0000000000001p-1;
	int64_t bits;
	memcpy(&bits, &t, 8);
	bits <<= 52;
	memcpy(scale, &bits, 8);
	return q * (r * r) + r;
}

// min and max in the form of one instruction; they return x if it is NaN.
INLINE double at_most(double x, double most) { return most < x ? most : x; }
INLINE double at_least(double x, double least) { return least > x ? least : x; }

// exp(x) for x <= 708, and down to -708, where it stops falling; relative error
// below 3e-16.
INLINE double exp_low(double x) {
	double scale, p = exp_split(at_least(x, -708.0), 0x1.abc9e3b39803fp-56, &scale);
	return scale * p + scale;
}

// exp(x), infinite above 708.
INLINE double exp1(double x) {
	double e = exp_low(at_most(x, 708.0));
	return x > 708.0 ? __builtin_inf() : e;
}

// exp(x) - 1 for x <= 0, exact to the last bits also next to 0. At -40 it is -1.
INLINE double expm1_neg(double x) {
	double scale, p = exp_split(at_least(x, -40.0), 0, &scale);
	return scale * p + (scale - 1.0);
}

// tanh|x| = -e/(2+e) with e = exp(-2|x|) - 1.
INLINE double tanh1(double x) {
	double e = expm1_neg(-2.0 * __builtin_fabs(x));
	return __builtin_copysign(e / (2.0 + e), x);
}

// ln(1+t) for 0 <= t <= 1: 2 artanh(z) with z = t/(2+t) <= 1/3, series in z^2.
INLINE double log1p_unit(double t) {
	double z = t / (2 + t), q = z * z;
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
	p = p * q + 1.0 / 3;
	return 2 * z + 2 * z * q * p;
}
