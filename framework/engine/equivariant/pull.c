//go:build cgo && !purego

// The reverse of forward.h and the Laplacian of z: those of plain_pull.go and
// plain_laplacian.go on eight configurations. Ordered pairs (i, j) stand as in
// forward.h: of i > j first this one, then (j, i).

#pragma GCC optimize("no-trapping-math", "tree-vectorize", "vect-cost-model=dynamic", "peel-loops") // as fast as O3, and compiled in half the time

#include "lanes.h"

#define COINCIDENT 1e-60 // as in plain.go
#define ORDER 0
#define NAME(f) f##_value
#include "forward.h"

#define V(x) ((x).c[0])

typedef num_value num;
typedef work_value work;

// Cotangents: of the gradient's weights, and of what forward.h keeps.
typedef struct {
	eight *tp, *ta, *p, *h, *a, *q, *m, *g, *mean, *b, *c, *aw, *s;
	eight *column; // of laplacian
} bars;

INLINE long cut_bars(const int d, const shape *p, double *memory, bars *k) {
	const long n = p->n, w = p->w, g = p->g, m = 2 * d + 1;
	long at = 0;
#define CUT(name, count) k->name = (eight *)(memory + at), at += (count) * 8
	CUT(tp, n * w);
	CUT(ta, n * w);
	CUT(p, n * w);
	CUT(h, n * w);
	CUT(a, n * w);
	CUT(q, n * (n - 1) * g);
	CUT(m, n * m);
	CUT(g, n * g);
	CUT(mean, w);
	CUT(b, n * d * w);
	CUT(c, n * d * g);
	CUT(aw, n * d * m);
	CUT(s, n * d * w);
	CUT(column, w + g);
#undef CUT
	return at;
}

// f' of an ordered pair: what is not zero for coordinate a are the derivatives of
// the cosine, the sine and the distance.
typedef struct {
	eight dcos[3], dsin[3], slope[3], cos[3], sin[3], rho;
} pair;

INLINE pair pair_of(const int d, const shape *p, const num *f, const num *slope, const double sign) {
	pair r;
	for (int a = 0; a < d; a++) {
		r.cos[a] = V(f[a]), r.sin[a] = sign * V(f[d + a]);
		r.dcos[a] = -p->kappa[a] * r.sin[a], r.dsin[a] = p->kappa[a] * r.cos[a];
		r.slope[a] = sign * V(slope[a]);
	}
	r.rho = V(f[2 * d]);
	return r;
}

// Column a of W f', w the weights of one unit.
INLINE eight column(const int d, const double *w, const pair *r, int a) {
	return w[a] * r->dcos[a] + w[d + a] * r->dsin[a] + w[2 * d] * r->slope[a];
}

// Its reverse.
INLINE void pull_column(const int d, const double *w, eight *grad, const pair *r, pair *bar, int a, eight y) {
	grad[a] += y * r->dcos[a], grad[d + a] += y * r->dsin[a], grad[2 * d] += y * r->slope[a];
	bar->dcos[a] += w[a] * y, bar->dsin[a] += w[d + a] * y, bar->slope[a] += w[2 * d] * y;
}

