package estimators

import "github.com/helmholtz-physics/helmholtz/framework/core"

// transportCost is what it costs a flow x = f(z) to carry the density of z to its
// density,
//
//	< |f(z) - z|^2 >,   z from the base of the flow.
//
// No map between the two densities has less than the squared Wasserstein distance W_2^2,
// and the gradient of a convex potential has just that (Brenier 1991). z is found as
// f^-1(x); of a density that was symmetrised f is the map before.
func transportCost() core.Part {
	const name = "transport_cost"
	return core.Part{
		Manifest: manifest(name, "mean squared distance from latent variables to configurations of a flow", "Brenier 1991, Comm. Pure Appl. Math. 44, 375"),
		NewEstimator: func(_ core.Settings, s core.Setting) (core.Estimator, error) {
			if err := needDensity(name, s); err != nil {
				return nil, err
			}
			return &mean{
				description: description{
					estimate: core.Estimate{Name: name, Long: "mean squared distance from latent variables to configurations", Units: "1", Own: true},
					needs:    core.EstimatorSpec{Source: core.OfModel, ModelPowers: []core.Power{core.PowerMap}, Wants: []core.Column{core.Displacement}},
				},
				of: func(dst []float64, b *core.Batch) { copy(dst, core.Displacement.Of(b)) },
			}, nil
		},
	}
}
