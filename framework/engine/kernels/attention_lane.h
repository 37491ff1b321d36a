// One head of attention at some samples side by side: included by attention.h with LANE,
// one vector or one number of them, and names for the functions below, which take v LANEs,
// 2 at most. Pointers are to the first of these samples; rows are n apart, tokens in and
// out.

#define EACH for (int j = 0; j < v; j++)
#define AT(p) (((const LANE *)(p))[j])
#define SET(p) (((LANE *)(p))[j])

// a_u = scale q_t.k_u for u <= t.
INLINE void SCORES(const int v, long t, long key, long n, long in, REAL scale, REAL *restrict a, const REAL *restrict q, const REAL *restrict k) {
	for (long u = 0; u <= t; u++) {
		LANE sum[2] = {0};
		for (long c = 0; c < key; c++)
			EACH sum[j] += AT(q + c * n) * AT(k + u * in + c * n);
		EACH SET(a + u * n) = scale * sum[j];
	}
}

// o_t = sum of a_u v_u. Like all loops here it goes along the components of a token, which
// are near each other: tokens are often a multiple of 4096 bytes apart, and would drive each
// other from the first cache.
INLINE void OUTPUT(const int v, long t, long key, long n, long in, REAL *restrict o, const REAL *restrict a, const REAL *restrict values) {
	for (long c = 0; c < key; c++) EACH SET(o + c * n) = AT(a) * AT(values + c * n);
	for (long u = 1; u <= t; u++) {
		LANE w[2];
		EACH w[j] = AT(a + u * n);
		for (long c = 0; c < key; c++) EACH SET(o + c * n) += w[j] * AT(values + u * in + c * n);
	}
}

// Adds to the adjoints of q, k and v, which are part numbers apart, as q, k and v are. bar
// has the adjoints of row t.
INLINE void BACK(const int v, long tokens, long key, long n, long in, long out, long part, REAL scale, REAL *restrict dq, const REAL *restrict dout, const REAL *restrict a, const REAL *restrict q, REAL *restrict bar) {
	REAL *dk = dq + part, *dv = dk + part;
	const REAL *k = q + part, *values = k + part;
	const long wide = v * sizeof(LANE) / sizeof(REAL);
	for (long t = 0; t < tokens; t++, a += tokens * n) {
		LANE mean[2] = {0};
		for (long u = 0; u <= t; u++) {
			LANE sum[2] = {0};
			for (long c = 0; c < key; c++)
				EACH sum[j] += AT(dout + t * out + c * n) * AT(values + u * in + c * n);
			EACH SET(bar + u * wide) = sum[j];
			EACH mean[j] += AT(a + u * n) * sum[j];
		}
		for (long u = 0; u <= t; u++)
			EACH SET(bar + u * wide) = scale * AT(a + u * n) * (AT(bar + u * wide) - mean[j]);
		for (long u = 0; u <= t; u++) {
			LANE b[2], w[2];
			EACH b[j] = AT(bar + u * wide), w[j] = AT(a + u * n);
			for (long c = 0; c < key; c++)
				EACH {
					const LANE qc = AT(q + t * in + c * n), kc = AT(k + u * in + c * n), oc = AT(dout + t * out + c * n);
					const LANE dqc = AT(dq + t * in + c * n), dkc = AT(dk + u * in + c * n), dvc = AT(dv + u * in + c * n);
					SET(dq + t * in + c * n) = dqc + b[j] * kc;
					SET(dk + u * in + c * n) = dkc + b[j] * qc;
					SET(dv + u * in + c * n) = dvc + w[j] * oc;
				}
		}
	}
}

#undef EACH
#undef AT
#undef SET
#undef LANE
#undef SCORES
#undef OUTPUT
#undef BACK