// F_ij, and the part of (i, j) in S_i and S_j, pulled back to f' and on to r.
INLINE void pull_block(const int d, const shape *p, const weights *x, const work *k, bars *y, eight *gw, eight *gv, long i, long j, const pair *r, const num *t, eight *q, const eight *jbar, eight *xbar) {
	const long n = p->n, w = p->w, g = p->g, m = 2 * d + 1, size = n * d;
	pair bar = {0};
	eight f[9];
	for (int a = 0; a < d; a++)
		for (int c = 0; c < d; c++) {
			const eight *row = jbar + (i * d + a) * size;
			f[a * d + c] = row[i * d + c] - row[j * d + c];
		}
	for (int a = 0; a < d; a++) {
		const num *aw = k->aw + (i * d + a) * m;
		eight *awbar = y->aw + (i * d + a) * m;
		for (int c = 0; c < d; c++) {
			const eight fac = f[a * d + c];
			awbar[c] += fac * r->dcos[c], awbar[d + c] += fac * r->dsin[c], awbar[2 * d] += fac * r->slope[c];
			bar.dcos[c] += fac * V(aw[c]), bar.dsin[c] += fac * V(aw[d + c]), bar.slope[c] += fac * V(aw[2 * d]);
		}
	}
	for (long u = 0; u < g; u++) {
		const eight tu = V(t[u]);
		eight qbar = {0};
		for (int c = 0; c < d; c++) {
			const eight v = column(d, x->v + u * m, r, c);
			eight ct = {0};
			for (int a = 0; a < d; a++) {
				y->c[(i * d + a) * g + u] += f[a * d + c] * (tu * v);
				ct += f[a * d + c] * V(k->c[(i * d + a) * g + u]);
			}
			qbar += ct * v;
			pull_column(d, x->v + u * m, gv + u * m, r, &bar, c, ct * tu);
		}
		q[u] = qbar * (tu * (1.0 - tu));
	}
	for (long u = 0; u < w; u++) {
		eight tbar = {0};
		for (int c = 0; c < d; c++) {
			const eight s = (y->s[(i * d + c) * w + u] - y->s[(j * d + c) * w + u]) * (1.0 / n);
			tbar += s * column(d, x->w + u * m, r, c);
			pull_column(d, x->w + u * m, gw + u * m, r, &bar, c, s * V(k->tp[i * w + u]));
		}
		y->tp[i * w + u] += tbar;
	}
	eight rho = {0};
	for (int a = 0; a < d; a++) rho -= bar.slope[a] * r->slope[a] / r->rho;
	for (int a = 0; a < d; a++) {
		const double kk = p->kappa[a] * p->kappa[a];
		const eight b = kk * (bar.slope[a] * r->cos[a] / (4.0 * r->rho) - bar.dcos[a] * r->cos[a] - bar.dsin[a] * r->sin[a]) + rho * r->slope[a];
		xbar[i * d + a] += b;
		xbar[j * d + a] -= b;
	}
}

// q_ij and the means, pulled back to r.
INLINE void pull_pair(const int d, const shape *p, const weights *x, bars *y, eight *gv, eight *gc, long i, long j, const pair *r, const num *t, const eight *q, eight *xbar) {
	const long n = p->n, g = p->g, m = 2 * d + 1;
	eight f[7], fbar[7];
	for (int a = 0; a < d; a++) f[a] = r->cos[a], f[d + a] = r->sin[a];
	f[2 * d] = r->rho;
	for (int k = 0; k < m; k++) fbar[k] = y->m[i * m + k] * (1.0 / n);
	for (long u = 0; u < g; u++) {
		const eight qbar = q[u] + V(t[u]) * y->g[i * g + u] * (1.0 / n);
		gc[u] += qbar;
		for (int k = 0; k < m; k++) gv[u * m + k] += qbar * f[k], fbar[k] += x->v[u * m + k] * qbar;
	}
	for (int a = 0; a < d; a++) {
		const eight b = fbar[a] * r->dcos[a] + fbar[d + a] * r->dsin[a] + fbar[2 * d] * r->slope[a];
		xbar[i * d + a] += b;
		xbar[j * d + a] -= b;
	}
}

// y += a b^T
INLINE void outer(long rows, long cols, eight *y, const eight *a, const num *b) {
	for (long i = 0; i < rows; i++)
		for (long j = 0; j < cols; j++) y[i * cols + j] += a[i] * V(b[j]);
}

// x += W^T y
INLINE void back(long rows, long cols, eight *x, const double *w, const eight *y) {
	for (long j = 0; j < cols; j++) {
		eight sum = x[j];
		for (long i = 0; i < rows; i++) sum += w[i * cols + j] * y[i];
		x[j] = sum;
	}
}

typedef struct {
	eight *w, *b, *v, *c, *w1, *w2, *w3, *e, *o;
} gradient;

