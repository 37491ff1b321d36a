package kernels

import "github.com/helmholtz-physics/helmholtz/framework/engine/tensor"

// Ridge names the function f of a sum of ridge functions,
//
//	phi(x) = sum_h a_h f(u_h),   u_h = w_h . x + b_h,
//
// whose gradient and Laplacian are W^T (a f1(u)) and sum_h c_h f2(u_h) with c_h =
// a_h |w_h|^2; f1, f2 and f3 are the derivatives of f. The higher ones are
// polynomials in p = f1(u), so p is all that is kept.
type Ridge int

const (
	LogCosh     Ridge = iota // ln cosh u: f1 = tanh u, f2 = 1 - p^2, f3 = -2 p f2
	SoftplusSum              // ln(1 + e^u): f1 = 1/(1 + e^-u), f2 = p (1-p), f3 = (1-2p) f2
	Quadratic                // u^2/2: f1 = u, f2 = 1, f3 = 0
)

// RidgeForward replaces u, a len(a) x n matrix, by p = f1(u), and writes g = a p
// and lap_j = sum_h c_h f2(u_hj). u and g have row stride ld. Without lap, only p
// is written. lap is float64, the sum of terms in T.
func RidgeForward[T tensor.Real](f Ridge, u, g []T, lap []float64, a, c []T, n, ld int) {
	rows := len(a)
	need("RidgeForward: u", u, rows, n, ld)
	need("RidgeForward: c", c, 1, rows, rows)
	if lap != nil {
		need("RidgeForward: g", g, rows, n, ld)
		need("RidgeForward: lap", lap, 1, n, n)
	}
	if rows > 0 && n > 0 {
		ridgeForward(f, u, g, lap, a, c, n, ld)
	}
}

// RidgeBackward is the adjoint of RidgeForward. From s = dL/dg and lbar =
// dL/dlap it replaces s by
//
//	ubar_hj = a_h f2(u_hj) s_hj + lbar_j c_h f3(u_hj)
//
// and adds sum_j p_hj s_hj to abar_h, sum_j lbar_j f2(u_hj) to cbar_h and sum_j
// ubar_hj to bbar_h; without these three, no sums are made. It writes g = a p
// once more. s, g and p have row stride ld. lbar is float64.
func RidgeBackward[T tensor.Real](f Ridge, s, g, p []T, lbar []float64, a, c, abar, bbar, cbar []T, ld int) {
	rows, n := len(a), len(lbar)
	for _, m := range [][]T{s, g, p} {
		need("RidgeBackward: matrix", m, rows, n, ld)
	}
	need("RidgeBackward: c", c, 1, rows, rows)
	if abar != nil {
		for _, v := range [][]T{abar, bbar, cbar} {
			need("RidgeBackward: sums", v, 1, rows, rows)
		}
	}
	if rows > 0 && n > 0 {
		ridgeBackward(f, s, g, p, lbar, a, c, abar, bbar, cbar, ld)
	}
}
