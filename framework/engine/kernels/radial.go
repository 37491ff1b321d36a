package kernels

import "github.com/helmholtz-physics/helmholtz/framework/engine/tensor"

// Radial is the shape of a function of one variable, and perhaps time, with one
// hidden layer of Units:
//
//	y(r, t) = a_0 + sum_h a_h tanh(u_h),   u_h = w_h (r - c_h) + v_h t
//
// Its weights are one vector: a_0, all a_h, all w_h, all c_h and, if Timed, all
// v_h.
type Radial struct {
	Units int
	Timed bool
}

// Weights is the length of the vector of weights.
func (f Radial) Weights() int {
	if f.Timed {
		return 1 + 4*f.Units
	}
	return 1 + 3*f.Units
}

// RadialForward writes y and dy/dr at len(y) places r and, if Timed, times t.
func RadialForward[T tensor.Real](f Radial, y, dy, r, t, weights []T) {
	if n := len(y); n > 0 {
		radialCheck(f, n, weights, dy, r, t)
		radialForward(f, y, dy, r, t, weights)
	}
}

// RadialBackward is the adjoint of RadialForward: it writes
//
//	rbar = ybar dy/dr + dybar d2y/dr2
//
// and adds the like in the weights, summed over all places, to dw, unless that
// is nil.
func RadialBackward[T tensor.Real](f Radial, rbar, dw, ybar, dybar, r, t, weights []T) {
	if n := len(rbar); n > 0 {
		radialCheck(f, n, weights, ybar, r, t)
		need("Radial: dybar", dybar, 1, n, n)
		if dw != nil {
			need("Radial: dw", dw, 1, len(weights), len(weights))
		}
		radialBackward(f, rbar, dw, ybar, dybar, r, t, weights)
	}
}

func radialCheck[T tensor.Real](f Radial, n int, weights, y, r, t []T) {
	need("Radial: y", y, 1, n, n)
	need("Radial: r", r, 1, n, n)
	if f.Timed {
		need("Radial: t", t, 1, n, n)
	}
	need("Radial: weights", weights, 1, f.Weights(), f.Weights())
}

// RadialJet writes y and its first three derivatives in r at len(y) places, as
// RadialForward does.
func RadialJet[T tensor.Real](f Radial, y, dy, d2y, d3y, r, t, weights []T) {
	if n := len(y); n > 0 {
		radialCheck(f, n, weights, dy, r, t)
		need("Radial: d2y", d2y, 1, n, n)
		need("Radial: d3y", d3y, 1, n, n)
		radialJet(f, y, dy, d2y, d3y, r, t, weights)
	}
}

// RadialBackwardEach is RadialBackward with a gradient for each of n columns: place k n + j
// belongs to column j. dw has one row of n numbers for each weight.
func RadialBackwardEach[T tensor.Real](f Radial, rbar, dw, ybar, dybar, r, t, weights []T, n int) {
	if len(rbar) == 0 {
		return
	}
	radialCheck(f, len(rbar), weights, ybar, r, t)
	need("Radial: dybar", dybar, 1, len(rbar), len(rbar))
	need("Radial: dw", dw, len(weights), n, n)
	if len(rbar)%n != 0 {
		panic("kernels: Radial: places that belong to no column")
	}
	radialBackwardEach(f, rbar, dw, ybar, dybar, r, t, weights, n)
}
