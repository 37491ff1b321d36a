// z, J and, for ORDER = 2, their first two derivatives along a line: included with
// NAME, names for what follows. Numbers of pairs i > j are those of r = x_i - x_j;
// those of the other order differ by the signs of what is odd in r.

#define NUM NAME(num)
typedef struct {
	lane c[ORDER + 1]; // derivatives along the line
} NUM;

INLINE NUM NAME(constant)(double x) { return (NUM){{x - (lane){0}}}; }

// y += w a
INLINE void NAME(add)(NUM *y, double w, NUM a) {
	for (int k = 0; k <= ORDER; k++) y->c[k] += w * a.c[k];
}

INLINE NUM NAME(sum)(NUM a, NUM b) {
	for (int k = 0; k <= ORDER; k++) a.c[k] += b.c[k];
	return a;
}

INLINE NUM NAME(scale)(double w, NUM a) {
	for (int k = 0; k <= ORDER; k++) a.c[k] *= w;
	return a;
}

// y += a b
INLINE void NAME(product)(NUM *y, NUM a, NUM b) {
#if ORDER == 2
	y->c[2] += a.c[2] * b.c[0] + 2.0 * a.c[1] * b.c[1] + a.c[0] * b.c[2];
	y->c[1] += a.c[1] * b.c[0] + a.c[0] * b.c[1];
#endif
	y->c[0] += a.c[0] * b.c[0];
}

INLINE NUM NAME(times)(NUM a, NUM b) {
	NUM y = {0};
	NAME(product)(&y, a, b);
	return y;
}

// F(a) from F, F' and F'' at its value.
INLINE NUM NAME(compose)(NUM a, lane f, lane df, lane ddf) {
#if ORDER == 2
	a.c[2] = df * a.c[2] + ddf * a.c[1] * a.c[1];
	a.c[1] = df * a.c[1];
#endif
	a.c[0] = f;
	return a;
}

// Where the numbers of a call stand; rows are those of plain.go.
typedef struct {
	NUM *cosine, *sine; // of half angles, n d
	NUM *f, *slope;     // of pairs: features; derivatives of the distance, d
	NUM *q, *t;         // of two orders: q, of one pair; s'(q), of all
	NUM *m, *g, *h, *tp, *mean, *sa, *ta, *u, *a, *b, *c, *aw;
	NUM *s;             // S_j as d rows of the width
	lane *logs;        // see logistic_pair
	double *value, *derivative;
} NAME(work);

// Cuts memory into these, or, without, counts its doubles, those of one part.
INLINE long NAME(cut)(const int d, const shape *p, double *memory, NAME(work) *k) {
	const long n = p->n, w = p->w, g = p->g, m = 2 * d + 1, all_g = classes(p) * g, all_m = classes(p) * m;
	const long value = w > all_g ? 2 * w * n : 2 * g + 2 * all_g * n; // see pairs
	long at = 0;
#define CUT(type, name, count) k->name = (type *)(memory + at), at += (count) * (long)(sizeof(type) / 8)
	CUT(NUM, cosine, n * d);
	CUT(NUM, sine, n * d);
	CUT(NUM, f, n * (n - 1) / 2 * m);
	CUT(NUM, slope, n * (n - 1) / 2 * d);
	CUT(NUM, q, 2 * g);
	CUT(NUM, t, n * (n - 1) * g);
	CUT(NUM, m, n * all_m);
	CUT(NUM, g, n * all_g);
	CUT(NUM, h, n * w);
	CUT(NUM, tp, n * w);
	CUT(NUM, mean, w);
	CUT(NUM, sa, n * w);
	CUT(NUM, ta, n * w);
	CUT(NUM, u, n * d * w);
	CUT(NUM, a, n * d * w);
	CUT(NUM, b, n * d * w);
	CUT(NUM, c, n * d * all_g);
	CUT(NUM, aw, n * d * all_m);
	CUT(NUM, s, n * d * w);
	CUT(lane, logs, n * all_g);
	CUT(double, value, value * LANES);
	CUT(double, derivative, value * LANES);
#undef CUT
	return at;
}

