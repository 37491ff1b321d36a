package optim

import (
	"fmt"
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Clipping holds the keys of what is done to a gradient before a step, which an
// optimiser embeds in its own.
type Clipping struct {
	Clip        float64 `key:"clip" min:"0" help:"largest Euclidean norm of the gradient; longer ones are scaled down; 0 never clips"`
	WeightDecay float64 `key:"weight_decay" min:"0" help:"adds this times the parameters to the gradient, after clipping and before the step (an L2 penalty)"`
}

// Shape clips the gradient and adds the decay, in place. Of a Derivative with some components of the
// gradient, and the norm of all, it does so with these.
func (c Clipping) Shape(theta []float64, d core.Derivative) {
	Clip(d.Gradient, d.Norm, c.Clip)
	AddDecay(d.Gradient, theta, c.WeightDecay)
}

// Clip scales grad, whose Euclidean norm over all parameters is norm, in place so
// that it is at most limit, keeping its direction. A limit of 0 means no clipping.
func Clip(grad []float64, norm, limit float64) {
	if limit > 0 && norm > limit {
		scale := limit / norm
		for i := range grad {
			grad[i] *= scale
		}
	}
}

// Norm is the Euclidean length of a gradient over all parameters. One that is not
// finite, or whose length overflows, is an error of kind core.Numeric.
func Norm(grad []float64) (float64, error) {
	norm := math.Sqrt(AddSquares(0, grad))
	return norm, CheckNorm(norm, grad)
}

// AddSquares adds the squares of some components to a sum, one after the other: all in turn,
// by whomever, make one number.
func AddSquares(sum float64, grad []float64) float64 {
	for _, g := range grad {
		sum += g * g
	}
	return sum
}

// CheckNorm says which parameter is at fault for a norm that is not finite.
func CheckNorm(norm float64, grad []float64) error {
	if !math.IsNaN(norm) && !math.IsInf(norm, 0) {
		return nil
	}
	for i, g := range grad {
		if math.IsNaN(g) || math.IsInf(g, 0) {
			return core.Errorf(core.Numeric, "measure gradient", fmt.Sprintf("parameter %d", i), "the gradient is %v", g)
		}
	}
	return core.Errorf(core.Numeric, "measure gradient", "", "the norm overflows")
}
