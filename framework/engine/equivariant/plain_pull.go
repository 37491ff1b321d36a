package equivariant

// pull is the reverse of forward: of the function
//
//	sum_i zbar_i z_i + sum_ij jbar_ij J_ij
//
// it adds the derivatives in the parameters to grad and those in x to xbar. jbar
// may be nil for zero. Names end in Bar for the cotangent of what stands
// before it.
type pull struct {
	*plain[[1]float64]
	grad weights

	tpBar, taBar, pBar, hBar, aBar []float64
	qBar                           []float64 // of each ordered pair
	mBar, gBar, meanBar            []float64
	bBar, cBar, awBar, sBar        []float64
}

func newPull(p *plain[[1]float64], grad []float64) *pull {
	n, d, w, classes := p.Particles, p.Dim, p.Width, p.classes()
	f, g := classes*p.features(), classes*p.PairWidth
	r := &pull{plain: p, grad: p.weights(grad)}
	for _, s := range []struct {
		to   *[]float64
		size int
	}{
		{&r.tpBar, n * w}, {&r.taBar, n * w}, {&r.pBar, n * w}, {&r.hBar, n * w}, {&r.aBar, n * w}, {&r.qBar, n * n * p.PairWidth},
		{&r.mBar, n * f}, {&r.gBar, n * g}, {&r.meanBar, w},
		{&r.bBar, n * d * w}, {&r.cBar, n * d * g}, {&r.awBar, n * d * f}, {&r.sBar, n * w * d},
	} {
		*s.to = make([]float64, s.size)
	}
	return r
}

func (p *pull) run(xbar, zbar, jbar []float64) {
	if jbar != nil {
		p.products(jbar)
		p.blocks(xbar, jbar)
		p.collapsed()
	}
	p.values(zbar)
	p.pairs(xbar)
	for i, b := range zbar {
		xbar[i] += b
	}
}

// outer adds a b^T to the matrix y.
func outer(y, a, b []float64) {
	for i, v := range a {
		for j, w := range b {
			y[i*len(b)+j] += v * w
		}
	}
}

// back adds W^T y to x.
func back(x, w, y []float64) {
	for i, v := range y {
		for j := range x {
			x[j] += w[i*len(x)+j] * v
		}
	}
}

// products pulls back B_i S_j.
func (p *pull) products(jbar []float64) {
	n, d, w := p.Particles, p.Dim, p.Width
	for i := range n * d {
		for j := range n * d {
			bar := jbar[i*n*d+j]
			for u := range w {
				s := (j/d*w+u)*d + j%d
				p.bBar[i*w+u] += bar * p.s[s][0]
				p.sBar[s] += bar * p.b[i*w+u][0]
			}
		}
	}
}

// blocks pulls back S_j and F_ij, of each ordered pair, to f'.
func (p *pull) blocks(xbar, jbar []float64) {
	n, d := p.Particles, p.Dim
	df, dfBar := make([][3][1]float64, d), make([][3]float64, d)
	fBar := make([]float64, d*d)
	for i := range n {
		for j := range n {
			if i == j {
				continue
			}
			for k := range d * d {
				r := (i*d + k/d) * n * d
				fBar[k] = jbar[r+i*d+k%d] - jbar[r+j*d+k%d]
			}
			p.slopes(df, i, j)
			clear(dfBar)
			p.block(df, dfBar, fBar, i, j)
			p.sum(df, dfBar, i, j)
			p.curve(xbar, dfBar, i, j)
		}
	}
}

