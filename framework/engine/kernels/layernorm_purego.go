//go:build !cgo || purego

package kernels

import (
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

func layerNorm[T tensor.Real](y, m, r, x, gain, bias []T, n int) {
	rows := T(len(gain))
	for j := range n {
		mean, square := T(0), T(0)
		for c := range gain {
			mean += x[c*n+j] / rows
		}
		for c := range gain {
			d := x[c*n+j] - mean
			square += d * d / rows
		}
		m[j], r[j] = mean, T(1/math.Sqrt(float64(square)+layerNormVariance))
		for c, g := range gain {
			y[c*n+j] = g*(x[c*n+j]-mean)*r[j] + bias[c]
		}
	}
}

func layerNormBackward[T tensor.Real](set bool, dx, dgain, dbias, dy, m, r, x, gain []T, n, from, to int, _ []T) {
	rows := T(len(gain))
	for j := from; j < to; j++ {
		mean, along := T(0), T(0)
		for c, g := range gain {
			z := (x[c*n+j] - m[j]) * r[j]
			mean += g * dy[c*n+j] / rows
			along += g * dy[c*n+j] * z / rows
			dgain[c] += dy[c*n+j] * z
			dbias[c] += dy[c*n+j]
		}
		for c, g := range gain {
			if set {
				dx[c*n+j] = 0
			}
			dx[c*n+j] += r[j] * (g*dy[c*n+j] - mean - (x[c*n+j]-m[j])*r[j]*along)
		}
	}
}
