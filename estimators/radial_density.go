package estimators

import "github.com/helmholtz-physics/helmholtz/framework/core"

// radialDensity is the number density of particles at distance r from the
// origin, averaged over directions,
//
//	rho(r) = < sum_i delta(r - |x_i|) > / (surface of the sphere of radius r),
//
// as a histogram over shells: the sum of rho times the volumes of the shells is
// the number of particles within r_max. Particle lengths have no units of their
// own, and rho is in units of their inverse power d.
func radialDensity() core.Part {
	m := manifest("radial_density", "number density of particles by distance from the origin", hansen, core.Particles)
	m.Params = core.SchemaOf(shells{Bins: 50})
	return core.Part{
		Manifest: m,
		NewEstimator: func(settings core.Settings, set core.Setting) (core.Estimator, error) {
			var s shells
			core.Decode(settings, &s)
			space := set.Energy.Space
			if err := needOpenSpace(m.Name, space); err != nil {
				return nil, err
			}
			d := space.Shape[1]
			return s.density(m, "number density at distance r from the origin", space, nil, []float64{1}, func(sums, x []float64) (witness float64) {
				for ; len(x) > 0; x = x[d:] {
					r2 := squares(x[:d])
					s.count(sums, r2, 1)
					witness += r2
				}
				return witness
			}), nil
		},
	}
}

const hansen = "Hansen and McDonald 2013, Theory of Simple Liquids, section 2.5"
