package nn

import "math"

// Uniform is the starting rule U(-bound, bound) of PyTorch's linear and
// convolution layers, bound = sqrt(total/live) / sqrt(fanIn): fanIn counts all
// inputs of a unit, masked ones too, and the factor restores the variance that
// masking takes away. A Param without live elements has bound 0.
func Uniform(fanIn, total, live int) float64 {
	if fanIn == 0 || live == 0 {
		return 0
	}
	return math.Sqrt(float64(total) / float64(live) / float64(fanIn))
}