// A_i W/N, A_i, B_i, C_i and U_i of one coordinate, pulled back.
INLINE void pull_collapsed(const int d, const shape *p, const weights *x, const work *k, bars *y, gradient *grad, long at) {
	const long n = p->n, w = p->w, g = p->g, m = 2 * d + 1, i = at / d, a = at % d;
	const double over = 1.0 / n, *o = x->o + a * w;
	const num *u = k->u + at * w, *big = k->a + at * w;
	const eight *aw = y->aw + at * m, *b = y->b + at * w, *c = y->c + at * g;
	for (long s = 0; s < w; s++) {
		eight bar = {0}, own = p->l * o[s] - (eight){0};
		for (long f = 0; f < m; f++) {
			bar += over * x->w[s * m + f] * aw[f];
			grad->w[s * m + f] += over * aw[f] * V(big[s]);
		}
		for (long r = 0; r < w; r++) own += x->w1[r * w + s] * V(u[r]);
		y->tp[i * w + s] += bar * own;
		bar *= V(k->tp[i * w + s]);
		grad->o[a * w + s] += p->l * bar;
		y->a[i * w + s] = bar; // that of lO + U_i W1
	}
	const eight *bar = y->a + i * w;
	for (long r = 0; r < w; r++) {
		eight sum = {0};
		const eight ur = V(u[r]), scaled = over * ur;
		for (long s = 0; s < w; s++) {
			sum += x->w1[r * w + s] * bar[s] + over * x->w2[r * w + s] * b[s];
			grad->w1[r * w + s] += ur * bar[s], grad->w2[r * w + s] += scaled * b[s];
		}
		for (long s = 0; s < g; s++) {
			sum += over * x->w3[r * g + s] * c[s];
			grad->w3[r * g + s] += scaled * c[s];
		}
		y->ta[i * w + r] += p->l * o[r] * sum;
		grad->o[a * w + r] += p->l * V(k->ta[i * w + r]) * sum;
	}
}

// z, s'(a_i) and s'(p_i), pulled back to m_i and to 1/N sum_j g_ij.
INLINE void pull_values(const int d, const shape *p, const weights *x, const work *k, bars *y, gradient *grad, const eight *zbar) {
	const long n = p->n, w = p->w, g = p->g, m = 2 * d + 1;
	for (long i = 0; i < n; i++) {
		eight *abar = y->a + i * w;
		for (long u = 0; u < w; u++) {
			eight bar = {0};
			const eight t = V(k->ta[i * w + u]), hidden = V(k->h[i * w + u]) + V(k->sa[i * w + u]);
			for (int a = 0; a < d; a++) {
				bar += p->l * x->o[a * w + u] * zbar[i * d + a];
				grad->o[a * w + u] += p->l * zbar[i * d + a] * hidden;
			}
			y->h[i * w + u] += bar;
			abar[u] = t * bar + t * (1.0 - t) * y->ta[i * w + u];
			grad->e[u] += abar[u];
		}
		outer(w, w, grad->w1, abar, k->h + i * w);
		outer(w, w, grad->w2, abar, k->mean);
		outer(w, g, grad->w3, abar, k->g + i * g);
		back(w, w, y->h + i * w, x->w1, abar);
		back(w, w, y->mean, x->w2, abar);
		back(w, g, y->g + i * g, x->w3, abar);
	}
	for (long i = 0; i < n; i++) {
		eight *pbar = y->p + i * w;
		for (long u = 0; u < w; u++) {
			const eight t = V(k->tp[i * w + u]);
			pbar[u] = t * (y->h[i * w + u] + y->mean[u] * (1.0 / n)) + t * (1.0 - t) * y->tp[i * w + u];
			grad->b[u] += pbar[u];
		}
		outer(w, m, grad->w, pbar, k->m + i * m);
		back(w, m, y->m + i * m, x->w, pbar);
	}
}

// B_i S_j, pulled back.
INLINE void pull_products(const int d, const shape *p, const work *k, bars *y, const eight *jbar) {
	const long n = p->n, w = p->w;
	for (long i = 0; i < n; i++)
		for (long j = 0; j < n; j++)
			for (long u = 0; u < w; u++) {
				for (int a = 0; a < d; a++) {
					eight sum = {0};
					for (int c = 0; c < d; c++) sum += jbar[(i * d + a) * n * d + j * d + c] * V(k->s[(j * d + c) * w + u]);
					y->b[(i * d + a) * w + u] += sum;
				}
				for (int c = 0; c < d; c++) {
					eight sum = {0};
					for (int a = 0; a < d; a++) sum += jbar[(i * d + a) * n * d + j * d + c] * V(k->b[(i * d + a) * w + u]);
					y->s[(j * d + c) * w + u] += sum;
				}
			}
}

