package stats

import "math"

// Gaussians is a kernel on configurations, the mean of Gaussian ones of some widths s,
//
//	k(x, y) = 1/W sum_s exp(-|x - y|^2/(2 s^2)).
//
// < k(x, x') > - 2 < k(x, y) > + < k(y, y') > of independent draws x, x' of one density and y, y' of
// another is the square of their maximum mean discrepancy (Gretton et al. 2012, J. Mach. Learn. Res.
// 13, 723), and zero where they are the same and nowhere else.
type Gaussians []float64

// At is k of two configurations whose distance has this square. No width is squared, which
// would underflow or overflow where the width does not.
func (widths Gaussians) At(square float64) (k float64) {
	for _, s := range widths {
		k += math.Exp(-square / s / s / 2)
	}
	return k / float64(len(widths))
}

// Between is k of two configurations.
func (widths Gaussians) Between(x, y []float64) float64 {
	return widths.At(SquaredDistance(x, y))
}

// SquaredDistance is |x - y|^2.
func SquaredDistance(x, y []float64) (sum float64) {
	for i, v := range x {
		sum += (v - y[i]) * (v - y[i])
	}
	return sum
}
