//go:build !cgo || purego

package kernels

import "github.com/helmholtz-physics/helmholtz/framework/engine/tensor"

func hartley[T tensor.Real](h *Hartley[T], x []T, n, ld int) {
	m, inner := h.m, h.sites
	for _, l := range h.shape {
		l := int(l)
		inner /= l
		even, odd := l/2+1, (l-1)/2
		for outer := 0; outer < h.sites; outer += l * inner {
			for i := range inner * n {
				hartleyColumn(x[(outer+i/n)*ld+i%n:], inner*ld, l, m, m[even*even:], h.scratch)
			}
		}
		m = m[even*even+odd*odd:]
	}
}

// hartleyColumn transforms l numbers that are step numbers apart; cosines and sines are for
// k and r up to l/2.
func hartleyColumn[T tensor.Real](x []T, step, l int, cosines, sines, scratch []T) {
	even, odd := l/2+1, (l-1)/2
	e, o := scratch[:even], scratch[even:even+odd]
	e[0] = x[0]
	if l%2 == 0 {
		e[l/2] = x[l/2*step]
	}
	for r := 1; r <= odd; r++ {
		a, b := x[r*step], x[(l-r)*step]
		e[r], o[r-1] = a+b, a-b
	}
	for k := range even {
		var c, s T
		for r, v := range e {
			c += cosines[k*even+r] * v
		}
		if k == 0 || k > odd {
			x[k*step] = c
			continue
		}
		for r, v := range o {
			s += sines[(k-1)*odd+r] * v
		}
		x[k*step], x[(l-k)*step] = c+s, c-s
	}
}