// y += scale W x of r rows; element (i, k) of W is w[i*wi + k*wk]. Several rows at a
// time, because each sum is a chain of additions that wait for each other.
INLINE void NAME(rows)(const int r, long cols, double scale, const double *w, long wi, long wk, const NUM *x, NUM *y) {
	NUM sum[4] = {0};
	for (long k = 0; k < cols; k++) {
#pragma GCC unroll 4 // which keeps the sums in registers
		for (int i = 0; i < r; i++) NAME(add)(sum + i, w[i * wi + k * wk], x[k]);
	}
#pragma GCC unroll 4
	for (int i = 0; i < r; i++) NAME(add)(y + i, scale, sum[i]);
}

INLINE void NAME(multiply)(long rows, long cols, double scale, const double *w, long wi, long wk, const NUM *x, NUM *y) {
	long i = 0;
	for (; i + 4 <= rows; i += 4) NAME(rows)(4, cols, scale, w + i * wi, wi, wk, x, y + i);
	for (; i < rows; i++) NAME(rows)(1, cols, scale, w + i * wi, wi, wk, x, y + i);
}

// s(q) in place of q, and s'(q), of n numbers.
INLINE void NAME(activate)(long n, NUM *q, NUM *t, double *value, double *derivative) {
	for (long i = 0; i < n; i++) *(lane *)(value + LANES * i) = q[i].c[0];
	softplus(n * LANES, value, derivative);
	for (long i = 0; i < n; i++) {
		const lane t0 = *(lane *)(derivative + LANES * i), t1 = t0 * (1.0 - t0);
		t[i] = NAME(compose)(q[i], t0, t1, t1 * (1.0 - 2.0 * t0));
		q[i] = NAME(compose)(q[i], *(lane *)(value + LANES * i), t0, t1);
	}
}

// Features of a pair: f and the derivatives of the distance.
INLINE void NAME(features)(const int d, const shape *p, const NUM *ci, const NUM *si, const NUM *cj, const NUM *sj, NUM *f, NUM *slope) {
	NUM square = {0};
	for (int a = 0; a < d; a++) {
		NUM sine = NAME(times)(si[a], cj[a]), cosine = NAME(times)(ci[a], cj[a]);
		NAME(product)(&sine, NAME(scale)(-1.0, ci[a]), sj[a]);
		NAME(product)(&cosine, si[a], sj[a]);
		NUM s2 = NAME(times)(sine, sine);
		square = NAME(sum)(square, s2);
		f[a] = NAME(constant)(1.0);
		NAME(add)(f + a, -2.0, s2);
		f[d + a] = NAME(scale)(2.0, NAME(times)(sine, cosine));
	}
	lane inverse;
	for (int c = 0; c < LANES; c++) inverse[c] = reciprocal_root(at_least(square.c[0][c], COINCIDENT));
	const lane root = square.c[0] * inverse, cube = inverse * inverse * inverse;
	f[2 * d] = NAME(compose)(square, root, 0.5 * inverse, -0.25 * cube);
	const NUM r = NAME(compose)(f[2 * d], inverse, -inverse * inverse, 2.0 * cube);
	for (int a = 0; a < d; a++) slope[a] = NAME(scale)(0.25 * p->kappa[a], NAME(times)(f[d + a], r));
}

