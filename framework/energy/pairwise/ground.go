package pairwise

import (
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/energy/exact"
)

// A system has no frustration if some configuration satisfies every coupling and
// every field: s_i s_j = sign J_ij, s_i = sign h_i. With one spin more, up, to
// which site i is coupled by h_i, these are conditions on pairs, and they
// contradict each other or not wherever they close a circle. The configuration
// is then a ground state, of energy
//
//	E_0 = -sum_{i<j} |J_ij| - sum_i |h_i|,
//
// and each set of sites that hang together, but not with the further spin, can be
// turned over: there are 2^(number of sets) such states.

// ground is the solution at temperature 0, nil with frustration.
func ground(n int, bonds func(yield func(i, j int, v float64) bool), field []float64) exact.Solver {
	f := newForest(n + 1)
	sets, energy, frustrated := n, 0.0, false
	demand := func(i, j int, v float64) bool {
		energy -= math.Abs(v)
		joined, satisfied := f.join(i, j, v < 0)
		if joined {
			sets--
		}
		frustrated = !satisfied
		return satisfied
	}
	bonds(demand)
	for i := 0; i < len(field) && !frustrated; i++ {
		if h := field[i]; h != 0 {
			demand(i, n, h)
		}
	}
	if frustrated {
		return nil
	}
	sum := exact.Partition{Lowest: energy, LogW: float64(sets) * math.Ln2}
	return func(beta float64) (core.Exact, error) {
		return sum.Discrete(beta, "all couplings and fields satisfied"), nil
	}
}

// forest holds sets of sites as trees, in which a site knows whether its spin is
// opposite to that of its parent (R. E. Tarjan, J. ACM 22, 215 (1975)).
type forest struct {
	parent   []int32
	opposite []bool
	size     []int32
}

func newForest(n int) *forest {
	f := &forest{make([]int32, n), make([]bool, n), make([]int32, n)}
	for i := range f.parent {
		f.parent[i], f.size[i] = int32(i), 1
	}
	return f
}

// root returns the root of i's tree and whether its spin is opposite to i's.
func (f *forest) root(i int) (root int, opposite bool) {
	for at := int32(i); ; at = f.parent[at] {
		if f.parent[at] == at {
			return int(at), opposite
		}
		opposite = opposite != f.opposite[at]
	}
}

// join demands that the spins i and j are opposite, or equal. It tells whether
// that joined two trees, and whether it can be satisfied. The smaller tree goes
// below the larger, so that paths stay short.
func (f *forest) join(i, j int, opposite bool) (joined, satisfied bool) {
	a, da := f.root(i)
	b, db := f.root(j)
	opposite = opposite != (da != db)
	if a == b {
		return false, !opposite
	}
	if f.size[a] > f.size[b] {
		a, b = b, a
	}
	f.parent[a], f.opposite[a] = int32(b), opposite
	f.size[b] += f.size[a]
	return true, true
}
