package kernels

import "github.com/helmholtz-physics/helmholtz/framework/engine/tensor"

// Couple applies affine couplings to some rows of x, of length n each,
//
//	x' = x exp(s) + t,   s = scale tanh(u),
//
// or their inverse x' = (x - t) exp(-s), and adds s, the logarithm of dx'/dx of
// the first form, to l. len(scale) rows are coupled at each place: rows
// at[p*width : (p+1)*width] of x, with width rows of u and then width rows of t
// at st, place after place. was keeps x and tanh keeps tanh(u), at coupled rows
// only, for CoupleBackward. Logarithms and their adjoints are float64.
func Couple[T tensor.Real](inverse bool, x []T, l []float64, at []int64, st, scale, was, tanh []T) {
	if n := len(l); n > 0 {
		places := checkCouple(x, at, st, scale, was, tanh, n)
		couple(inverse, x, l, at, places, st, scale, was, tanh, n)
	}
}

// CoupleBackward takes xbar, the adjoint of x', to that of x, writes the
// adjoints of u and t at dst, adds that of scale to dscale, unless that is nil,
// and takes x' back to x. lbar is the adjoint of l.
func CoupleBackward[T tensor.Real](inverse bool, x, xbar []T, lbar []float64, at []int64, dst, scale, dscale, was, tanh []T) {
	if n := len(lbar); n > 0 {
		places := checkCouple(x, at, dst, scale, was, tanh, n)
		need("Couple: xbar", xbar, 1, len(x), len(x))
		if dscale != nil {
			need("Couple: dscale", dscale, 1, len(scale), len(scale))
		}
		coupleBackward(inverse, x, xbar, lbar, at, places, dst, scale, dscale, was, tanh, n)
	}
}

// checkCouple panics on wrong lengths and returns the number of places.
func checkCouple[T tensor.Real](x []T, at []int64, st, scale, was, tanh []T, n int) int {
	if len(at)%len(scale) != 0 {
		panic("kernels: Couple: rows that are no places")
	}
	for _, r := range at {
		if r < 0 || int(r+1)*n > len(x) {
			panic("kernels: Couple: row out of range")
		}
	}
	need("Couple: st", st, 2*len(at), n, n)
	need("Couple: was", was, len(at), n, n)
	need("Couple: tanh", tanh, len(at), n, n)
	return len(at) / len(scale)
}
