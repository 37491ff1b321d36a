// Slater determinants of plane waves, and the derivatives of determinants along a line.

// sin and cos of |x| < 1e6: x = q pi/2 + r with |r| <= pi/4 and pi/2 in two pieces,
// of which the first has 33 bits, so that q times it is exact; and then the
// polynomials of fdlibm (Sun Microsystems, 1993) in r.
INLINE void sine_cosine(double x, double *sine, double *cosine) {
	const double shift = 0x1.8p52;
	const double t = x * 0x1.45f306dc9c883p-1 + shift, q = t - shift;
	int64_t quarter;
	memcpy(&quarter, &t, 8);
	const double r = (x - q * 0x1.921fb544p+0) - q * 0x1.0b4611a626331p-34, z = r * r;
	double s = 1.58969099521155010221e-10;
	s = s * z - 2.50507602534068634195e-08;
	s = s * z + 2.75573137070700676789e-06;
	s = s * z - 1.98412698298579493134e-04;
	s = s * z + 8.33333333332248946124e-03;
	s = s * z - 1.66666666666666324348e-01;
	s = r + r * z * s;
	double c = -1.13596475577881948265e-11;
	c = c * z + 2.08757232129817482790e-09;
	c = c * z - 2.75573143513906633035e-07;
	c = c * z + 2.48015872894767294178e-05;
	c = c * z - 1.38888888888741095749e-03;
	c = c * z + 4.16666666666666019037e-02;
	c = 1.0 - 0.5 * z + z * z * c;
	const double a = quarter & 1 ? c : s, b = quarter & 1 ? s : c;
	*sine = quarter & 2 ? -a : a;
	*cosine = (quarter + 1) & 2 ? -b : b;
}

// n particles in m waves; row holds m angles, then their sines and their cosines, of eight each.
KERNEL(lanes_waves, (n, m, d, k, z, phi, row), long n, long m, long d, const double *k, const double *z, double *phi, double *row) {
	double *restrict angle = row, *restrict sine = row + 8 * m, *restrict cosine = row + 16 * m;
	for (long i = 0; i < n; i++, phi += 16 * m) {
		EACH_PART for (long j = 0; j < m; j++) {
			lane sum = {0};
			for (long a = 0; a < d; a++) sum += get(k + part, j * d + a) * get(z + part, i * d + a);
			put(angle + part, j, sum);
		}
		for (long j = 0; j < 8 * m; j++) sine_cosine(angle[j], sine + j, cosine + j);
		for (long j = 0; j < m; j++) {
			memcpy(phi + 16 * j, cosine + 8 * j, 8 * sizeof(double));
			memcpy(phi + 16 * j + 8, sine + 8 * j, 8 * sizeof(double));
		}
	}
}

typedef num_complex complex;

// G^a_ij = sum_m i k_ma phi_im F_mj of all a and j.
INLINE void contract(const int d, long n, const double *k, const double *phi, const double *f, double *g) {
	for (long j = 0; j < n; j++) {
		complex sum[3] = {0};
		for (long m = 0; m < n; m++) {
			const complex y = times_complex(get_complex(phi, m), get_complex(f, m * n + j));
			for (int a = 0; a < d; a++) sum[a].re -= get(k, m * d + a) * y.im, sum[a].im += get(k, m * d + a) * y.re;
		}
		for (int a = 0; a < d; a++) put_complex(g, a * n * n + j, sum[a]);
	}
}

// sum_ac M_ia,jc (G^a_ij G^c_ji), and for i = j the terms with second derivatives.
INLINE complex curvature(const int d, long n, const double *k, const double *phi, const double *f, const double *metric, const double *g, long i, long j) {
	complex sum = {0};
	for (int a = 0; a < d; a++)
		for (int c = 0; c < d; c++) {
			complex h = times_complex(get_complex(g, a * n * n + i * n + j), get_complex(g, c * n * n + j * n + i));
			for (long m = 0; i == j && m < n; m++) {
				const complex p = times_complex(get_complex(phi, i * n + m), get_complex(f, m * n + i));
				const lane kk = get(k, m * d + a) * get(k, m * d + c);
				h.re += kk * p.re, h.im += kk * p.im;
			}
			const lane m = get(metric, (i * d + a) * n * d + j * d + c);
			sum.re += m * h.re, sum.im += m * h.im;
		}
	return sum;
}