// All pairs: features, s'(q), and the sums over them.
INLINE void NAME(pairs)(const int d, const shape *p, const weights *x, NAME(work) *k) {
	const long n = p->n, g = p->g, m = 2 * d + 1, all = n * classes(p);
	memset(k->m, 0, all * m * sizeof(NUM));
	memset(k->g, 0, all * g * sizeof(NUM));
	for (long i = 0; i < all * g; i++) k->logs[i] = 1.0 - (lane){0};
	double *q0 = k->value, *t0 = k->derivative, *sums = k->value + 2 * g * LANES;
	memset(sums, 0, all * g * sizeof(lane));
	NUM *f = k->f, *slope = k->slope, *t = k->t;
	for (long i = 0; i < n; i++)
		for (long j = 0; j < i; j++, f += m, slope += d, t += 2 * g) {
			NAME(features)(d, p, k->cosine + i * d, k->sine + i * d, k->cosine + j * d, k->sine + j * d, f, slope);
			const long class = class_of(p, i, j), to_i = i * classes(p) + class, to_j = j * classes(p) + class;
			for (int a = 0; a < m; a++) {
				NAME(add)(k->m + to_i * m + a, 1.0, f[a]);
				NAME(add)(k->m + to_j * m + a, a >= d && a < 2 * d ? -1.0 : 1.0, f[a]);
			}
			for (long u = 0; u < g; u++) {
				const double *v = x->v + (class * g + u) * m;
				NUM even = NAME(constant)(x->c[class * g + u]), odd = {0};
				NAME(add)(&even, v[2 * d], f[2 * d]);
				for (int a = 0; a < d; a++) NAME(add)(&even, v[a], f[a]), NAME(add)(&odd, v[d + a], f[d + a]);
				k->q[u] = NAME(sum)(even, odd);
				NAME(add)(&even, -1.0, odd);
				k->q[g + u] = even;
				*(lane *)(q0 + u * LANES) = k->q[u].c[0], *(lane *)(q0 + (g + u) * LANES) = even.c[0];
			}
			logistic_pair(g * LANES, q0, q0 + g * LANES, t0, t0 + g * LANES, sums + to_i * g * LANES, sums + to_j * g * LANES, (double *)(k->logs + to_i * g), (double *)(k->logs + to_j * g));
			for (long u = 0; u < 2 * g; u++) {
				const lane s1 = *(lane *)(t0 + u * LANES), s2 = s1 * (1.0 - s1);
				t[u] = NAME(compose)(k->q[u], s1, s2, s2 * (1.0 - 2.0 * s1));
				if (ORDER) NAME(add)(k->g + (u < g ? to_i * g + u : (to_j - 1) * g + u), 1.0, NAME(compose)(k->q[u], (lane){0}, s1, s2));
			}
		}
	for (long i = 0; i < all * g * LANES; i++) sums[i] += log_above(((double *)k->logs)[i]);
	for (long i = 0; i < all * g; i++) {
		k->g[i].c[0] = *(lane *)(sums + i * LANES);
		k->g[i] = NAME(scale)(1.0 / n, k->g[i]);
	}
	for (long i = 0; i < all * m; i++) k->m[i] = NAME(scale)(1.0 / n, k->m[i]);
}

// h_i and a_i.
INLINE void NAME(electrons)(const int d, const shape *p, const weights *x, NAME(work) *k) {
	const long n = p->n, w = p->w, g = classes(p) * p->g, m = classes(p) * (2 * d + 1);
	for (long i = 0; i < n; i++) {
		NUM *h = k->h + i * w;
		for (long u = 0; u < w; u++) h[u] = NAME(constant)(x->b[u]);
		NAME(multiply)(w, m, 1.0, x->w, m, 1, k->m + i * m, h);
	}
	NAME(activate)(n * w, k->h, k->tp, k->value, k->derivative);
	memset(k->mean, 0, w * sizeof(NUM));
	for (long i = 0; i < n; i++)
		for (long u = 0; u < w; u++) NAME(add)(k->mean + u, 1.0 / n, k->h[i * w + u]);
	NUM *shared = k->u; // by all electrons
	for (long u = 0; u < w; u++) shared[u] = NAME(constant)(x->e[u]);
	NAME(multiply)(w, w, 1.0, x->w2, w, 1, k->mean, shared);
	for (long i = 0; i < n; i++) {
		NUM *a = k->sa + i * w;
		memcpy(a, shared, w * sizeof(NUM));
		NAME(multiply)(w, w, 1.0, x->w1, w, 1, k->h + i * w, a);
		NAME(multiply)(w, g, 1.0, x->w3, g, 1, k->g + i * g, a);
	}
	NAME(activate)(n * w, k->sa, k->ta, k->value, k->derivative);
}

