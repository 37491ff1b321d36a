package estimators

import "github.com/helmholtz-physics/helmholtz/framework/core"

// fieldSquared is the mean square of a field per site,
//
//	< 1/N sum_i x_i^2 > = G(0).
func fieldSquared() core.Part {
	return ofConfiguration(manifest("field_squared", "mean square of the field per site", albergo, core.Field),
		"mean square of the field per site", false, func(x []float64) float64 { return squares(x) / float64(len(x)) })
}