INLINE void slater(const int d, long n, const double *k, const double *phi, const double *f, const double *metric, double *gradient, double *trace, double *g) {
	for (long i = 0; i < n; i++) {
		contract(d, n, k, phi + i * n * 16, f, g + i * n * 16);
		for (int a = 0; a < d; a++) put_complex(gradient, i * d + a, get_complex(g, a * n * n + i * n + i));
	}
	if (!metric) return;
	complex sum = {0};
	for (long i = 0; i < n; i++)
		for (long j = 0; j <= i; j++) {
			const complex c = curvature(d, n, k, phi, f, metric, g, i, j);
			sum.re -= (i == j ? 1.0 : 2.0) * c.re, sum.im -= (i == j ? 1.0 : 2.0) * c.im;
		}
	put_complex(trace, 0, sum);
}

KERNEL(lanes_slater, (n, d, k, phi, inverse, metric, gradient, trace, g), long n, long d, const double *k, const double *phi, const double *inverse, const double *metric, double *gradient, double *trace, double *g) {
	EACH_PART {
		const double *m = from_part(metric, part);
		double *t = from_part(trace, part);
		if (d == 2)
			slater(2, n, k + part, phi + part, inverse + part, m, gradient + part, t, g + part);
		else
			slater(3, n, k + part, phi + part, inverse + part, m, gradient + part, t, g + part);
	}
}

// M = J J^T, symmetric to the bit.
KERNEL(lanes_metric, (n, jac, metric), long n, const double *jac, double *metric) {
	EACH_PART for (long p = 0; p < n; p++)
		for (long q = 0; q <= p; q++) {
			lane sum = {0};
			for (long e = 0; e < n; e++) sum += get(jac + part, p * n + e) * get(jac + part, q * n + e);
			put(metric + part, p * n + q, sum);
			put(metric + part, q * n + p, sum);
		}
}

// sum_p g_p (b_p + sum_q M_pq g_q) of complex g is added to sum.
KERNEL(lanes_quadratic, (n, g, b, metric, sum), long n, const double *g, const double *b, const double *metric, double *sum) {
	EACH_PART {
		complex total = get_complex(sum + part, 0);
		for (long p = 0; p < n; p++) {
			complex slope = {get(b + part, p), (lane){0}};
			for (long q = 0; q < n; q++) {
				const lane m = get(metric + part, p * n + q);
				const complex x = get_complex(g + part, q);
				slope.re += m * x.re, slope.im += m * x.im;
			}
			const complex term = times_complex(get_complex(g + part, p), slope);
			total.re += term.re, total.im += term.im;
		}
		put_complex(sum + part, 0, total);
	}
}

#define ROWS 4
#define COLUMNS (LEVEL == 2 ? 4 : 2) // of a tile whose sums fit the registers

// Y = G J' in tiles of r x s elements; element ij of J' is at first[(i n + j)*3].
INLINE void tile(const int r, const int s, long n, const double *inverse, const double *first, double *y) {
	lane sum[ROWS][COLUMNS] = {0};
	for (long m = 0; m < n; m++) {
#pragma GCC unroll 4 // which keeps the sums in registers
		for (int i = 0; i < r; i++)
#pragma GCC unroll 4
			for (int j = 0; j < s; j++) sum[i][j] += get(inverse, i * n + m) * get(first, (m * n + j) * 3);
	}
#pragma GCC unroll 4
	for (int i = 0; i < r; i++)
#pragma GCC unroll 4
		for (int j = 0; j < s; j++) put(y, i * n + j, sum[i][j]);
}

INLINE void series_of_part(long n, const double *f, const double *a, double *first, double *second, double *y) {
	for (long i = 0, r; i < n; i += r) {
		r = n - i < ROWS ? 1 : ROWS;
		for (long j = 0, s; j < n; j += s) {
			s = n - j < COLUMNS ? 1 : COLUMNS;
			const double *g = f + 8 * i * n, *slopes = a + 8 * (3 * j + 1);
			double *to = y + 8 * (i * n + j);
			if (r > 1 && s > 1) tile(ROWS, COLUMNS, n, g, slopes, to);
			else if (r > 1) tile(ROWS, 1, n, g, slopes, to);
			else if (s > 1) tile(1, COLUMNS, n, g, slopes, to);
			else tile(1, 1, n, g, slopes, to);
		}
	}
	lane slope = {0}, curve = {0};
	for (long i = 0; i < n; i++) {
		slope += get(y, i * n + i);
		for (long j = 0; j < n; j++) curve += get(f, i * n + j) * get(a, (j * n + i) * 3 + 2) - get(y, i * n + j) * get(y, j * n + i);
	}
	put(first, 0, slope);
	put(second, 0, curve);
}

// series holds the matrix and its first two derivatives, of each element.
KERNEL(lanes_series, (n, inverse, series, first, second, work), long n, const double *inverse, const double *series, double *first, double *second, double *work) {
	EACH_PART series_of_part(n, inverse + part, series + part, first + part, second + part, work + part);
}