// U_i, A_i, B_i, C_i and A_i W/N, of coordinate a of particle i.
INLINE void NAME(collapse)(const int d, const shape *p, const weights *x, NAME(work) *k, long i, int a) {
	const long n = p->n, w = p->w, g = classes(p) * p->g, m = classes(p) * (2 * d + 1), at = i * d + a;
	NUM *u = k->u + at * w, *big = k->a + at * w, *b = k->b + at * w, *c = k->c + at * g, *aw = k->aw + at * m;
	const double *o = x->o + a * w;
	for (long s = 0; s < w; s++) {
		u[s] = NAME(scale)(p->l * o[s], k->ta[i * w + s]);
		big[s] = NAME(constant)(p->l * o[s]);
	}
	memset(b, 0, w * sizeof(NUM));
	memset(c, 0, g * sizeof(NUM));
	memset(aw, 0, m * sizeof(NUM));
	NAME(multiply)(w, w, 1.0, x->w1, 1, w, u, big);
	for (long s = 0; s < w; s++) big[s] = NAME(times)(big[s], k->tp[i * w + s]);
	NAME(multiply)(w, w, 1.0 / n, x->w2, 1, w, u, b);
	NAME(multiply)(g, w, 1.0 / n, x->w3, 1, g, u, c);
	NAME(multiply)(m, w, 1.0 / n, x->w, 1, m, big, aw);
}

// W f' of unit u, for both orders: column a is even + odd, and even - odd.
INLINE void NAME(through)(const int d, const double *w, const NUM *dcos, const NUM *dsin, const NUM *slope, NUM *even, NUM *odd) {
	for (int a = 0; a < d; a++) {
		even[a] = NAME(scale)(w[d + a], dsin[a]);
		odd[a] = NAME(scale)(w[a], dcos[a]);
		NAME(add)(odd + a, w[2 * d], slope[a]);
	}
}

// The part of a pair in S_i and S_j, and F_ij and F_ji.
INLINE void NAME(block)(const int d, const shape *p, const weights *x, NAME(work) *k, long i, long j, const NUM *f, const NUM *slope, const NUM *t, NUM *there, NUM *back) {
	const long n = p->n, w = p->w, g = p->g, m = 2 * d + 1, all = classes(p), class = class_of(p, i, j);
	NUM dcos[3], dsin[3], even[3], odd[3];
	for (int a = 0; a < d; a++) dcos[a] = NAME(scale)(-p->kappa[a], f[d + a]), dsin[a] = NAME(scale)(p->kappa[a], f[a]);
	for (long u = 0; u < w; u++) {
		NAME(through)(d, x->w + (u * all + class) * m, dcos, dsin, slope, even, odd);
		for (int a = 0; a < d; a++) {
			NUM y = NAME(times)(k->tp[i * w + u], NAME(sum)(even[a], odd[a]));
			NAME(add)(odd + a, -1.0, even[a]);
			NAME(product)(&y, k->tp[j * w + u], odd[a]);
			NAME(add)(k->s + (i * d + a) * w + u, 1.0 / n, y);
			NAME(add)(k->s + (j * d + a) * w + u, -1.0 / n, y);
		}
	}
	for (int a = 0; a < d; a++)
		for (int c = 0; c < d; c++) {
			const NUM *ai = k->aw + ((i * d + a) * all + class) * m, *aj = k->aw + ((j * d + a) * all + class) * m;
			NUM y = NAME(times)(ai[c], dcos[c]), z = NAME(times)(aj[c], dcos[c]);
			NAME(product)(&y, ai[2 * d], slope[c]);
			NAME(product)(&z, aj[2 * d], slope[c]);
			z = NAME(scale)(-1.0, z);
			NAME(product)(&y, ai[d + c], dsin[c]);
			NAME(product)(&z, aj[d + c], dsin[c]);
			there[a * d + c] = y, back[a * d + c] = z;
		}
	for (long u = 0; u < g; u++) {
		NAME(through)(d, x->v + (class * g + u) * m, dcos, dsin, slope, even, odd);
		for (int c = 0; c < d; c++) {
			const NUM y = NAME(times)(t[u], NAME(sum)(even[c], odd[c]));
			NAME(add)(even + c, -1.0, odd[c]);
			const NUM z = NAME(times)(t[g + u], even[c]);
			for (int a = 0; a < d; a++) {
				NAME(product)(there + a * d + c, k->c[((i * d + a) * all + class) * g + u], y);
				NAME(product)(back + a * d + c, k->c[((j * d + a) * all + class) * g + u], z);
			}
		}
	}
}

