package estimators

import "github.com/helmholtz-physics/helmholtz/framework/core"

// meanSquareRadius is that of particles about the origin, summed over them,
//
//	< sum_i |x_i|^2 >.
func meanSquareRadius() core.Part {
	return ofConfiguration(manifest("mean_square_radius", "squared distance from the origin, summed over the particles", virialTheorem, core.Particles),
		"sum of the squared distances from the origin", true, squares)
}
