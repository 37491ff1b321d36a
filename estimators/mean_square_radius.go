package estimators

import "github.com/helmholtz-physics/helmholtz/framework/core"

// meanSquareRadius is that of particles about the origin, summed over them,
//
//	< sum_i |x_i|^2 >.
func meanSquareRadius() core.Part {
	part := ofConfiguration(manifest("mean_square_radius", "squared distance from the origin, summed over the particles", virialTheorem, core.Particles),
		"sum of the squared distances from the origin", true, squares)
	anywhere := part.NewEstimator
	part.NewEstimator = func(settings core.Settings, s core.Setting) (core.Estimator, error) {
		if err := needOpenSpace(part.Name, s.Energy.Space); err != nil {
			return nil, err
		}
		return anywhere(settings, s)
	}
	return part
}
