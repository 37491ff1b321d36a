package estimators

import "github.com/helmholtz-physics/helmholtz/framework/core"

// pairCorrelation is the density of the separations of pairs of particles,
//
//	h(r) = 2/(n (n-1)) < sum_(i<j) delta(r - |x_i - x_j|) > / (surface of the sphere of radius r),
//
// as a histogram over shells. Over all of space it integrates to 1; in a
// homogeneous system of volume V the pair distribution function is g = V h. In a
// trap there is no constant density to divide by.
func pairCorrelation() core.Part {
	return newShells(manifest("pair_correlation", "density of the separations of pairs of particles", "Hansen and McDonald 2013, Theory of Simple Liquids, section 2.5", core.Particles),
		"probability density of pair separations", func(s shells, sums, x []float64, d int) {
			n := len(x) / d
			weight := 2 / float64(n*(n-1))
			for i := range n {
				for j := range i {
					r2 := 0.0
					for k := range d {
						r2 += (x[i*d+k] - x[j*d+k]) * (x[i*d+k] - x[j*d+k])
					}
					s.count(sums, r2, weight)
				}
			}
		})
}
