// One head of attention at some samples side by side: included by attention.c with LANE,
// one vector or one number of them, and names for the functions below, which take v LANEs,
// 2 at most. Pointers are to the first of these samples; rows are n apart, tokens in and
// out.

#define EACH for (int j = 0; j < v; j++)
#define AT(p) (((const LANE *)(p))[j])
#define SET(p) (((LANE *)(p))[j])

// a_u = scale q_t.k_u for u <= t.
INLINE void SCORES(const int v, long t, long key, long n, long in, double scale, double *restrict a, const double *restrict q, const double *restrict k) {
	for (long u = 0; u <= t; u++) {
		LANE sum[2] = {0};
		for (long c = 0; c < key; c++)
			EACH sum[j] += AT(q + c * n) * AT(k + u * in + c * n);
		EACH SET(a + u * n) = scale * sum[j];
	}
}

// o_t = sum of a_u v_u.
INLINE void OUTPUT(const int v, long t, long key, long n, long in, double *restrict o, const double *restrict a, const double *restrict values) {
	for (long c = 0; c < key; c++) {
		LANE sum[2] = {0};
		for (long u = 0; u <= t; u++)
			EACH sum[j] += AT(a + u * n) * AT(values + u * in + c * n);
		EACH SET(o + c * n) = sum[j];
	}
}

// Adds to the adjoints of q, k and v, which are part numbers apart, as q, k and v are. bar
// has the adjoints of row t.
INLINE void BACK(const int v, long tokens, long key, long n, long in, long out, long part, double scale, double *restrict dq, const double *restrict dout, const double *restrict a, const double *restrict q, double *restrict bar) {
	double *dk = dq + part, *dv = dk + part;
	const double *k = q + part, *values = k + part;
	const long wide = v * sizeof(LANE) / sizeof(double);
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
		for (long c = 0; c < key; c++) {
			LANE qc[2], oc[2], dqc[2];
			EACH qc[j] = AT(q + t * in + c * n), oc[j] = AT(dout + t * out + c * n), dqc[j] = AT(dq + t * in + c * n);
			for (long u = 0; u <= t; u++)
				EACH {
					const LANE b = AT(bar + u * wide);
					dqc[j] += b * AT(k + u * in + c * n);
					SET(dk + u * in + c * n) += b * qc[j];
					SET(dv + u * in + c * n) += AT(a + u * n) * oc[j];
				}
			EACH SET(dq + t * in + c * n) = dqc[j];
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
