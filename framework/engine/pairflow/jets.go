package pairflow

import "github.com/helmholtz-physics/helmholtz/framework/engine/kernels"

// jet is a number and its first two derivatives along a line, of eight configurations.
type jet [3]eight

// times adds scale a b to y.
func (y *jet) times(scale float64, a, b *jet) {
	for c := range width {
		y[0][c] += scale * a[0][c] * b[0][c]
		y[1][c] += scale * (a[1][c]*b[0][c] + a[0][c]*b[1][c])
		y[2][c] += scale * (a[2][c]*b[0][c] + 2*a[1][c]*b[1][c] + a[0][c]*b[2][c])
	}
}

// of sets y to F(a) from F, F' and F” at a.
func (y *jet) of(a *jet, f, df, ddf *eight) {
	for c := range width {
		y[0][c] = f[c]
		y[1][c] = df[c] * a[1][c]
		y[2][c] = df[c]*a[2][c] + ddf[c]*a[1][c]*a[1][c]
	}
}

// jets are what Along computes with: matrices and coordinates in their three orders.
type jets struct {
	x, next         [3][]eight
	layer, all, old [3][]eight
	eta             [4][]float64 // and its derivatives
}

func newJets(w *Work) (j jets) {
	size := w.Size()
	for k := range 3 {
		j.x[k], j.next[k] = make([]eight, size), make([]eight, size)
		j.layer[k], j.all[k], j.old[k] = make([]eight, size*size), make([]eight, size*size), make([]eight, size*size)
	}
	for k := range j.eta {
		j.eta[k] = make([]float64, len(w.pairs)*width)
	}
	return j
}

// Along writes J and its first two derivatives along the line x + t v, of element ij at
// (i n d + j)*24, 8 numbers each. It follows Forward.
func (w *Work) Along(jac, v []float64) {
	size, j := w.Size(), &w.jets
	need("v", len(v), size*width)
	need("J", len(jac), 3*size*size*width)
	copy(j.x[0], w.layers[0].x)
	load(j.x[1], v)
	clear(j.x[2])
	for l := range w.layers {
		of := &w.layers[l]
		w.radialJets(l)
		w.moveJets(of)
		j.x, j.next = j.next, j.x
		if l == 0 {
			j.all, j.layer = j.layer, j.all
			continue
		}
		j.old, j.all = j.all, j.old
		for k := range j.all {
			clear(j.all[k])
		}
		for _, term := range [...]struct {
			to, a, b int
			scale    float64
		}{{0, 0, 0, 1}, {1, 1, 0, 1}, {1, 0, 1, 1}, {2, 2, 0, 1}, {2, 1, 1, 2}, {2, 0, 2, 1}} {
			multiply(j.all[term.to], j.layer[term.a], j.old[term.b], size, term.scale)
		}
	}
	for i := range size * size {
		for k := range 3 {
			copy(jac[(3*i+k)*width:], j.all[k][i][:])
		}
	}
}

// radialJets sets eta of a layer's pairs and its derivatives in rho/l.
func (w *Work) radialJets(l int) {
	e := &w.jets.eta
	for g, s := range w.spans {
		kernels.RadialJet(w.radial(), e[0][s.from:s.to], e[1][s.from:s.to], e[2][s.from:s.to], e[3][s.from:s.to], w.layers[l].q[s.from:s.to], nil, w.functions[w.function(l, g)])
	}
}

// moveJets is move of jets.
func (w *Work) moveJets(of *layer) {
	j, d := &w.jets, w.Dim
	for k := range 3 {
		copy(j.next[k], j.x[k])
		clear(j.layer[k])
	}
	identity(j.layer[0], w.Size())
	for p, pair := range w.pairs {
		u, c, eta, zeta := w.pairJets(of, p)
		for a := range d {
			var f jet
			f.times(w.h, &eta, &u[a])
			for k := range 3 {
				at, away := &j.next[k][pair[0]*d+a], &j.next[k][pair[1]*d+a]
				for i, x := range f[k] {
					at[i] += x
					away[i] -= x
				}
			}
			var right jet // zeta u_a
			right.times(w.h, &zeta, &u[a])
			for b := range d {
				var slope jet
				slope.times(1, &right, &u[b])
				if a == b {
					slope.times(w.h, &eta, &c[a])
				}
				for k := range 3 {
					w.addBlock(j.layer[k], pair, a, b, &slope[k])
				}
			}
		}
	}
}

// pairJets are u, c, eta and zeta of pair p, with r' and r” those of its ends: u' = c r',
// c' = -(2 pi/L)^2 u r', and (rho^2)' = 2 u.r'.
func (w *Work) pairJets(of *layer, p int) (u, c [3]jet, eta, zeta jet) {
	j, d, pair := &w.jets, w.Dim, w.pairs[p]
	var square [3]eight // its two derivatives, halved, at 1 and 2
	for a, wave := range w.wave {
		u[a][0], c[a][0] = of.u[p*d+a], of.c[p*d+a]
		for i := range width {
			r1 := j.x[1][pair[0]*d+a][i] - j.x[1][pair[1]*d+a][i]
			r2 := j.x[2][pair[0]*d+a][i] - j.x[2][pair[1]*d+a][i]
			u0, c0, k2 := u[a][0][i], c[a][0][i], wave*wave
			u[a][1][i], u[a][2][i] = c0*r1, c0*r2-k2*u0*r1*r1
			c[a][1][i], c[a][2][i] = -k2*u0*r1, -k2*(c0*r1*r1+u0*r2)
			square[1][i] += u0 * r1
			square[2][i] += c0*r1*r1 + u0*r2
		}
	}
	var q jet
	var f [4]eight
	l2 := w.length * w.length
	var g, dg, ddg eight
	for i := range width {
		at := p*width + i
		q0 := of.q[at]
		q1 := square[1][i] / (l2 * q0)
		q[0][i], q[1][i], q[2][i] = q0, q1, (square[2][i]/l2-q1*q1)/q0
		for k := range f {
			f[k][i] = j.eta[k][at]
		}
		g[i] = f[1][i] / (l2 * q0)
		dg[i] = (f[2][i] - f[1][i]/q0) / (l2 * q0)
		ddg[i] = (f[3][i] - 2*(f[2][i]-f[1][i]/q0)/q0) / (l2 * q0)
	}
	eta.of(&q, &f[0], &f[1], &f[2])
	zeta.of(&q, &g, &dg, &ddg)
	return u, c, eta, zeta
}
