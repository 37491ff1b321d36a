//go:build !cgo || purego

package kernels

import (
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

func couple[T tensor.Real](inverse bool, x []T, l []float64, at []int64, places int, st, scale, was, tanh []T, n int) {
	width := len(scale)
	for i, r := range at {
		u := (i/width*2*width + i%width) * n
		t := u + width*n
		for j := range n {
			k, v := i*n+j, int(r)*n+j
			was[k], tanh[k] = x[v], tanh1(st[u+j])
			s := scale[i%width] * tanh[k]
			if inverse {
				x[v] = (x[v] - st[t+j]) * exp(-s)
			} else {
				x[v] = x[v]*exp(s) + st[t+j]
			}
			l[j] += float64(s)
		}
	}
}

func coupleBackward[T tensor.Real](inverse bool, x, xbar []T, lbar []float64, at []int64, places int, dst, scale, dscale, was, tanh []T, n int) {
	width := len(scale)
	for i, r := range at {
		u, a := (i/width*2*width+i%width)*n, scale[i%width]
		t := u + width*n
		for j := range n {
			k, v := i*n+j, int(r)*n+j
			s := a * tanh[k]
			if inverse {
				dst[t+j] = -xbar[v] * exp(-s)
				s = T(lbar[j]) - xbar[v]*x[v]
				xbar[v] = -dst[t+j]
			} else {
				dst[t+j] = xbar[v]
				xbar[v] *= exp(s)
				s = T(lbar[j]) + xbar[v]*was[k]
			}
			if dscale != nil {
				dscale[i%width] += s * tanh[k]
			}
			dst[u+j] = s * a * (1 - tanh[k]*tanh[k])
			x[v] = was[k]
		}
	}
}
