package estimators

import "github.com/helmholtz-physics/helmholtz/framework/core"

// magnetizationSquared is the mean square of the magnetization per site,
//
//	< m^2 >,   m(x) = 1/N sum_i x_i.
//
// The magnetic susceptibility per site in zero field is beta N < m^2 >.
func magnetizationSquared() core.Part {
	return ofConfiguration(manifest("magnetization_squared", "squared magnetization per site <m^2>", van, onSites...),
		"squared magnetization per site", false, func(x []float64) float64 { m := perSite(x); return m * m })
}
