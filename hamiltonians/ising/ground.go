package ising

import (
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/energy/exact"
)

// At temperature 0 nothing is frustrated, whatever the size, where
//
//   - J > 0: all spins along the field, or all equal, as the bonds connect all sites;
//   - J < 0 on a square lattice without field whose sites are two sublattices: the
//     two states of which one sublattice is up.
//
// Every bond then has the energy -|J|, and every spin -|h|.

// grounder chooses the solution at temperature 0, nil if there is none within
// about two seconds.
func (l lattice) grounder() exact.Solver {
	if l.j > 0 || l.j < 0 && l.alternates() {
		return l.ground
	}
	return l.solver()
}

// alternates tells whether neighbours are all opposite in the lowest states.
func (l lattice) alternates() bool { return l.field == 0 && l.bipartite() }

// bipartite tells whether neighbours can all be opposite: on a torus only where both
// lengths are even.
func (l lattice) bipartite() bool {
	return !l.triangular && (!l.periodic || l.lx%2 == 0 && l.ly%2 == 0)
}

func (l lattice) ground(beta float64) (core.Exact, error) {
	n := float64(l.lx * l.ly)
	sum := exact.Partition{Lowest: -math.Abs(l.j)*l.countBonds() - math.Abs(l.field)*n}
	m, abs := 0.0, 1.0
	if l.field == 0 {
		sum.LogW = math.Ln2
	} else {
		m = math.Copysign(1, l.field)
	}
	if l.j < 0 {
		abs = float64(l.lx*l.ly%2) / n // the sublattices of an odd number of sites differ by one
	}
	x := sum.Discrete(beta, "all bonds satisfied")
	x.Values["magnetization"] = m
	x.Values["magnetization_abs"] = abs
	x.Values["magnetization_squared"] = abs * abs
	return x, nil
}

// countBonds is how often eachBond calls.
func (l lattice) countBonds() float64 {
	x, y := float64(l.lx), float64(l.ly)
	switch {
	case l.periodic && l.triangular:
		return 3 * x * y
	case l.periodic:
		return 2 * x * y
	case l.triangular:
		return (x-1)*y + x*(y-1) + (x-1)*(y-1)
	}
	return (x-1)*y + x*(y-1)
}
