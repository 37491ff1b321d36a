// Functions of the numbers of a row, element by element and without branches.

typedef int64_t bits __attribute__((vector_size(LANES * 8), aligned(8)));

INLINE lane select_lane(bits mask, lane a, lane b) { return (lane)((mask & (bits)a) | (~mask & (bits)b)); }

INLINE lane all_lanes(double c) {
	lane r;
	for (int i = 0; i < LANES; i++) r[i] = c;
	return r;
}

// 1 and 0 of a comparison.
INLINE lane truth(bits mask) { return (lane)(mask & (bits)all_lanes(1.0)); }

// The integer next to a number below 2^51 in magnitude; larger ones stay nearly as they are.
INLINE lane nearest(lane x) {
	const lane shift = all_lanes(0x1.8p52);
	return (x + shift) - shift;
}

INLINE lane below(lane x) { // floor
	lane r = nearest(x);
	return r - truth((bits)(r > x));
}

// Where any lane does not satisfy a condition.
INLINE int any(bits mask) {
	int64_t r = 0;
	for (int i = 0; i < LANES; i++) r |= mask[i];
	return r != 0;
}

#define EACH_LANE(f, x) \
	({ \
		lane each_in = (x), each_out; \
		for (int each_i = 0; each_i < LANES; each_i++) each_out[each_i] = f(each_in[each_i]); \
		each_out; \
	})

// exp(x) of a lane is exp_low, which ends at 708, and the library's beyond.
INLINE lane exp_lane(lane x) {
	if (any((bits)(x > 708.0) | (bits)(x < -708.0) | (bits)(x != x))) return EACH_LANE(exp, x);
	lane y;
	for (int i = 0; i < LANES; i++) y[i] = exp_low(x[i]);
	return y;
}

INLINE lane tanh_lane(lane x) {
	lane y;
	for (int i = 0; i < LANES; i++) y[i] = tanh1(x[i]);
	return y;
}

// ln x = k ln 2 + 2 artanh(z), z = (m-1)/(m+1) of x = 2^k m with m from sqrt(1/2) to sqrt 2, so that z^2 < 0.0295 and
// eleven terms of the series leave 1e-18 of it.
INLINE lane log_lane(lane x) {
	if (any((bits)(x < 0x1p-1022) | (bits)(x > 0x1.fp1023) | (bits)(x != x))) return EACH_LANE(log, x);
	bits raised = (bits)x - 0x3fe6a09e667f3bcdLL, exponent = raised >> 52;
	lane m = (lane)((bits)x - (exponent << 52)), k = __builtin_convertvector(exponent, lane);
	lane z = (m - 1.0) / (m + 1.0), q = z * z, p = all_lanes(1.0 / 23);
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
	return k * 0x1.62e42feep-1 + (2.0 * z + (2.0 * z * q * p + k * 0x1.a39ef35793c76p-33));
}

// sin(x + quarter pi/2) by x = k pi/2 + r, |r| <= pi/4, with pi/2 in three parts (fdlibm's: k times each of the first
// two is exact for k < 2^20), and the Taylor series of sine and cosine, which leave 1e-17 there.
INLINE lane sine_lane(lane x, const int64_t quarter) {
	lane size = (lane)((bits)x & 0x7fffffffffffffffLL);
	if (any(~(bits)(size < 1e6))) return quarter ? EACH_LANE(cos, x) : EACH_LANE(sin, x);
	lane k = nearest(x * 0x1.45f306dc9c883p-1);
	lane r = ((x - k * 0x1.921fb544p0) - k * 0x1.0b4611a6p-34) - k * 0x1.3198a2e037073p-69;
	lane q = r * r;
	lane s = all_lanes(-1.0 / 1307674368000.0), c = all_lanes(1.0 / 20922789888000.0);
	s = s * q + 1.0 / 6227020800.0;
	s = s * q - 1.0 / 39916800.0;
	s = s * q + 1.0 / 362880.0;
	s = s * q - 1.0 / 5040.0;
	s = s * q + 1.0 / 120.0;
	s = s * q - 1.0 / 6.0;
	s = r + r * q * s;
	c = c * q - 1.0 / 87178291200.0;
	c = c * q + 1.0 / 479001600.0;
	c = c * q - 1.0 / 3628800.0;
	c = c * q + 1.0 / 40320.0;
	c = c * q - 1.0 / 720.0;
	c = c * q + 1.0 / 24.0;
	c = (1.0 - 0.5 * q) + q * q * c;
	bits n = __builtin_convertvector(k, bits) + quarter;
	lane y = select_lane(-(n & 1), c, s);
	return (lane)((bits)y ^ ((n & 2) << 62));
}
