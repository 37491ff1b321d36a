package pairflow

import "github.com/helmholtz-physics/helmholtz/framework/engine/kernels"

// bars are what Pull computes with: cotangents of x, of a layer's Jacobian, and of the product.
type bars struct {
	x, out                []eight
	jac, product, through []eight
	u, c                  []eight
	q, direct, eta, deta  []float64
}

func newBars(w *Work) bars {
	size, n := w.Size(), len(w.pairs)
	return bars{x: make([]eight, size), out: make([]eight, size),
		jac: make([]eight, size*size), product: make([]eight, size*size), through: make([]eight, size*size),
		u: make([]eight, n*w.Dim), c: make([]eight, n*w.Dim),
		q: make([]float64, n*width), direct: make([]float64, n*width), eta: make([]float64, n*width), deta: make([]float64, n*width)}
}

// Pull writes the derivatives of
//
//	sum_i zbar_i z_i + sum_ij jbar_ij J_ij
//
// in theta into grad, eight numbers for each parameter, and those in x into xbar. jbar may be nil
// for zero. It follows Forward. Back through J = J_l P_(l-1),
//
//	Jbar_l = Jbar P_(l-1)^T,   Pbar_(l-1) = J_l^T Jbar.
func (w *Work) Pull(grad, xbar, zbar, jbar []float64) {
	size, b, weights := w.Size(), &w.bars, w.radial().Weights()*width
	need("the gradient", len(grad), w.params*width)
	need("xbar", len(xbar), size*width)
	need("zbar", len(zbar), size*width)
	clear(grad)
	load(b.x, zbar)
	clear(b.product)
	if jbar != nil {
		need("jbar", len(jbar), size*size*width)
		load(b.product, jbar)
	}
	for l := len(w.layers) - 1; l >= 0; l-- {
		of := &w.layers[l]
		switch {
		case of.before == nil:
			copy(b.jac, b.product)
		case jbar != nil:
			clear(b.jac)
			multiplyRight(b.jac, b.product, of.before, size)
			clear(b.through)
			multiplyLeft(b.through, of.jac, b.product, size)
			b.product, b.through = b.through, b.product
		}
		if jbar == nil {
			clear(b.jac)
		}
		w.pullValues(of)
		for g, s := range w.spans {
			k := w.function(l, g)
			kernels.RadialBackwardEach(w.radial(), b.q[s.from:s.to], grad[k*weights:(k+1)*weights], b.eta[s.from:s.to], b.deta[s.from:s.to], of.q[s.from:s.to], nil, w.functions[k], width)
		}
		for i, v := range b.direct {
			b.q[i] += v
		}
		w.pullPairs(of)
	}
	store(xbar, b.x)
}

// pullValues writes the cotangents of eta, of its slope, and of u, c and q where they stand
// beside it.
func (w *Work) pullValues(of *layer) {
	b, d, size, l2 := &w.bars, w.Dim, w.Size(), w.length*w.length
	for p, pair := range w.pairs {
		u, c, ubar, cbar := of.u[p*d:][:d], of.c[p*d:][:d], b.u[p*d:][:d], b.c[p*d:][:d]
		eta, zeta := w.functionsOf(of, p)
		for i := range width {
			at := p*width + i
			etabar, zetabar := 0.0, 0.0
			for a := range d {
				ia, ja := pair[0]*d+a, pair[1]*d+a
				fbar := w.h * (b.x[ia][i] - b.x[ja][i])
				etabar += fbar * u[a][i]
				ubar[a][i] = fbar * eta[i]
				for e := range d {
					ie, je := pair[0]*d+e, pair[1]*d+e
					bar := w.h * (b.jac[ia*size+ie][i] - b.jac[ia*size+je][i] - b.jac[ja*size+ie][i] + b.jac[ja*size+je][i])
					other := w.h * (b.jac[ie*size+ia][i] - b.jac[ie*size+ja][i] - b.jac[je*size+ia][i] + b.jac[je*size+ja][i])
					zetabar += bar * u[a][i] * u[e][i]
					ubar[a][i] += (bar + other) * zeta[i] * u[e][i]
					if a == e {
						etabar += bar * c[a][i]
						cbar[a][i] = bar * eta[i]
					}
				}
			}
			q := of.q[at]
			b.eta[at], b.deta[at], b.direct[at] = etabar, zetabar/(l2*q), -zetabar*zeta[i]/q
		}
	}
}

// pullPairs adds the cotangents of the pairs' ends: u' = c, c' = -(2 pi/L)^2 u and
// d rho/dr = u/rho.
func (w *Work) pullPairs(of *layer) {
	b, d, l2 := &w.bars, w.Dim, w.length*w.length
	for p, pair := range w.pairs {
		for a, k := range w.wave {
			u, c, ubar, cbar := &of.u[p*d+a], &of.c[p*d+a], &b.u[p*d+a], &b.c[p*d+a]
			at, away := &b.x[pair[0]*d+a], &b.x[pair[1]*d+a]
			for i := range width {
				q := p*width + i
				r := ubar[i]*c[i] - k*k*cbar[i]*u[i] + b.q[q]*u[i]/(l2*of.q[q])
				at[i] += r
				away[i] -= r
			}
		}
	}
}
