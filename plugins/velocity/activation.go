package velocity

import (
	"github.com/helmholtz-physics/helmholtz/framework/engine/kernels"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// activation names the function f of the hidden units:
//
//	silu  f = u s,      f' = s + u s (1 - s),   f'' = s (1 - s) [2 + u (1 - 2 s)],   s = 1/(1 + exp(-u))
//	tanh  f = tanh u,   f' = 1 - f^2,           f'' = -2 f f'
type activation int

const (
	silu activation = iota
	tanh
)

var activations = map[string]activation{"silu": silu, "tanh": tanh}

// apply writes h = f(u), p = f'(u) and, unless it is nil, q = f”(u), of u in p.
func (f activation) apply(h, p, q []float64) {
	if f == silu {
		tensor.Sigmoid(h, p)
		h = h[:len(p)]
		if q != nil {
			q = q[:len(p)]
			for i, u := range p {
				s := h[i]
				q[i] = s * (1 - s) * (2 + u*(1-2*s))
			}
		}
		for i, u := range p {
			s := h[i]
			y := u * s
			h[i], p[i] = y, s+y*(1-s)
		}
		return
	}
	copy(h, p)
	kernels.Activate(kernels.Tanh, h)
	for i, y := range h[:len(p)] {
		p[i] = 1 - y*y
	}
	for i := range q {
		q[i] = -2 * h[i] * p[i]
	}
}
