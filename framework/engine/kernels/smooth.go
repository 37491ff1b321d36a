package kernels

import "github.com/helmholtz-physics/helmholtz/framework/engine/tensor"

// Smooth names a function f of hidden units that is differentiated twice, as where the
// divergence of a network is pulled back:
//
//	SiLU        f = u s,      f' = s + u s (1 - s),   f'' = s (1 - s) [2 + u (1 - 2 s)],   s = 1/(1 + exp(-u))
//	SmoothTanh  f = tanh u,   f' = 1 - f^2,           f'' = -2 f f'
type Smooth int

const (
	SiLU Smooth = iota
	SmoothTanh
)

// SmoothForward writes h = f(u), p = f'(u) and, unless it is nil, q = f”(u), of u in p.
func SmoothForward[T tensor.Real](f Smooth, h, p, q []T) {
	need("SmoothForward: h", h, 1, len(p), len(p))
	if q != nil {
		need("SmoothForward: q", q, 1, len(p), len(p))
	}
	if len(p) > 0 {
		smoothForward(f, h, p, q)
	}
}

// SmoothBackward replaces the cotangent bar of h by that of u,
//
//	f' bar + f'' pbar,
//
// pbar the cotangent of p, or nil with q where it is zero.
func SmoothBackward[T tensor.Real](bar, p, q, pbar []T) {
	need("SmoothBackward: p", p, 1, len(bar), len(bar))
	if pbar != nil {
		need("SmoothBackward: q", q, 1, len(bar), len(bar))
		need("SmoothBackward: pbar", pbar, 1, len(bar), len(bar))
	}
	if len(bar) > 0 {
		smoothBackward(bar, p, q, pbar)
	}
}
