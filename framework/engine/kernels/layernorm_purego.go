//go:build !cgo || purego

package kernels

import "math"

func layerNorm(y, m, r, x, gain, bias []float64, n int) {
	rows := float64(len(gain))
	for j := range n {
		mean, square := 0.0, 0.0
		for c := range gain {
			mean += x[c*n+j] / rows
		}
		for c := range gain {
			d := x[c*n+j] - mean
			square += d * d / rows
		}
		m[j], r[j] = mean, 1/math.Sqrt(square+layerNormVariance)
		for c, g := range gain {
			y[c*n+j] = g*(x[c*n+j]-mean)*r[j] + bias[c]
		}
	}
}

func layerNormBackward(set bool, dx, dgain, dbias, dy, m, r, x, gain []float64, n, from, to int, _ []float64) {
	rows := float64(len(gain))
	for j := from; j < to; j++ {
		mean, along := 0.0, 0.0
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
