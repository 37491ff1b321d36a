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

// row holds n angles, then their sines and their cosines, of eight each.
KERNEL(lanes_waves, (n, d, k, z, phi, row), long n, long d, const double *k, const double *z, double *phi, double *row) {
	double *restrict angle = row, *restrict sine = row + 8 * n, *restrict cosine = row + 16 * n;
	for (long i = 0; i < n; i++, phi += 16 * n) {
		for (long j = 0; j < n; j++) {
			eight sum = {0};
			for (long a = 0; a < d; a++) sum += *(const eight *)(k + 8 * (j * d + a)) * *(const eight *)(z + 8 * (i * d + a));
			*(eight *)(angle + 8 * j) = sum;
		}
		for (long j = 0; j < 8 * n; j++) sine_cosine(angle[j], sine + j, cosine + j);
		for (long j = 0; j < n; j++) {
			*(eight *)(phi + 16 * j) = *(eight *)(cosine + 8 * j);
			*(eight *)(phi + 16 * j + 8) = *(eight *)(sine + 8 * j);
		}
	}
}

typedef struct {
	eight re, im;
} complex8;

INLINE complex8 times(complex8 a, complex8 b) { return (complex8){a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re}; }

// G^a_ij = sum_m i k_ma phi_im F_mj of all a and j.
INLINE void contract(const int d, long n, const eight *k, const complex8 *phi, const complex8 *f, complex8 *g) {
	for (long j = 0; j < n; j++) {
		complex8 sum[3] = {0};
		for (long m = 0; m < n; m++) {
			const complex8 y = times(phi[m], f[m * n + j]);
			for (int a = 0; a < d; a++) sum[a].re -= k[m * d + a] * y.im, sum[a].im += k[m * d + a] * y.re;
		}
		for (int a = 0; a < d; a++) g[a * n * n + j] = sum[a];
	}
}

// sum_ac M_ia,jc (G^a_ij G^c_ji), and for i = j the terms with second derivatives,
// where M = J J^T.
INLINE complex8 curvature(const int d, long n, const eight *k, const complex8 *phi, const complex8 *f, const eight *jac, const complex8 *g, long i, long j) {
	complex8 sum = {0};
	for (int a = 0; a < d; a++)
		for (int c = 0; c < d; c++) {
			const eight *x = jac + (i * d + a) * n * d, *y = jac + (j * d + c) * n * d;
			eight metric = {0};
			for (long e = 0; e < n * d; e++) metric += x[e] * y[e];
			complex8 h = times(g[a * n * n + i * n + j], g[c * n * n + j * n + i]);
			for (long m = 0; i == j && m < n; m++) {
				const complex8 p = times(phi[i * n + m], f[m * n + i]);
				h.re += k[m * d + a] * k[m * d + c] * p.re, h.im += k[m * d + a] * k[m * d + c] * p.im;
			}
			sum.re += metric * h.re, sum.im += metric * h.im;
		}
	return sum;
}

INLINE void slater(const int d, long n, const eight *k, const complex8 *phi, const complex8 *f, const eight *jac, complex8 *gradient, complex8 *trace, complex8 *g) {
	for (long i = 0; i < n; i++) {
		contract(d, n, k, phi + i * n, f, g + i * n);
		for (int a = 0; a < d; a++) gradient[i * d + a] = g[a * n * n + i * n + i];
	}
	if (!jac) return;
	complex8 sum = {0};
	for (long i = 0; i < n; i++)
		for (long j = 0; j <= i; j++) {
			const complex8 c = curvature(d, n, k, phi, f, jac, g, i, j);
			sum.re -= (i == j ? 1.0 : 2.0) * c.re, sum.im -= (i == j ? 1.0 : 2.0) * c.im;
		}
	*trace = sum;
}

KERNEL(lanes_slater, (n, d, k, phi, inverse, jac, gradient, trace, g), long n, long d, const double *k, const double *phi, const double *inverse, const double *jac, double *gradient, double *trace, double *g) {
	if (d == 2)
		slater(2, n, (const eight *)k, (const complex8 *)phi, (const complex8 *)inverse, (const eight *)jac, (complex8 *)gradient, (complex8 *)trace, (complex8 *)g);
	else
		slater(3, n, (const eight *)k, (const complex8 *)phi, (const complex8 *)inverse, (const eight *)jac, (complex8 *)gradient, (complex8 *)trace, (complex8 *)g);
}

// Y = G J' in tiles of r x s elements; element ij of J' is at first[(i n + j)*3].
INLINE void tile(const int r, const int s, long n, const eight *inverse, const eight *first, eight *y) {
	eight sum[4][4] = {0};
	for (long m = 0; m < n; m++)
		for (int i = 0; i < r; i++)
			for (int j = 0; j < s; j++) sum[i][j] += inverse[i * n + m] * first[(m * n + j) * 3];
	for (int i = 0; i < r; i++)
		for (int j = 0; j < s; j++) y[i * n + j] = sum[i][j];
}

// series holds the matrix and its first two derivatives, of each element.
KERNEL(lanes_series, (n, inverse, series, first, second, work), long n, const double *inverse, const double *series, double *first, double *second, double *work) {
	const eight *f = (const eight *)inverse, *a = (const eight *)series;
	eight *y = (eight *)work, slope = {0}, curve = {0};
	for (long i = 0; i < n;) {
		const long r = n - i < 4 ? 1 : 4;
		long j = 0;
		for (; j + 4 <= n; j += 4) {
			if (r == 4) tile(4, 4, n, f + i * n, a + 3 * j + 1, y + i * n + j);
			else tile(1, 4, n, f + i * n, a + 3 * j + 1, y + i * n + j);
		}
		for (; j < n; j++) {
			if (r == 4) tile(4, 1, n, f + i * n, a + 3 * j + 1, y + i * n + j);
			else tile(1, 1, n, f + i * n, a + 3 * j + 1, y + i * n + j);
		}
		i += r;
	}
	for (long i = 0; i < n; i++) {
		slope += y[i * n + i];
		for (long j = 0; j < n; j++) curve += f[i * n + j] * a[(j * n + i) * 3 + 2] - y[i * n + j] * y[j * n + i];
	}
	*(eight *)first = slope;
	*(eight *)second = curve;
}
