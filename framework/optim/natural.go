package optim

import (
	"fmt"
	"math"
)

// Limit shortens a natural gradient s = (F + damping)^-1 g, with g the gradient,
// so that the length of the step in the metric that it was made with,
//
//	s.(F + damping) s = g.s,
//
// which is about twice the relative entropy between the densities before and
// after, is at most maxNorm:
//
//	s <- min(1, sqrt(maxNorm/(g.s))) s.
//
// It is what makes natural gradients safe where F is singular or noisy, and takes
// the place of a tuned learning rate (Ba, Grosse and Martens, "Distributed
// second-order optimization using Kronecker-factored approximations", ICLR
// 2017). A maxNorm of 0 is no limit.
//
// A step that is not finite or does not descend (g.s < 0: the matrix was not
// positive) is an error, and is left as it is.
func Limit(step, grad []float64, maxNorm float64) error {
	squared := 0.0
	for i, g := range grad {
		squared += g * step[i]
	}
	if !(squared >= 0) || math.IsInf(squared, 1) {
		return fmt.Errorf("the natural gradient s has g.s = %v with the gradient g, which no positive matrix gives", squared)
	}
	if maxNorm > 0 && squared > maxNorm {
		scale := math.Sqrt(maxNorm / squared)
		for i := range step {
			step[i] *= scale
		}
	}
	return nil
}
