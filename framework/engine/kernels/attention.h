// One head of attention at some samples side by side, for one number of them: included
// by attention.c with LANE, as many numbers, and names for the functions below. Pointers
// are to the first of these samples; rows are n apart, tokens in and out.

// a_u = scale q_t.k_u for u <= t.
INLINE void SCORES(long t, long key, long n, long in, double scale, double *restrict a, const double *restrict q, const double *restrict k) {
	for (long u = 0; u <= t; u++) {
		LANE sum = {0};
		for (long c = 0; c < key; c++) sum += *(const LANE *)(q + c * n) * *(const LANE *)(k + u * in + c * n);
		*(LANE *)(a + u * n) = scale * sum;
	}
}

// o_t = sum of a_u v_u.
INLINE void OUTPUT(long t, long key, long n, long in, double *restrict o, const double *restrict a, const double *restrict v) {
	for (long c = 0; c < key; c++) {
		LANE sum = {0};
		for (long u = 0; u <= t; u++) sum += *(const LANE *)(a + u * n) * *(const LANE *)(v + u * in + c * n);
		*(LANE *)(o + c * n) = sum;
	}
}

// Adds to the adjoints of q, k and v, which are part numbers apart, as q, k and v are.
INLINE void BACK(long tokens, long key, long n, long in, long out, long part, double scale, double *restrict dq, const double *restrict dout, const double *restrict a, const double *restrict q, double *restrict scratch) {
	LANE *bar = (LANE *)scratch;
	double *restrict dk = dq + part, *restrict dv = dk + part;
	const double *k = q + part, *v = k + part;
	for (long t = 0; t < tokens; t++, a += tokens * n) {
		LANE mean = {0};
		for (long u = 0; u <= t; u++) {
			LANE sum = {0};
			for (long c = 0; c < key; c++) sum += *(const LANE *)(dout + t * out + c * n) * *(const LANE *)(v + u * in + c * n);
			bar[u] = sum;
			mean += *(const LANE *)(a + u * n) * sum;
		}
		for (long u = 0; u <= t; u++) bar[u] = scale * *(const LANE *)(a + u * n) * (bar[u] - mean);
		for (long c = 0; c < key; c++) {
			const LANE qc = *(const LANE *)(q + t * in + c * n), oc = *(const LANE *)(dout + t * out + c * n);
			LANE dqc = *(const LANE *)(dq + t * in + c * n);
			for (long u = 0; u <= t; u++) {
				dqc += bar[u] * *(const LANE *)(k + u * in + c * n);
				*(LANE *)(dk + u * in + c * n) += bar[u] * qc;
				*(LANE *)(dv + u * in + c * n) += *(const LANE *)(a + u * n) * oc;
			}
			*(LANE *)(dq + t * in + c * n) = dqc;
		}
	}
}

#undef LANE
#undef SCORES
#undef OUTPUT
#undef BACK
