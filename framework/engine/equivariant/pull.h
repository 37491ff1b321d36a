// The reverse of forward.h: that of plain_pull.go on eight configurations. Ordered pairs
// (i, j) stand as in forward.h: of i > j first this one, then (j, i).

#define V(x) ((x).c[0])

typedef num_value num;
typedef work_value work;

// Cotangents: of the gradient's weights, and of what forward.h keeps.
typedef struct {
	lane *tp, *ta, *p, *h, *a, *q, *m, *g, *mean, *b, *c, *aw, *s;
	lane *column; // of laplacian
} bars;

INLINE long cut_bars(const int d, const shape *p, double *memory, bars *k) {
	const long n = p->n, w = p->w, g = classes(p) * p->g, m = classes(p) * (2 * d + 1);
	long at = 0;
#define CUT(name, count) k->name = (lane *)(memory + at), at += (count) * LANES
	CUT(tp, n * w);
	CUT(ta, n * w);
	CUT(p, n * w);
	CUT(h, n * w);
	CUT(a, n * w);
	CUT(q, n * (n - 1) * p->g);
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
	lane dcos[3], dsin[3], slope[3], cos[3], sin[3], rho;
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
INLINE lane column(const int d, const double *w, const pair *r, int a) {
	return w[a] * r->dcos[a] + w[d + a] * r->dsin[a] + w[2 * d] * r->slope[a];
}

// Its reverse.
INLINE void pull_column(const int d, const double *w, lane *grad, const pair *r, pair *bar, int a, lane y) {
	grad[a] += y * r->dcos[a], grad[d + a] += y * r->dsin[a], grad[2 * d] += y * r->slope[a];
	bar->dcos[a] += w[a] * y, bar->dsin[a] += w[d + a] * y, bar->slope[a] += w[2 * d] * y;
}

// F_ij, and the part of (i, j) in S_i and S_j, pulled back to f' and on to r.
INLINE void pull_block(const int d, const shape *p, const weights *x, const work *k, bars *y, lane *gw, lane *gv, long i, long j, const pair *r, const num *t, lane *q, const lane *jbar, lane *xbar) {
	const long n = p->n, w = p->w, g = p->g, m = 2 * d + 1, size = n * d, all = classes(p), class = class_of(p, i, j);
	pair bar = {0};
	lane f[9];
	for (int a = 0; a < d; a++)
		for (int c = 0; c < d; c++) {
			const lane *row = jbar + (i * d + a) * size;
			f[a * d + c] = row[i * d + c] - row[j * d + c];
		}
	for (int a = 0; a < d; a++) {
		const num *aw = k->aw + ((i * d + a) * all + class) * m;
		lane *awbar = y->aw + ((i * d + a) * all + class) * m;
		for (int c = 0; c < d; c++) {
			const lane fac = f[a * d + c];
			awbar[c] += fac * r->dcos[c], awbar[d + c] += fac * r->dsin[c], awbar[2 * d] += fac * r->slope[c];
			bar.dcos[c] += fac * V(aw[c]), bar.dsin[c] += fac * V(aw[d + c]), bar.slope[c] += fac * V(aw[2 * d]);
		}
	}
	for (long u = 0; u < g; u++) {
		const lane tu = V(t[u]);
		const long row = (class * g + u) * m;
		lane qbar = {0};
		for (int c = 0; c < d; c++) {
			const lane v = column(d, x->v + row, r, c);
			lane ct = {0};
			for (int a = 0; a < d; a++) {
				y->c[((i * d + a) * all + class) * g + u] += f[a * d + c] * (tu * v);
				ct += f[a * d + c] * V(k->c[((i * d + a) * all + class) * g + u]);
			}
			qbar += ct * v;
			pull_column(d, x->v + row, gv + row, r, &bar, c, ct * tu);
		}
		q[u] = qbar * (tu * (1.0 - tu));
	}
	for (long u = 0; u < w; u++) {
		const long row = (u * all + class) * m;
		lane tbar = {0};
		for (int c = 0; c < d; c++) {
			const lane s = (y->s[(i * d + c) * w + u] - y->s[(j * d + c) * w + u]) * (1.0 / n);
			tbar += s * column(d, x->w + row, r, c);
			pull_column(d, x->w + row, gw + row, r, &bar, c, s * V(k->tp[i * w + u]));
		}
		y->tp[i * w + u] += tbar;
	}
	lane rho = {0};
	for (int a = 0; a < d; a++) rho -= bar.slope[a] * r->slope[a] / r->rho;
	for (int a = 0; a < d; a++) {
		const double kk = p->kappa[a] * p->kappa[a];
		const lane b = kk * (bar.slope[a] * r->cos[a] / (4.0 * r->rho) - bar.dcos[a] * r->cos[a] - bar.dsin[a] * r->sin[a]) + rho * r->slope[a];
		xbar[i * d + a] += b;
		xbar[j * d + a] -= b;
	}
}

// q_ij and the means, pulled back to r.
INLINE void pull_pair(const int d, const shape *p, const weights *x, bars *y, lane *gv, lane *gc, long i, long j, const pair *r, const num *t, const lane *q, lane *xbar) {
	const long n = p->n, g = p->g, m = 2 * d + 1, class = class_of(p, i, j), at = i * classes(p) + class;
	lane f[7], fbar[7];
	for (int a = 0; a < d; a++) f[a] = r->cos[a], f[d + a] = r->sin[a];
	f[2 * d] = r->rho;
	for (int k = 0; k < m; k++) fbar[k] = y->m[at * m + k] * (1.0 / n);
	for (long u = 0; u < g; u++) {
		const lane qbar = q[u] + V(t[u]) * y->g[at * g + u] * (1.0 / n);
		const long row = (class * g + u) * m;
		gc[class * g + u] += qbar;
		for (int k = 0; k < m; k++) gv[row + k] += qbar * f[k], fbar[k] += x->v[row + k] * qbar;
	}
	for (int a = 0; a < d; a++) {
		const lane b = fbar[a] * r->dcos[a] + fbar[d + a] * r->dsin[a] + fbar[2 * d] * r->slope[a];
		xbar[i * d + a] += b;
		xbar[j * d + a] -= b;
	}
}

// y += a b^T
INLINE void outer(long rows, long cols, lane *y, const lane *a, const num *b) {
	for (long i = 0; i < rows; i++)
		for (long j = 0; j < cols; j++) y[i * cols + j] += a[i] * V(b[j]);
}

// x += W^T y
INLINE void back(long rows, long cols, lane *x, const double *w, const lane *y) {
	for (long j = 0; j < cols; j++) {
		lane sum = x[j];
		for (long i = 0; i < rows; i++) sum += w[i * cols + j] * y[i];
		x[j] = sum;
	}
}

typedef struct {
	lane *w, *b, *v, *c, *w1, *w2, *w3, *e, *o;
} gradient;

// A_i W/N, A_i, B_i, C_i and U_i of one coordinate, pulled back.
INLINE void pull_collapsed(const int d, const shape *p, const weights *x, const work *k, bars *y, gradient *grad, long at) {
	const long n = p->n, w = p->w, g = classes(p) * p->g, m = classes(p) * (2 * d + 1), i = at / d, a = at % d;
	const double over = 1.0 / n, *o = x->o + a * w;
	const num *u = k->u + at * w, *big = k->a + at * w;
	const lane *aw = y->aw + at * m, *b = y->b + at * w, *c = y->c + at * g;
	for (long s = 0; s < w; s++) {
		lane bar = {0}, own = p->l * o[s] - (lane){0};
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
	const lane *bar = y->a + i * w;
	for (long r = 0; r < w; r++) {
		lane sum = {0};
		const lane ur = V(u[r]), scaled = over * ur;
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
INLINE void pull_values(const int d, const shape *p, const weights *x, const work *k, bars *y, gradient *grad, const lane *zbar) {
	const long n = p->n, w = p->w, g = classes(p) * p->g, m = classes(p) * (2 * d + 1);
	for (long i = 0; i < n; i++) {
		lane *abar = y->a + i * w;
		for (long u = 0; u < w; u++) {
			lane bar = {0};
			const lane t = V(k->ta[i * w + u]), hidden = V(k->h[i * w + u]) + V(k->sa[i * w + u]);
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
		lane *pbar = y->p + i * w;
		for (long u = 0; u < w; u++) {
			const lane t = V(k->tp[i * w + u]);
			pbar[u] = t * (y->h[i * w + u] + y->mean[u] * (1.0 / n)) + t * (1.0 - t) * y->tp[i * w + u];
			grad->b[u] += pbar[u];
		}
		outer(w, m, grad->w, pbar, k->m + i * m);
		back(w, m, y->m + i * m, x->w, pbar);
	}
}

// B_i S_j, pulled back.
INLINE void pull_products(const int d, const shape *p, const work *k, bars *y, const lane *jbar) {
	const long n = p->n, w = p->w;
	for (long i = 0; i < n; i++)
		for (long j = 0; j < n; j++)
			for (long u = 0; u < w; u++) {
				for (int a = 0; a < d; a++) {
					lane sum = {0};
					for (int c = 0; c < d; c++) sum += jbar[(i * d + a) * n * d + j * d + c] * V(k->s[(j * d + c) * w + u]);
					y->b[(i * d + a) * w + u] += sum;
				}
				for (int c = 0; c < d; c++) {
					lane sum = {0};
					for (int a = 0; a < d; a++) sum += jbar[(i * d + a) * n * d + j * d + c] * V(k->b[(i * d + a) * w + u]);
					y->s[(j * d + c) * w + u] += sum;
				}
			}
}

INLINE void pull(const int d, const shape *p, const double *theta, const lane *zbar, const lane *jbar, lane *to, lane *xbar, double *memory, double *more) {
	const long n = p->n, g = p->g, m = 2 * d + 1;
	const weights x = split(d, p, theta);
	work k;
	bars y;
	cut_value(d, p, memory, &k);
	memset(more, 0, cut_bars(d, p, more, &y) * sizeof(double));
#define AT(f) to + (x.f - theta)
	gradient grad = {AT(w), AT(b), AT(v), AT(c), AT(w1), AT(w2), AT(w3), AT(e), AT(o)};
#undef AT
	memset(to, 0, parameters(d, p) * sizeof(lane));
	memcpy(xbar, zbar, n * d * sizeof(lane));
	if (jbar) {
		pull_products(d, p, &k, &y, jbar);
		const num *f = k.f, *slope = k.slope, *t = k.t;
		lane *q = y.q;
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
	const lane *q = y.q;
	for (long i = 0; i < n; i++)
		for (long j = 0; j < i; j++, f += m, slope += d, t += 2 * g, q += 2 * g) {
			pair r = pair_of(d, p, f, slope, 1.0);
			pull_pair(d, p, &x, &y, grad.v, grad.c, i, j, &r, t, q, xbar);
			r = pair_of(d, p, f, slope, -1.0);
			pull_pair(d, p, &x, &y, grad.v, grad.c, j, i, &r, t + g, q + g, xbar);
		}
}

#if LEVEL == 0
long hh_equivariant_pull_memory(long d, const shape *p) {
	bars y;
	const long size = p->n * d;
	return PARTS * cut_bars(d, p, 0, &y) + 8 * (2 * size + size * size + parameters(d, p));
}
#endif

KERNEL(equivariant_pull, (d, p, theta, zbar, jbar, grad, xbar, memory, more), long d, const shape *p, const double *theta, const double *zbar, const double *jbar, double *grad, double *xbar, double *memory, double *more) {
	const long size = p->n * d, each = cut_value(d, p, 0, &(work){0});
	for (long part = 0; part < PARTS; part++, memory += each) {
		double *room = more + cut_bars(d, p, 0, &(bars){0});
		const lane *z = take(zbar, size, part, &room), *j = jbar ? take(jbar, size * size, part, &room) : 0;
		lane *to = place(grad, parameters(d, p), &room), *x = place(xbar, size, &room);
		IN_DIM(pull, p, theta, z, j, to, x, memory, more)
		give(grad, to, parameters(d, p), part);
		give(xbar, x, size, part);
	}
}