INLINE void NAME(jacobian)(const int d, const shape *p, const weights *x, NAME(work) *k, NUM *jac) {
	const long n = p->n, w = p->w, g = p->g, size = n * d, m = 2 * d + 1;
	memset(k->s, 0, size * w * sizeof(NUM));
	memset(jac, 0, size * size * sizeof(NUM));
	for (long i = 0; i < size; i++) jac[i * size + i] = NAME(constant)(1.0);
	const NUM *f = k->f, *slope = k->slope, *t = k->t;
	for (long i = 0; i < n; i++)
		for (long j = 0; j < i; j++, f += m, slope += d, t += 2 * g) {
			NUM there[9], back[9];
			NAME(block)(d, p, x, k, i, j, f, slope, t, there, back);
			for (int a = 0; a < d; a++)
				for (int c = 0; c < d; c++) {
					NUM *ri = jac + (i * d + a) * size + c, *rj = jac + (j * d + a) * size + c;
					NAME(add)(ri + i * d, 1.0, there[a * d + c]);
					NAME(add)(ri + j * d, -1.0, there[a * d + c]);
					NAME(add)(rj + j * d, 1.0, back[a * d + c]);
					NAME(add)(rj + i * d, -1.0, back[a * d + c]);
				}
		}
	for (long i = 0; i < n; i++)
		for (long j = 0; j < n; j++) {
			NUM sum[9];
			for (int a = 0; a < d; a++)
				for (int c = 0; c < d; c++) sum[a * d + c] = jac[(i * d + a) * size + j * d + c];
			for (long u = 0; u < w; u++)
				for (int a = 0; a < d; a++)
					for (int c = 0; c < d; c++) NAME(product)(sum + a * d + c, k->b[(i * d + a) * w + u], k->s[(j * d + c) * w + u]);
			for (int a = 0; a < d; a++)
				for (int c = 0; c < d; c++) jac[(i * d + a) * size + j * d + c] = sum[a * d + c];
		}
}

// cosine and sine are those of half angles, v the direction of the line.
INLINE void NAME(forward)(const int d, const shape *p, const double *theta, const lane *cosine, const lane *sine, const lane *v, NUM *shift, NUM *jac, double *memory) {
	const long n = p->n, w = p->w;
	const weights x = split(d, p, theta);
	NAME(work) k;
	NAME(cut)(d, p, memory, &k);
	for (long i = 0; i < n * d; i++) {
		NUM angle = {0};
#if ORDER == 2
		angle.c[1] = 0.5 * p->kappa[i % d] * v[i];
#endif
		k.cosine[i] = NAME(compose)(angle, cosine[i], -sine[i], -cosine[i]);
		k.sine[i] = NAME(compose)(angle, sine[i], cosine[i], -sine[i]);
	}
	NAME(pairs)(d, p, &x, &k);
	NAME(electrons)(d, p, &x, &k);
	for (long i = 0; i < n; i++)
		for (int a = 0; a < d; a++) {
			NUM sum = {0};
			for (long u = 0; u < w; u++) NAME(add)(&sum, p->l * x.o[a * w + u], NAME(sum)(k.h[i * w + u], k.sa[i * w + u]));
			shift[i * d + a] = sum;
			NAME(collapse)(d, p, &x, &k, i, a);
		}
	NAME(jacobian)(d, p, &x, &k, jac);
}