INLINE void pull(const int d, const shape *p, const double *theta, const eight *zbar, const eight *jbar, eight *to, eight *xbar, double *memory, double *more) {
	const long n = p->n, g = p->g, m = 2 * d + 1;
	const weights x = split(d, p, theta);
	work k;
	bars y;
	cut_value(d, p, memory, &k);
	memset(more, 0, cut_bars(d, p, more, &y) * sizeof(double));
#define AT(f) to + (x.f - theta)
	gradient grad = {AT(w), AT(b), AT(v), AT(c), AT(w1), AT(w2), AT(w3), AT(e), AT(o)};
#undef AT
	memset(to, 0, ((x.o - theta) + d * p->w) * sizeof(eight));
	memcpy(xbar, zbar, n * d * sizeof(eight));
	if (jbar) {
		pull_products(d, p, &k, &y, jbar);
		const num *f = k.f, *slope = k.slope, *t = k.t;
		eight *q = y.q;
		for (long i = 0; i < n; i++)
			for (long j = 0; j < i; j++, f += m, slope += d, t += 2 * g, q += 2 * g) {
				pair r = pair_of(d, p, f, slope, 1.0);
				pull_block(d, p, &x, &k, &y, grad.w, grad.v, i, j, &r, t, q, jbar, xbar);
				r = pair_of(d, p, f, slope, -1.0);
				pull_block(d, p, &x, &k, &y, grad.w, grad.v, j, i, &r, t + g, q + g, jbar, xbar);
			}
		for (long at = 0; at < n * d; at++) pull_collapsed(d, p, &x, &k, &y, &grad, at);
	}
	pull_values(d, p, &x, &k, &y, &grad, zbar);
	const num *f = k.f, *slope = k.slope, *t = k.t;
	const eight *q = y.q;
	for (long i = 0; i < n; i++)
		for (long j = 0; j < i; j++, f += m, slope += d, t += 2 * g, q += 2 * g) {
			pair r = pair_of(d, p, f, slope, 1.0);
			pull_pair(d, p, &x, &y, grad.v, grad.c, i, j, &r, t, q, xbar);
			r = pair_of(d, p, f, slope, -1.0);
			pull_pair(d, p, &x, &y, grad.v, grad.c, j, i, &r, t + g, q + g, xbar);
		}
}

