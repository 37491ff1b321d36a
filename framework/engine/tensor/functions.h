// Elementary functions of one number without branches, so that loops over them
// fill vectors.

// Splits exp(x) = 2^k (1 + p), returns p and writes 2^k: k is the integer next
// to x/ln(2), r = x - k ln(2) has |r| <= ln(2)/2, and p = exp(r) - 1 is its
// Taylor series to r^13/13!, relative error below 2e-16. Valid for |x| <= 708.
INLINE double exp_split(double x, double *scale) {
	const double shift = 0x1.8p52; // adding it rounds to an integer in the low bits
	double t = x * 0x1.71547652b82fep0 + shift;
	double k = t - shift;
	double r = (x - k * 0x1.62e42fefa39efp-1) - k * 0x1.abc9e3b39803fp-56;
	double p = 1.0 / 6227020800;
	p = p * r + 1.0 / 479001600;
	p = p * r + 1.0 / 39916800;
	p = p * r + 1.0 / 3628800;
	p = p * r + 1.0 / 362880;
	p = p * r + 1.0 / 40320;
	p = p * r + 1.0 / 5040;
	p = p * r + 1.0 / 720;
	p = p * r + 1.0 / 120;
	p = p * r + 1.0 / 24;
	p = p * r + 1.0 / 6;
	p = p * r + 0.5;
	p = p * r * r + r;
	int64_t bits;
	memcpy(&bits, &t, 8);
	bits = (bits + 1023) << 52;
	memcpy(scale, &bits, 8);
	return p;
}

// exp(x), infinite above 708 and constant below -708.
INLINE double exp1(double x) {
	double scale, p = exp_split(x < -708.0 ? -708.0 : x > 708.0 ? 708.0 : x, &scale);
	double e = scale * p + scale;
	return x > 708.0 ? __builtin_inf() : e;
}

// exp(x) - 1 for x <= 0, exact to the last bits also next to 0.
INLINE double expm1_neg(double x) {
	double scale, p = exp_split(x < -40.0 ? -40.0 : x, &scale);
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
