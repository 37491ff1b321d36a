package objective

import (
	"fmt"
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Clip scales grad in place so that its Euclidean norm over all parameters is
// at most limit, keeping its direction, and returns the norm it had. A limit
// of 0 means no clipping; the norm is returned all the same.
//
// A gradient that is not finite, or whose norm overflows, is an error of kind
// core.Numeric and is left as it is.
func Clip(grad []float64, limit float64) (norm float64, err error) {
	sum := 0.0
	for _, g := range grad {
		sum += g * g
	}
	norm = math.Sqrt(sum)
	if math.IsNaN(norm) || math.IsInf(norm, 0) {
		return norm, notFinite(grad)
	}
	if limit > 0 && norm > limit {
		scale := limit / norm
		for i := range grad {
			grad[i] *= scale
		}
	}
	return norm, nil
}

func notFinite(grad []float64) error {
	for i, g := range grad {
		if math.IsNaN(g) || math.IsInf(g, 0) {
			return core.Errorf(core.Numeric, "clip gradient", fmt.Sprintf("parameter %d", i), "the gradient is %v", g)
		}
	}
	return core.Errorf(core.Numeric, "clip gradient", "", "the norm overflows")
}

// clipDeviations moves deviations beyond width times their mean absolute value
// to there; 0 moves none.
func clipDeviations(deviations []float64, width float64) {
	if width == 0 {
		return
	}
	sum := 0.0
	for _, d := range deviations {
		sum += math.Abs(d)
	}
	reach := width * sum / float64(len(deviations))
	for i, d := range deviations {
		deviations[i] = min(max(d, -reach), reach)
	}
}

func mean(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	return sum / float64(len(values))
}
