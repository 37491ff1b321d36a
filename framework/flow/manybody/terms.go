package manybody

import (
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/engine/kernels"
)

// of returns the row of vector i.
func (on *VelocityOn) of(rows []float64, i int) []float64 { return rows[i*on.n : (i+1)*on.n] }

// measure fills in vector i and its rho.
func (on *VelocityOn) measure(s *terms, i int, d vector, t, x []float64) {
	square, rho := on.of(s.square, i), on.of(s.rho, i)
	clear(square)
	for a := range on.dim {
		delta := on.of(s.delta, i*on.dim+a)
		copy(delta, on.row(x, d.a, a))
		if d.b != none {
			for j, y := range on.row(x, d.b, a) {
				delta[j] -= y
			}
		}
		for j, y := range delta {
			square[j] += y * y
		}
	}
	for j, y := range square {
		rho[j] = math.Sqrt(y + on.square)
	}
	if s.time != nil {
		copy(on.of(s.time, i), t)
	}
}

// add adds vector i's share to the velocity and its divergence.
func (on *VelocityOn) add(s *terms, i int, d vector, weight float64, v, div []float64) {
	f, df, square, rho := on.of(s.f, i), on.of(s.df, i), on.of(s.square, i), on.of(s.rho, i)
	for a := range on.dim {
		delta, va := on.of(s.delta, i*on.dim+a), on.row(v, d.a, a)
		for j, y := range delta {
			va[j] += f[j] * y
		}
		if d.b != none {
			vb := on.row(v, d.b, a)
			for j, y := range delta {
				vb[j] -= f[j] * y
			}
		}
	}
	for j := range div {
		div[j] += weight * (df[j]*square[j]/rho[j] + float64(on.dim)*f[j])
	}
}

// Pull implements ode.Field. For each vector D from b to a, with m = weight,
// what v and div contain is
//
//	f (vbar_a - vbar_b) . D + m divbar (f' D^2/rho + d f)
//
// whose derivatives in f, f', rho and D^2 are pulled back to D.
func (on *VelocityOn) Pull(slot int, xbar, vbar, divbar []float64, theta bool) {
	clear(xbar)
	if divbar == nil {
		divbar = on.zeros
	}
	for k, s := range on.sums {
		terms := &on.slots[slot][k]
		m := len(s.vectors) * on.n
		for i, d := range s.vectors {
			on.pullValues(terms, i, d, s.weight, vbar, divbar)
		}
		rhobar, fbar, dfbar := on.rhobar[:m], on.fbar[:m], on.dfbar[:m]
		switch {
		case !theta:
			kernels.RadialBackward(s.f, rhobar, nil, fbar, dfbar, terms.rho, terms.time, s.param.Val)
		case on.apart:
			kernels.RadialBackwardEach(s.f, rhobar, on.each[k].Grad, fbar, dfbar, terms.rho, terms.time, s.param.Val, on.n)
		default:
			kernels.RadialBackward(s.f, rhobar, s.param.Grad, fbar, dfbar, terms.rho, terms.time, s.param.Val)
		}
		if xbar == nil {
			continue
		}
		for i, d := range s.vectors {
			on.pullVector(terms, i, d, s.weight, xbar, vbar, divbar)
		}
	}
}

// pullValues writes the cotangents of f and f'.
func (on *VelocityOn) pullValues(s *terms, i int, d vector, weight float64, vbar, divbar []float64) {
	fbar, dfbar, square, rho := on.of(on.fbar, i), on.of(on.dfbar, i), on.of(s.square, i), on.of(s.rho, i)
	for j, l := range divbar {
		fbar[j] = weight * l * float64(on.dim)
		dfbar[j] = weight * l * square[j] / rho[j]
	}
	for a := range on.dim {
		delta := on.of(s.delta, i*on.dim+a)
		for j, y := range on.row(vbar, d.a, a) {
			fbar[j] += y * delta[j]
		}
		if d.b != none {
			for j, y := range on.row(vbar, d.b, a) {
				fbar[j] -= y * delta[j]
			}
		}
	}
}

// pullVector adds the cotangent of D to those of its ends. on.rhobar has what
// comes through f and f'; D^2/rho depends on rho and on D^2 as well, and
// rho^2 = D^2 + s^2.
func (on *VelocityOn) pullVector(s *terms, i int, d vector, weight float64, xbar, vbar, divbar []float64) {
	f, df, square, rho, rhobar := on.of(s.f, i), on.of(s.df, i), on.of(s.square, i), on.of(s.rho, i), on.of(on.rhobar, i)
	for j, l := range divbar {
		through := weight * l * df[j] / rho[j]
		rhobar[j] = 2*through + (rhobar[j]-through*square[j]/rho[j])/rho[j] // twice that of D^2
	}
	for a := range on.dim {
		delta, va, xa := on.of(s.delta, i*on.dim+a), on.row(vbar, d.a, a), on.row(xbar, d.a, a)
		if d.b == none {
			for j, y := range delta {
				xa[j] += f[j]*va[j] + rhobar[j]*y
			}
			continue
		}
		vb, xb := on.row(vbar, d.b, a), on.row(xbar, d.b, a)
		for j, y := range delta {
			bar := f[j]*(va[j]-vb[j]) + rhobar[j]*y
			xa[j] += bar
			xb[j] -= bar
		}
	}
}