// lap z.
INLINE void laplacian(const int d, const shape *p, const double *theta, eight *lap, double *memory, double *more) {
	const long n = p->n, w = p->w, g = p->g, m = 2 * d + 1;
	const double over = 1.0 / n;
	const weights x = split(d, p, theta);
	work k;
	bars y;
	cut_value(d, p, memory, &k);
	memset(more, 0, cut_bars(d, p, more, &y) * sizeof(double));
	// lap m_i; sum_j W f'_ij and |grad p_i|^2; lap of the mean of g_ij
	eight *lap_m = y.m, *total = y.b, *square = y.p, *lap_g = y.g, *lap_h = y.h, *mean = y.mean;
	const num *f = k.f, *slope = k.slope, *t = k.t;
	for (long i = 0; i < n; i++)
		for (long j = 0; j < i; j++, f += m, slope += d, t += 2 * g)
			for (int back = 0; back < 2; back++) {
				const long o = back ? j : i;
				const pair r = pair_of(d, p, f, slope, back ? -1.0 : 1.0);
				eight lf[7];
				lf[2 * d] = (eight){0};
				for (int a = 0; a < d; a++) {
					const double kk = 2.0 * p->kappa[a] * p->kappa[a];
					lf[a] = -kk * r.cos[a], lf[d + a] = -kk * r.sin[a];
					lf[2 * d] += kk * r.cos[a] / (4.0 * r.rho) - 2.0 * r.slope[a] * r.slope[a] / r.rho;
				}
				for (int c = 0; c < m; c++) lap_m[o * m + c] += over * lf[c];
				for (long u = 0; u < w; u++)
					for (int a = 0; a < d; a++) {
						const eight e = over * column(d, x.w + u * m, &r, a);
						total[(o * d + a) * w + u] += e;
						square[o * w + u] += e * e;
					}
				for (long u = 0; u < g; u++) {
					const eight s = V(t[back * g + u]);
					eight lq = {0}, qq = {0};
					for (int c = 0; c < m; c++) lq += x.v[u * m + c] * lf[c];
					for (int a = 0; a < d; a++) {
						const eight e = column(d, x.v + u * m, &r, a);
						qq += e * e;
					}
					lap_g[o * g + u] += over * s * (lq + 2.0 * (1.0 - s) * qq);
				}
			}
	for (long i = 0; i < n; i++)
		for (long u = 0; u < w; u++) {
			const eight s = V(k.tp[i * w + u]);
			eight lp = {0}, pp = square[i * w + u];
			for (int c = 0; c < m; c++) lp += x.w[u * m + c] * lap_m[i * m + c];
			for (int a = 0; a < d; a++) pp += total[(i * d + a) * w + u] * total[(i * d + a) * w + u];
			lap_h[i * w + u] = s * (lp + (1.0 - s) * pp);
			mean[u] += over * lap_h[i * w + u];
		}
	// W2 S_j/N; what da_i/dx_j and da_i/dx_i have besides; |grad a_i|^2
	eight *shared = y.s, *own = y.b, *aa = y.a, *column_w = y.column, *column_g = y.column + w;
	memset(own, 0, n * d * w * sizeof(eight));
	for (long j = 0; j < n * d; j++)
		for (long u = 0; u < w; u++) {
			eight sum = {0};
			for (long v = 0; v < w; v++) sum += x.w2[u * w + v] * V(k.s[j * w + v]);
			shared[j * w + u] = over * sum;
		}
	f = k.f, slope = k.slope, t = k.t;
	for (long i = 0; i < n; i++)
		for (long j = 0; j < i; j++, f += m, slope += d, t += 2 * g)
			for (int back = 0; back < 2; back++) {
				const long o = back ? j : i, e = back ? i : j;
				const pair r = pair_of(d, p, f, slope, back ? -1.0 : 1.0);
				for (int a = 0; a < d; a++) {
					for (long v = 0; v < w; v++) column_w[v] = over * V(k.tp[o * w + v]) * column(d, x.w + v * m, &r, a);
					for (long v = 0; v < g; v++) column_g[v] = over * V(t[back * g + v]) * column(d, x.v + v * m, &r, a);
					for (long u = 0; u < w; u++) {
						eight sum = {0};
						for (long v = 0; v < w; v++) sum += x.w1[u * w + v] * column_w[v];
						for (long v = 0; v < g; v++) sum += x.w3[u * g + v] * column_g[v];
						own[(o * d + a) * w + u] += sum;
						const eight slope_a = shared[(e * d + a) * w + u] - sum;
						aa[o * w + u] += slope_a * slope_a;
					}
				}
			}
	for (long i = 0; i < n; i++) {
		for (int a = 0; a < d; a++) lap[i * d + a] = (eight){0};
		for (long u = 0; u < w; u++) {
			const eight s = V(k.ta[i * w + u]);
			eight la = {0}, sum = aa[i * w + u];
			for (long v = 0; v < w; v++) la += x.w1[u * w + v] * lap_h[i * w + v] + x.w2[u * w + v] * mean[v];
			for (long v = 0; v < g; v++) la += x.w3[u * g + v] * lap_g[i * g + v];
			for (int a = 0; a < d; a++) {
				const eight slope_a = shared[(i * d + a) * w + u] + own[(i * d + a) * w + u];
				sum += slope_a * slope_a;
			}
			const eight hidden = lap_h[i * w + u] + s * (la + (1.0 - s) * sum);
			for (int a = 0; a < d; a++) lap[i * d + a] += p->l * x.o[a * w + u] * hidden;
		}
	}
}

#define IN_DIM(f, ...) \
	if (d == 2) f(2, __VA_ARGS__); \
	else f(3, __VA_ARGS__);

long hh_equivariant_pull_memory(long d, const shape *p) {
	bars y;
	return cut_bars(d, p, 0, &y);
}

CLONES void hh_equivariant_pull(long d, const shape *p, const double *theta, const double *zbar, const double *jbar, double *grad, double *xbar, double *memory, double *more) {
	IN_DIM(pull, p, theta, (const eight *)zbar, (const eight *)jbar, (eight *)grad, (eight *)xbar, memory, more)
}

CLONES void hh_equivariant_laplacian(long d, const shape *p, const double *theta, double *lap, double *memory, double *more) {
	IN_DIM(laplacian, p, theta, (eight *)lap, memory, more)
}
