//go:build !cgo || purego

package kernels

import (
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

func smoothForward[T tensor.Real](f Smooth, h, p, q []T) {
	for j, u := range p {
		var y, first, second T
		if f == SiLU {
			s := logistic(u)
			y = u * s
			first, second = s+y*(1-s), s*(1-s)*(2+u*(1-2*s))
		} else {
			y = tanh1(u)
			first, second = 1-y*y, -2*y*(1-y*y)
		}
		h[j], p[j] = y, first
		if q != nil {
			q[j] = second
		}
	}
}

func smoothBackward[T tensor.Real](bar, p, q, pbar []T) {
	for j := range bar {
		bar[j] *= p[j]
		if pbar != nil {
			bar[j] += q[j] * pbar[j]
		}
	}
}
