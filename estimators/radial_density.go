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
	return newShells(manifest("radial_density", "number density of particles by distance from the origin", "Hansen and McDonald 2013, Theory of Simple Liquids, section 2.5", core.Particles),
		"number density at distance r from the origin", func(s shells, sums, x []float64, d int) {
			for ; len(x) > 0; x = x[d:] {
				s.count(sums, squares(x[:d]), 1)
			}
		})
}
