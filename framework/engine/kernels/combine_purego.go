//go:build !cgo || purego

package kernels

import "github.com/helmholtz-physics/helmholtz/framework/engine/tensor"

func combine[T tensor.Real](y, x []T, h, c []float64, from []int64, k []T) {
	n := len(h)
	for at := range y {
		sum := T(0)
		for i, v := range c {
			sum += T(v) * k[int(from[i])+at]
		}
		start := T(0)
		if x != nil {
			start = x[at]
		}
		y[at] = start + T(h[at%n])*sum
	}
}
