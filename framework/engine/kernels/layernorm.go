package kernels

import "github.com/helmholtz-physics/helmholtz/framework/engine/tensor"

// layerNormVariance is added to the variance, so that rows that are all equal have a
// derivative: 1e-5 as in GPT-2. Larger would damp activations of small variance.
const layerNormVariance = 1e-5

// LayerNorm normalises each column of a matrix with len(gain) rows of n numbers (Ba,
// Kiros and Hinton, arXiv:1607.06450),
//
//	y_c = gain_c (x_c - m) r + bias_c,   m = mean of x_c,   1/r^2 = variance of x_c + 1e-5,
//
// and keeps m and r, n numbers each. All sums are made in T.
func LayerNorm[T tensor.Real](y, m, r, x, gain, bias []T, n int) {
	layerNormCheck(y, m, r, x, gain, bias, n)
	layerNorm(y, m, r, x, gain, bias, n)
}

// LayerNormBackward adds to dx, or sets it, what dy implies,
//
//	dx_c = r [h_c - mean of h - z_c (mean of h z)],   z_c = (x_c - m) r,   h_c = gain_c dy_c,
//
// in columns from to to-1, and adds their dy_c z_c and dy_c to dgain and dbias. scratch has 2n
// numbers.
func LayerNormBackward[T tensor.Real](set bool, dx, dgain, dbias, dy, m, r, x, gain []T, n, from, to int, scratch []T) {
	layerNormCheck(dy, m, r, x, gain, dbias, n)
	need("LayerNorm: dx", dx, len(gain), n, n)
	need("LayerNorm: dgain", dgain, 1, len(gain), len(gain))
	need("LayerNorm: scratch", scratch, 1, 2*n, 2*n)
	if from < 0 || to < from || to > n {
		panic("kernels: LayerNorm: columns outside of the matrix")
	}
	if to > from {
		layerNormBackward(set, dx, dgain, dbias, dy, m, r, x, gain, n, from, to, scratch)
	}
}

func layerNormCheck[T tensor.Real](y, m, r, x, gain, bias []T, n int) {
	need("LayerNorm: y", y, len(gain), n, n)
	need("LayerNorm: x", x, len(gain), n, n)
	need("LayerNorm: m", m, 1, n, n)
	need("LayerNorm: r", r, 1, n, n)
	need("LayerNorm: bias", bias, 1, len(gain), len(gain))
	if n < 1 || len(gain) < 1 {
		panic("kernels: LayerNorm: no columns, or no rows")
	}
}