// block pulls back F_ij = (A_i W/N + C_i t(q_ij) V) f'_ij.
func (p *pull) block(df [][3][1]float64, dfBar [][3]float64, fBar []float64, i, j int) {
	d, g, m, class := p.Dim, p.PairWidth, p.features(), p.class(i, j)
	at := func(a int) int { return (i*d+a)*p.classes() + class }
	for a := range d {
		aw, awBar := row(p.aw, at(a), m), row(p.awBar, at(a), m)
		for c := range d {
			for k, at := range [...]int{c, d + c, 2 * d} {
				awBar[at] += fBar[a*d+c] * df[c][k][0]
				dfBar[c][k] += fBar[a*d+c] * aw[at][0]
			}
		}
	}
	t, qBar := p.pair(p.t, i, j), row(p.qBar, i*p.Particles+j, g)
	for u := range g {
		for c := range d {
			v, ct := p.through(p.ofPairs(p.p.v, u, class), c, df[c])[0], 0.0
			for a := range d {
				p.cBar[at(a)*g+u] += fBar[a*d+c] * t[u][0] * v
				ct += fBar[a*d+c] * p.c[at(a)*g+u][0]
			}
			qBar[u] += ct * v * t[u][0] * (1 - t[u][0])
			p.pullThrough(p.ofPairs(p.p.v, u, class), p.ofPairs(p.grad.v, u, class), c, df[c], &dfBar[c], ct*t[u][0])
		}
	}
}

// sum pulls back t(p_i) W f'_ij/N, which is in S_i and, negative, in S_j.
func (p *pull) sum(df [][3][1]float64, dfBar [][3]float64, i, j int) {
	d, w, class := p.Dim, p.Width, p.class(i, j)
	for u := range w {
		weights := p.ofElectrons(p.p.w, u, class)
		for c := range d {
			bar := (p.sBar[(i*w+u)*d+c] - p.sBar[(j*w+u)*d+c]) / float64(p.Particles)
			p.tpBar[i*w+u] += bar * p.through(weights, c, df[c])[0]
			p.pullThrough(weights, p.ofElectrons(p.grad.w, u, class), c, df[c], &dfBar[c], bar*p.tp[i*w+u][0])
		}
	}
}

// pullThrough is the reverse of through.
func (p *pull) pullThrough(w, grad []float64, a int, df [3][1]float64, dfBar *[3]float64, bar float64) {
	for k, at := range [...]int{a, p.Dim + a, 2 * p.Dim} {
		grad[at] += bar * df[k][0]
		dfBar[k] += bar * w[at]
	}
}

// curve pulls f' back to x: f” has -k^2 cos, -k^2 sin and k_a sin_a/(4 rho).
func (p *pull) curve(xbar []float64, dfBar [][3]float64, i, j int) {
	d := p.Dim
	f := p.pair(p.f, i, j)
	rho, rhoBar := f[2*d][0], 0.0
	bar := make([]float64, d)
	for a, k := range p.kappa {
		cos, sin := f[a][0], f[d+a][0]
		bar[a] = k*k*(dfBar[a][2]*cos/(4*rho)-dfBar[a][0]*cos) - k*k*dfBar[a][1]*sin
		rhoBar -= dfBar[a][2] * k * sin / (4 * rho * rho)
	}
	for a, k := range p.kappa {
		bar[a] += rhoBar * k * f[d+a][0] / (4 * rho)
		xbar[i*d+a] += bar[a]
		xbar[j*d+a] -= bar[a]
	}
}

// collapsed pulls A_i W/N, A_i, B_i, C_i and U_i back to s'(p_i), s'(a_i) and the
// weights.
func (p *pull) collapsed() {
	n, d, w, g, m := p.Particles, p.Dim, p.Width, p.classes()*p.PairWidth, p.classes()*p.features()
	over := 1 / float64(n)
	u, big := make([]float64, w), make([]float64, w)
	bigBar, uBar := make([]float64, w), make([]float64, w)
	for at := range n * d {
		i, o, oBar := at/d, row(p.p.o, at%d, w), row(p.grad.o, at%d, w)
		for k, v := range row(p.u, at, w) {
			u[k] = v[0]
		}
		for k := range w { // A_i without t(p_i)
			big[k] = p.l[0] * o[k]
		}
		back(big, p.p.w1, u)
		clear(bigBar)
		for k := range w {
			for f, bar := range row(p.awBar, at, m) {
				bigBar[k] += over * bar * p.p.w[k*m+f]
				p.grad.w[k*m+f] += over * bar * p.a[at*w+k][0]
			}
			p.tpBar[i*w+k] += bigBar[k] * big[k]
			bigBar[k] *= p.tp[i*w+k][0]
			oBar[k] += p.l[0] * bigBar[k]
		}
		outer(p.grad.w1, u, bigBar)
		for k := range w {
			uBar[k] = dot(row(p.p.w1, k, w), bigBar)
			uBar[k] += over * dot(row(p.p.w2, k, w), row(p.bBar, at, w))
			uBar[k] += over * dot(row(p.p.w3, k, g), row(p.cBar, at, g))
			u[k] *= over
			p.taBar[i*w+k] += p.l[0] * o[k] * uBar[k]
			oBar[k] += p.l[0] * p.ta[i*w+k][0] * uBar[k]
		}
		outer(p.grad.w2, u, row(p.bBar, at, w))
		outer(p.grad.w3, u, row(p.cBar, at, g))
	}
}

