package equivariant

// laplacian writes lap z after forward. A linear function of lap f, lap p, lap a
// is one of the terms of its equation; a function s of q has
//
//	lap s(q) = t lap q + t' |grad q|^2,   t' = t (1 - t).
//
// p_i and q_ij depend on x_i and x_j by r, so that lap f = 2 lap_r f, |grad q|^2 =
// 2 |V f'|^2 and |grad p_i|^2 = 1/N^2 (|sum_j W f'_ij|^2 + sum_j |W f'_ij|^2).
func laplacian(p *plain[[1]float64], lap []float64) {
	n, d, w, classes := p.Particles, p.Dim, p.Width, p.classes()
	g, m := classes*p.PairWidth, classes*p.features()
	over := 1 / float64(n)
	lapH, mean := make([]float64, n*w), make([]float64, w)
	lapG := make([]float64, n*g)
	df := make([][3][1]float64, d)
	for i := range n {
		lapF := make([]float64, m) // of m_i
		total, square := make([]float64, w*d), make([]float64, w)
		for j := range n {
			if i == j {
				continue
			}
			p.slopes(df, i, j)
			lapQ, class := p.lapFeatures(i, j), p.class(i, j)
			for f, v := range lapQ {
				lapF[class*len(lapQ)+f] += over * v
			}
			for u := range w {
				for a := range d {
					e := p.through(p.ofElectrons(p.p.w, u, class), a, df[a])[0]
					total[u*d+a] += e
					square[u] += e * e
				}
			}
			for u, t := range p.pair(p.t, i, j) {
				v, at := p.ofPairs(p.p.v, u, class), i*g+class*p.PairWidth+u
				lapG[at] += over * t[0] * dot(v, lapQ)
				for a := range d {
					e := p.through(v, a, df[a])[0]
					lapG[at] += over * t[0] * (1 - t[0]) * 2 * e * e
				}
			}
		}
		for u := range w {
			for _, e := range row(total, u, d) {
				square[u] += e * e
			}
			t := p.tp[i*w+u][0]
			lapH[i*w+u] = t*dot(row(p.p.w, u, m), lapF) + t*(1-t)*over*over*square[u]
			mean[u] += over * lapH[i*w+u]
		}
	}
	for i := range n {
		square := p.slopesOfA(i)
		for a := range d {
			lap[i*d+a] = 0
		}
		for u := range w {
			lapA := dot(row(p.p.w1, u, w), row(lapH, i, w)) + dot(row(p.p.w2, u, w), mean) + dot(row(p.p.w3, u, g), row(lapG, i, g))
			t := p.ta[i*w+u][0]
			for a := range d {
				lap[i*d+a] += p.l[0] * p.p.o[a*w+u] * (lapH[i*w+u] + t*lapA + t*(1-t)*square[u])
			}
		}
	}
}

func dot(a, b []float64) float64 {
	sum := 0.0
	for i, x := range a {
		sum += x * b[i]
	}
	return sum
}

// lapFeatures returns lap f_ij.
func (p *plain[T]) lapFeatures(i, j int) []float64 {
	f, d := p.pair(p.f, i, j), p.Dim
	lap, rho := make([]float64, len(f)), f[2*d][0]
	for a, k := range p.kappa {
		cos, sin := f[a][0], f[d+a][0]
		lap[a] = -2 * k * k * cos
		lap[d+a] = -2 * k * k * sin
		lap[2*d] += k * k / (2 * rho) * (cos - sin*sin/(4*rho*rho))
	}
	return lap
}

// slopesOfA returns |grad a_iu|^2, from the blocks
//
//	da_i/dx_j = W2 S_j/N - 1/N [W1 t(p_i) W f'_ij + W3 t(q_ij) V f'_ij],   j != i
//	da_i/dx_i = W2 S_i/N + 1/N sum_j [the same]
func (p *plain[T]) slopesOfA(i int) []float64 {
	n, d, w, g, classes := p.Particles, p.Dim, p.Width, p.PairWidth, p.classes()
	over := 1 / float64(n)
	square, own := make([]float64, w), make([]float64, w*d)
	df := make([][3]T, d)
	for k := range n { // i itself last
		j := (i + 1 + k) % n
		if j != i {
			p.slopes(df, i, j)
		}
		for u := range w {
			for a := range d {
				slope := 0.0
				for v := range w {
					slope += over * p.p.w2[u*w+v] * p.s[(j*w+v)*d+a][0]
				}
				if j == i {
					slope += own[u*d+a]
				} else {
					x, class := 0.0, p.class(i, j)
					for v := range w {
						x += over * p.p.w1[u*w+v] * p.tp[i*w+v][0] * p.through(p.ofElectrons(p.p.w, v, class), a, df[a])[0]
					}
					for v, t := range p.pair(p.t, i, j) {
						x += over * p.p.w3[(u*classes+class)*g+v] * t[0] * p.through(p.ofPairs(p.p.v, v, class), a, df[a])[0]
					}
					own[u*d+a] += x
					slope -= x
				}
				square[u] += slope * slope
			}
		}
	}
	return square
}
