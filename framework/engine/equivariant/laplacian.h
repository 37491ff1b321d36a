// The Laplacian of z: that of plain_laplacian.go on eight configurations, from what
// forward.h keeps, with the pairs of pull.h.

INLINE void laplacian(const int d, const shape *p, const double *theta, lane *lap, double *memory, double *more) {
	const long n = p->n, w = p->w, g = p->g, m = 2 * d + 1, kinds = classes(p), all_m = kinds * m, all_g = kinds * g;
	const double over = 1.0 / n;
	const weights x = split(d, p, theta);
	work k;
	bars y;
	cut_value(d, p, memory, &k);
	memset(more, 0, cut_bars(d, p, more, &y) * sizeof(double));
	// lap m_i; sum_j W f'_ij and |grad p_i|^2; lap of the mean of g_ij
	lane *lap_m = y.m, *total = y.b, *square = y.p, *lap_g = y.g, *lap_h = y.h, *mean = y.mean;
	const num *f = k.f, *slope = k.slope, *t = k.t;
	for (long i = 0; i < n; i++)
		for (long j = 0; j < i; j++, f += m, slope += d, t += 2 * g)
			for (int back = 0; back < 2; back++) {
				const long o = back ? j : i, class = class_of(p, i, j), to = o * kinds + class;
				const pair r = pair_of(d, p, f, slope, back ? -1.0 : 1.0);
				lane lf[7];
				lf[2 * d] = (lane){0};
				for (int a = 0; a < d; a++) {
					const double kk = 2.0 * p->kappa[a] * p->kappa[a];
					lf[a] = -kk * r.cos[a], lf[d + a] = -kk * r.sin[a];
					lf[2 * d] += kk * r.cos[a] / (4.0 * r.rho) - 2.0 * r.slope[a] * r.slope[a] / r.rho;
				}
				for (int c = 0; c < m; c++) lap_m[to * m + c] += over * lf[c];
				for (long u = 0; u < w; u++)
					for (int a = 0; a < d; a++) {
						const lane e = over * column(d, x.w + u * all_m + class * m, &r, a);
						total[(o * d + a) * w + u] += e;
						square[o * w + u] += e * e;
					}
				for (long u = 0; u < g; u++) {
					const lane s = V(t[back * g + u]);
					const double *v = x.v + (class * g + u) * m;
					lane lq = {0}, qq = {0};
					for (int c = 0; c < m; c++) lq += v[c] * lf[c];
					for (int a = 0; a < d; a++) {
						const lane e = column(d, v, &r, a);
						qq += e * e;
					}
					lap_g[to * g + u] += over * s * (lq + 2.0 * (1.0 - s) * qq);
				}
			}
	for (long i = 0; i < n; i++)
		for (long u = 0; u < w; u++) {
			const lane s = V(k.tp[i * w + u]);
			lane lp = {0}, pp = square[i * w + u];
			for (int c = 0; c < all_m; c++) lp += x.w[u * all_m + c] * lap_m[i * all_m + c];
			for (int a = 0; a < d; a++) pp += total[(i * d + a) * w + u] * total[(i * d + a) * w + u];
			lap_h[i * w + u] = s * (lp + (1.0 - s) * pp);
			mean[u] += over * lap_h[i * w + u];
		}
	// W2 S_j/N; what da_i/dx_j and da_i/dx_i have besides; |grad a_i|^2
	lane *shared = y.s, *own = y.b, *aa = y.a, *column_w = y.column, *column_g = y.column + w;
	memset(own, 0, n * d * w * sizeof(lane));
	for (long j = 0; j < n * d; j++)
		for (long u = 0; u < w; u++) {
			lane sum = {0};
			for (long v = 0; v < w; v++) sum += x.w2[u * w + v] * V(k.s[j * w + v]);
			shared[j * w + u] = over * sum;
		}
	f = k.f, slope = k.slope, t = k.t;
	for (long i = 0; i < n; i++)
		for (long j = 0; j < i; j++, f += m, slope += d, t += 2 * g)
			for (int back = 0; back < 2; back++) {
				const long o = back ? j : i, e = back ? i : j, class = class_of(p, i, j);
				const pair r = pair_of(d, p, f, slope, back ? -1.0 : 1.0);
				for (int a = 0; a < d; a++) {
					for (long v = 0; v < w; v++) column_w[v] = over * V(k.tp[o * w + v]) * column(d, x.w + v * all_m + class * m, &r, a);
					for (long v = 0; v < g; v++) column_g[v] = over * V(t[back * g + v]) * column(d, x.v + (class * g + v) * m, &r, a);
					for (long u = 0; u < w; u++) {
						lane sum = {0};
						for (long v = 0; v < w; v++) sum += x.w1[u * w + v] * column_w[v];
						for (long v = 0; v < g; v++) sum += x.w3[u * all_g + class * g + v] * column_g[v];
						own[(o * d + a) * w + u] += sum;
						const lane slope_a = shared[(e * d + a) * w + u] - sum;
						aa[o * w + u] += slope_a * slope_a;
					}
				}
			}
	for (long i = 0; i < n; i++) {
		for (int a = 0; a < d; a++) lap[i * d + a] = (lane){0};
		for (long u = 0; u < w; u++) {
			const lane s = V(k.ta[i * w + u]);
			lane la = {0}, sum = aa[i * w + u];
			for (long v = 0; v < w; v++) la += x.w1[u * w + v] * lap_h[i * w + v] + x.w2[u * w + v] * mean[v];
			for (long v = 0; v < all_g; v++) la += x.w3[u * all_g + v] * lap_g[i * all_g + v];
			for (int a = 0; a < d; a++) {
				const lane slope_a = shared[(i * d + a) * w + u] + own[(i * d + a) * w + u];
				sum += slope_a * slope_a;
			}
			const lane hidden = lap_h[i * w + u] + s * (la + (1.0 - s) * sum);
			for (int a = 0; a < d; a++) lap[i * d + a] += p->l * x.o[a * w + u] * hidden;
		}
	}
}

KERNEL(equivariant_laplacian, (d, p, theta, lap, memory, more), long d, const shape *p, const double *theta, double *lap, double *memory, double *more) {
	const long size = p->n * d, each = cut_value(d, p, 0, &(work){0});
	for (long part = 0; part < PARTS; part++, memory += each) {
		double *room = more + cut_bars(d, p, 0, &(bars){0});
		lane *to = place(lap, size, &room);
		IN_DIM(laplacian, p, theta, to, memory, more)
		give(lap, to, size, part);
	}
}
