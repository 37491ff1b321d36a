package quantumdot

import (
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/energy/exact"
)

// negligible is the exponent beta (eps - eps_F) beyond which states are left
// out: exp(-45) = 3e-20.
const negligible = 45

// mostOrbitals bounds the recursion of the ideal gas, to some tenths of a second.
const mostOrbitals = 1 << 22

// solve gives the ideal values at any kappa, and the exact ones where they are
// known: without repulsion, and for two electrons in the plane.
func (c Config) solve(beta float64) (core.Exact, error) {
	eps, err := c.orbitals(beta)
	if err != nil {
		return core.Exact{}, err
	}
	free, energy, entropy := exact.IdealFermions(eps, c.N, beta)
	source := "recursion over the oscillator's orbitals"
	x := core.Exact{Values: map[string]float64{}, Source: source}
	switch {
	case c.Kappa == 0 || c.N == 1:
		x.Values["log_z"], x.Values["free_energy"], x.Values["energy"], x.Values["entropy"] = -beta*free, free, energy, entropy
	case c.N == 2 && c.Dimension == 2 && beta >= hottest && c.Kappa <= strongest:
		x = c.pair(beta).Discrete(beta, "spectrum of the relative motion; ideal values by "+source)
	}
	x.Values["ideal_free_energy"], x.Values["ideal_energy"], x.Values["ideal_entropy"] = free, energy, entropy
	return x, nil
}

// orbitals returns the energies of all orbitals that matter at beta.
func (c Config) orbitals(beta float64) ([]float64, error) {
	var eps []float64
	most := math.Inf(1)
	for shell := 0; float64(shell) <= most; shell++ {
		degeneracy := 1 // binomial(shell + d - 1, d - 1)
		for k := 1; k < c.Dimension; k++ {
			degeneracy = degeneracy * (shell + k) / k
		}
		if len(eps)+degeneracy > mostOrbitals {
			return nil, &core.Error{Kind: core.Unsupported, Op: "exact values", Subject: name,
				Err:  core.Errorf(core.Unsupported, "", "", "the ideal gas at beta = %v fills more than %d orbitals", beta, mostOrbitals),
				Hint: "choose a larger beta"}
		}
		for range degeneracy {
			eps = append(eps, float64(shell)+float64(c.Dimension)/2)
		}
		if math.IsInf(most, 1) && len(eps) >= c.N {
			most = float64(shell) + negligible/beta
		}
	}
	return eps, nil
}