// values pulls z, s'(a_i) and s'(p_i) back to p_i and to the means.
func (p *pull) values(zbar []float64) {
	n, d, w, g, m := p.Particles, p.Dim, p.Width, p.classes()*p.PairWidth, p.classes()*p.features()
	over := 1 / float64(n)
	h, mean, gi, mi := make([]float64, w), make([]float64, w), make([]float64, g), make([]float64, m)
	for i := range n {
		aBar := row(p.aBar, i, w)
		for u := range w {
			t, bar := p.ta[i*w+u][0], 0.0
			h[u], mean[u] = p.h[i*w+u][0], p.mean[u][0]
			for a := range d {
				bar += p.l[0] * p.p.o[a*w+u] * zbar[i*d+a]
				p.grad.o[a*w+u] += p.l[0] * zbar[i*d+a] * (h[u] + p.sa[i*w+u][0])
			}
			p.hBar[i*w+u] += bar
			aBar[u] = t*bar + t*(1-t)*p.taBar[i*w+u]
			p.grad.e[u] += aBar[u]
		}
		for u := range g {
			gi[u] = p.g[i*g+u][0]
		}
		outer(p.grad.w1, aBar, h)
		outer(p.grad.w2, aBar, mean)
		outer(p.grad.w3, aBar, gi)
		back(row(p.hBar, i, w), p.p.w1, aBar)
		back(p.meanBar, p.p.w2, aBar)
		back(row(p.gBar, i, g), p.p.w3, aBar)
	}
	for i := range n {
		pBar := row(p.pBar, i, w)
		for u := range w {
			t := p.tp[i*w+u][0]
			pBar[u] = t*(p.hBar[i*w+u]+over*p.meanBar[u]) + t*(1-t)*p.tpBar[i*w+u]
			p.grad.b[u] += pBar[u]
		}
		for f := range m {
			mi[f] = p.m[i*m+f][0]
		}
		outer(p.grad.w, pBar, mi)
		back(row(p.mBar, i, m), p.p.w, pBar)
	}
}

// pairs pulls q_ij and the means back to x.
func (p *pull) pairs(xbar []float64) {
	n, d, g, m := p.Particles, p.Dim, p.PairWidth, p.features()
	over := 1 / float64(n)
	f, fBar := make([]float64, m), make([]float64, m)
	df := make([][3][1]float64, d)
	for i := range n {
		for j := range n {
			if i == j {
				continue
			}
			qBar, class := row(p.qBar, i*n+j, g), p.class(i, j)
			at, own := i*p.classes()+class, class*g
			for u, t := range p.pair(p.t, i, j) {
				qBar[u] += over * t[0] * p.gBar[at*g+u]
				p.grad.c[own+u] += qBar[u]
			}
			for k, v := range p.pair(p.f, i, j) {
				f[k], fBar[k] = v[0], over*p.mBar[at*m+k]
			}
			outer(p.grad.v[own*m:], qBar, f)
			back(fBar, p.p.v[own*m:], qBar)
			p.slopes(df, i, j)
			for a := range d {
				bar := fBar[a]*df[a][0][0] + fBar[d+a]*df[a][1][0] + fBar[2*d]*df[a][2][0]
				xbar[i*d+a] += bar
				xbar[j*d+a] -= bar
			}
		}
	}
}
