package estimators

import "github.com/helmholtz-physics/helmholtz/framework/core"

// susceptibility is that of a lattice field,
//
//	chi_2 = N < m^2 > = sum_r G(r),   m(x) = 1/N sum_i x_i,
//
// the sum of the two-point function, with nothing subtracted and no factor
// beta. It is an intensive quantity where the correlation length is finite.
func susceptibility() core.Part {
	return ofConfiguration(manifest("susceptibility", "susceptibility N <m^2>", albergo, onSites...),
		"susceptibility N <m^2>", false, func(x []float64) float64 { m := sum(x); return m * m / float64(len(x)) })
}

// albergo is the paper on lattice fields by flows whose observables these are.
const albergo = "Albergo, Kanwar and Shanahan 2019, Phys. Rev. D 100, 034515 (arXiv:1904.12072)"
