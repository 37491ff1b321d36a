package estimators

import (
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// spinMagnetizationSquared is the mean square of the magnetization of the spins
// behind a continuous field x, for an energy whose spins at given x are
// independent with P(s_i = +1 | x) = 1/(1 + exp(-2 x_i)), as those of the dual
// Ising model. Their mean is < s_i > = tanh x_i, and s_i^2 = 1, so that
//
//	< (1/N sum_i s_i)^2 > = < (1/N sum_i tanh x_i)^2 - 1/N^2 sum_i tanh^2 x_i + 1/N >:
//
// the sum over the spins is done, and only the field is sampled. Of any other
// field it means nothing.
func spinMagnetizationSquared() core.Part {
	const reference = "Li and Wang 2018, Phys. Rev. Lett. 121, 260601 (arXiv:1802.02840)"
	return ofConfiguration(manifest("spin_magnetization_squared", "squared magnetization of the spins of a dual Ising field", reference, core.Field),
		"squared magnetization per site of the spins", false, func(x []float64) float64 {
			var m, m2 float64
			for _, v := range x {
				t := math.Tanh(v)
				m += t
				m2 += t * t
			}
			n := float64(len(x))
			return (m*m-m2)/(n*n) + 1/n
		})
}
