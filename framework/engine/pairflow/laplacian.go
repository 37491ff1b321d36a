package pairflow

// Laplacian writes lap z. It follows Forward. Through a layer, with G = J J^T and lap x of what
// came before it, and for each pair W = G_ii - G_ij - G_ji + G_jj and v = lap x_i - lap x_j,
//
//	lap f_a = sum_b D_ab v_b + sum_bc W_bc d2 f_a/dr_b dr_c,   f = eta u
//	sum_bc W_bc d2 f_a = 2 zeta c_a (W u)_a + u_a [-(2 pi/L_a)^2 eta W_aa + zeta'/rho u.W.u + zeta sum_b c_b W_bb].
func (w *Work) Laplacian(lap []float64) {
	size := w.Size()
	need("the Laplacian", len(lap), size*width)
	clear(w.lap)
	identity(w.metric, size)
	for l := range w.layers {
		of := &w.layers[l]
		if of.before != nil {
			clear(w.metric)
			multiplyRight(w.metric, of.before, of.before, size)
		}
		w.radialJets(l)
		w.lapPairs(of)
	}
	store(lap, w.lap)
}

// lapPairs adds what a layer adds. Each pair reads lap x as it came to the layer.
func (w *Work) lapPairs(of *layer) {
	d, size, l2 := w.Dim, w.Size(), w.length*w.length
	before, d2 := w.earlier, w.jets.eta[2]
	copy(before, w.lap)
	for p, pair := range w.pairs {
		u, c := of.u[p*d:][:d], of.c[p*d:][:d]
		eta, zeta := w.functionsOf(of, p)
		for i := range width {
			at := p*width + i
			q := of.q[at]
			slope := (d2[at]/l2/q - zeta[i]/q) / (l2 * q) // zeta'/rho
			var wu, v [3]float64
			uwu, trace := 0.0, 0.0
			diagonal := [3]float64{}
			for a := range d {
				ia, ja := pair[0]*d+a, pair[1]*d+a
				v[a] = before[ia][i] - before[ja][i]
				for b := range d {
					ib, jb := pair[0]*d+b, pair[1]*d+b
					g := w.metric[ia*size+ib][i] - w.metric[ia*size+jb][i] - w.metric[ja*size+ib][i] + w.metric[ja*size+jb][i]
					wu[a] += g * u[b][i]
					if a == b {
						diagonal[a] = g
					}
				}
				uwu += u[a][i] * wu[a]
				trace += c[a][i] * diagonal[a]
			}
			uv := 0.0
			for a := range d {
				uv += u[a][i] * v[a]
			}
			for a := range d {
				k2 := w.wave[a] * w.wave[a]
				f := eta[i]*c[a][i]*v[a] + 2*zeta[i]*c[a][i]*wu[a] +
					u[a][i]*(zeta[i]*uv-k2*eta[i]*diagonal[a]+slope*uwu+zeta[i]*trace)
				w.lap[pair[0]*d+a][i] += w.h * f
				w.lap[pair[1]*d+a][i] -= w.h * f
			}
		}
	}
}
