// Functions of one type of NUMBER: included by functions.h with F(f), names for them.

// min and max in the form of one instruction; they return x if it is NaN.
INLINE NUMBER F(at_most)(NUMBER x, NUMBER most) { return most < x ? most : x; }
INLINE NUMBER F(at_least)(NUMBER x, NUMBER least) { return least > x ? least : x; }

// exp(x) for x <= 708 (of floats 87), and down to the negative of it, where it stops
// falling; relative error below 3e-16 (of floats 2e-7).
INLINE NUMBER F(exp_low)(NUMBER x) {
	NUMBER scale, p = F(exp_split)(F(at_least)(x, -MOST), LN2_LOW, &scale);
	return scale * p + scale;
}

// exp(x), infinite above 708 (of floats 87).
INLINE NUMBER F(exp1)(NUMBER x) {
	NUMBER e = F(exp_low)(F(at_most)(x, MOST));
	return x > MOST ? (NUMBER)__builtin_inf() : e;
}

// exp(x) - 1 for x <= 0, exact to the last bits also next to 0. At -40 (of floats -18)
// it is -1.
INLINE NUMBER F(expm1_neg)(NUMBER x) {
	NUMBER scale, p = F(exp_split)(F(at_least)(x, SMALL), 0, &scale);
	return scale * p + (scale - 1);
}

// tanh|x| = -e/(2+e) with e = exp(-2|x|) - 1.
INLINE NUMBER F(tanh1)(NUMBER x) {
	NUMBER e = F(expm1_neg)(-2 * ABS(x));
	return COPYSIGN(e / (2 + e), x);
}

// ln(1+t) for 0 <= t <= 1: 2 artanh(z) with z = t/(2+t).
INLINE NUMBER F(log1p_unit)(NUMBER t) {
	NUMBER z = t / (2 + t), q = z * z;
	return 2 * z + 2 * z * q * F(artanh_series)(q);
}

// 1/(1+exp(-z)) without overflow on either side.
INLINE NUMBER F(sigmoid1)(NUMBER z) {
	NUMBER t = F(exp_low)(z > 0 ? -z : z);
	return (z > 0 ? 1 : t) / (1 + t);
}

#undef NUMBER
#undef F
#undef LN2_LOW
#undef ABS
#undef COPYSIGN
#undef MOST
#undef SMALL
