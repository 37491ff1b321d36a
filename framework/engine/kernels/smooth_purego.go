//go:build !cgo || purego

package kernels

import "math"

func smoothForward(f Smooth, h, p, q []float64) {
	for j, u := range p {
		var y, first, second float64
		if f == SiLU {
			s := 1 / (1 + math.Exp(-u))
			y = u * s
			first, second = s+y*(1-s), s*(1-s)*(2+u*(1-2*s))
		} else {
			y = math.Tanh(u)
			first, second = 1-y*y, -2*y*(1-y*y)
		}
		h[j], p[j] = y, first
		if q != nil {
			q[j] = second
		}
	}
}

func smoothBackward(bar, p, q, pbar []float64) {
	for j := range bar {
		bar[j] *= p[j]
		if pbar != nil {
			bar[j] += q[j] * pbar[j]
		}
	}
}
