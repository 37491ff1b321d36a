package estimators

import (
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// magnetizationAbs is the mean absolute magnetization per site,
//
//	< |m| >,   m(x) = 1/N sum_i x_i:
//
// the order parameter of a finite ferromagnet. Where there is no order it goes
// as N^(-1/2).
func magnetizationAbs() core.Part {
	return ofConfiguration(manifest("magnetization_abs", "absolute magnetization per site <|m|>", van, onSites...),
		"absolute magnetization per site", false, func(x []float64) float64 { return math.Abs(perSite(x)) })
}
