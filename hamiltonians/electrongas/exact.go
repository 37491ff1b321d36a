package electrongas

import (
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/energy/exact"
)

// maxOrbitals bounds the work of an exact value: some seconds. With fewer than a
// hundred electrons it is met far above the Fermi temperature.
const maxOrbitals = 1 << 21

// solve is the free gas of the same N, box and twist, at inverse temperature beta.
// It is all that is known where r_s > 0.
func (c Config) solve(beta float64) (core.Exact, error) {
	shells := c.shells(beta)
	if count := math.Pow(2*shells+1, float64(c.Dimension)); count > maxOrbitals {
		return core.Exact{}, core.Errorf(core.Unsupported, "exact values", name, "the free gas at beta = %v needs some %.0g orbitals", beta, count)
	}
	var f, e, s float64 // sums over the spins, which do not know of each other
	for _, n := range c.spins() {
		ofF, ofE, ofS := exact.IdealFermions(c.levels(int(shells)), n, beta)
		f, e, s = f+ofF, e+ofE, s+ofS
	}
	x := core.Exact{
		Source: "canonical recursion over the orbitals of the free gas",
		Values: map[string]float64{"ideal_free_energy": f, "ideal_energy": e, "ideal_entropy": s},
	}
	if c.RS == 0 {
		// P = -dF/dV of F = L^-2 f(T L^2): 2E/(dV).
		x.Values["pressure"] = 2 * e / (float64(c.Dimension) * math.Pow(c.box(), float64(c.Dimension)))
		x.Values["free_energy"], x.Values["energy"], x.Values["entropy"] = f, e, s
	}
	return x, nil
}

// shells is a bound for the components of n in exp(2 pi i (n + twist).x/L) such
// that all orbitals beyond hold exp(-40) = 4e-18 of an electron: those of energies
// above the Fermi energy by 40/beta. The ground state of N electrons fits in any
// case, as the Fermi sea in the box has a radius of N^(1/d)/2 and more, and some.
func (c Config) shells(beta float64) float64 {
	k := math.Sqrt(c.fermi() + 40/beta)
	return 2 + math.Floor(k*c.box()/(2*math.Pi)+math.Ceil(math.Pow(float64(c.N), 1/float64(c.Dimension))/2))
}

// levels are the energies (2 pi/L)^2 |n + twist|^2 of all n with components up to
// shells.
func (c Config) levels(shells int) []float64 {
	unit := square(2 * math.Pi / c.box())
	all := []float64{0}
	for a := range c.Dimension {
		twist := 0.0
		if len(c.Twist) > 0 {
			twist = c.Twist[a]
		}
		var next []float64
		for _, e := range all {
			for n := -shells; n <= shells; n++ {
				next = append(next, e+unit*square(float64(n)+twist))
			}
		}
		all = next
	}
	return all
}
