package kernels

import "github.com/helmholtz-physics/helmholtz/framework/engine/tensor"

// Combine writes y_rj = x_rj + h_j sum_i c_i k_i,rj for rows of n = len(h)
// columns: a stage of a Runge-Kutta method. k_i starts at k[i*stride]; where
// c_i = 0 it is not read. x may be nil, for zero, and may be y. The
// steps h and coefficients c are rounded to T.
func Combine[T tensor.Real](y, x []T, h, c []float64, k []T, stride int) {
	if len(y) == 0 {
		return
	}
	need("Combine: x", x, min(1, len(x)), len(y), len(y))
	need("Combine: k", k, len(c), len(y), stride)
	if len(y)%len(h) != 0 || len(c) > maxTerms {
		panic("kernels: Combine: bad shape")
	}
	var terms [maxTerms]float64 // those that are not zero, and where they start
	var from [maxTerms]int64
	m := 0
	for i, v := range c {
		if v != 0 {
			terms[m], from[m] = v, int64(i*stride)
			m++
		}
	}
	combine(y, x, h, terms[:m], from[:m], k)
}

const maxTerms = 16
