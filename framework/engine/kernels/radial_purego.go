//go:build !cgo || purego

package kernels

import (
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// unit returns a, w, c and v of one hidden unit.
func radialUnit[T tensor.Real](f Radial, weights []T, h int) (a, w, c, v T) {
	n := f.Units
	if f.Timed {
		v = weights[1+3*n+h]
	}
	return weights[1+h], weights[1+n+h], weights[1+2*n+h], v
}

func radialAt[T tensor.Real](f Radial, t []T, j int) T {
	if f.Timed {
		return t[j]
	}
	return 0
}

func radialForward[T tensor.Real](f Radial, y, dy, r, t, weights []T) {
	for j := range y {
		y[j], dy[j] = weights[0], 0
		for h := range f.Units {
			a, w, c, v := radialUnit(f, weights, h)
			p := tanh1(w*(r[j]-c) + v*radialAt(f, t, j))
			y[j] += a * p
			dy[j] += a * w * (1 - p*p)
		}
	}
}

func radialJet[T tensor.Real](f Radial, y, dy, d2y, d3y, r, t, weights []T) {
	for j := range y {
		y[j], dy[j], d2y[j], d3y[j] = weights[0], 0, 0, 0
		for h := range f.Units {
			a, w, c, v := radialUnit(f, weights, h)
			p := tanh1(w*(r[j]-c) + v*radialAt(f, t, j))
			f1 := a * w * (1 - p*p)
			y[j] += a * p
			dy[j] += f1
			d2y[j] -= 2 * w * p * f1
			d3y[j] += 2 * w * w * (3*p*p - 1) * f1
		}
	}
}

func radialBackwardEach[T tensor.Real](f Radial, rbar, dw, ybar, dybar, r, t, weights []T, n int) {
	own, times := make([]T, len(weights)), []T(nil)
	for k := range rbar {
		if f.Timed {
			times = t[k : k+1]
		}
		clear(own)
		radialBackward(f, rbar[k:k+1], own, ybar[k:k+1], dybar[k:k+1], r[k:k+1], times, weights)
		for i, v := range own {
			dw[i*n+k%n] += v
		}
	}
}

func radialBackward[T tensor.Real](f Radial, rbar, dw, ybar, dybar, r, t, weights []T) {
	n := f.Units
	for j := range rbar {
		rbar[j] = 0
		if dw != nil {
			dw[0] += ybar[j]
		}
		for h := range n {
			a, w, c, v := radialUnit(f, weights, h)
			p := tanh1(w*(r[j]-c) + v*radialAt(f, t, j))
			f2 := 1 - p*p
			ubar := a * f2 * (ybar[j] - 2*p*w*dybar[j])
			rbar[j] += w * ubar
			if dw == nil {
				continue
			}
			dw[1+h] += ybar[j]*p + dybar[j]*w*f2
			dw[1+n+h] += ubar*(r[j]-c) + a*dybar[j]*f2
			dw[1+2*n+h] -= w * ubar
			if f.Timed {
				dw[1+3*n+h] += ubar * t[j]
			}
		}
	}
}
