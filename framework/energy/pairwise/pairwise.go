// Package pairwise is the energy of spins with arbitrary pair couplings,
//
//	E(s) = -1/2 s^T J s - h^T s = -sum_j s_j (sum_{i<j} J_ij s_i + h_j)
//
// J symmetric with zero diagonal. It is stored and evaluated as a matrix or as
// a list of neighbours, whichever is faster.
package pairwise

import (
	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/energy"
	"github.com/helmholtz-physics/helmholtz/framework/energy/exact"
)

// Bonds calls yield for every pair i < j with a coupling, in the same order
// whenever it is called.
type Bonds func(yield func(i, j int, coupling float64))

// sparseBelow is the fraction of pairs with a coupling below which a list of
// neighbours is faster than the matrix product (BenchmarkEval).
const sparseBelow = 0.05

// store holds the couplings in one of two forms.
type store interface {
	// energies writes the energies of the configurations in x.
	energies(dst, x []float64)
	// each calls yield for the couplings i < j until that returns false.
	each(yield func(i, j int, v float64) bool)
	// follow returns a new follower, nil for one by the bonds of each site.
	follow() core.Follower
}

// New returns the energy called name, of n spins without geometry. Field has length n;
// nil means none. Up to exact.MaxSites spins all is known exactly; beyond, the ground
// states of a system without frustration.
func New(name string, n int, bonds Bonds, field []float64) *energy.Energy {
	return build(name, n, bonds, field, core.EnergySpec{})
}

// build is New with what else the spec says.
func build(name string, n int, bonds Bonds, field []float64, spec core.EnergySpec) *energy.Energy {
	count := 0
	bonds(func(_, _ int, _ float64) { count++ })
	var stored store
	chunk := chunkRows
	if float64(count) < sparseBelow*float64(n)*float64(n-1)/2 {
		chunk, stored = max(1, chunkTerms/(n+count)), newSparse(n, count, bonds, field)
	} else {
		stored = newDense(n, bonds, field)
	}
	var known exact.Solution
	if n <= exact.MaxSites {
		p := pairs(n, bonds, field)
		known.Solve = func(beta float64) (core.Exact, error) { return exact.Enumerate(beta, p), nil }
		known.Ground = known.Solve
	} else {
		known.Ground = ground(n, stored.each, field)
	}
	spec.Space, spec.Units = core.Space{Kind: core.Spins, Shape: []int{n}}, "J"
	if !exact.HasField(field) {
		spec.Symmetries = []core.Symmetry{core.Z2}
	}
	if ground(n, stored.each, nil) != nil {
		spec.Powers = append(spec.Powers, core.PowerClusters)
	}
	return energy.New(name, spec, known, stored.energies).SetChunk(chunk).SetFollower(stored.follow).SetBonds(func() (core.Bonds, error) {
		all := func(yield func(i, j int, coupling float64)) {
			stored.each(func(i, j int, v float64) bool { yield(i, j, v); return true })
		}
		return core.NewBonds(name, n, all, field)
	})
}

func pairs(n int, bonds Bonds, field []float64) exact.Pairs {
	p := exact.Pairs{N: n, J: make([]float64, n*n), H: field}
	bonds(func(i, j int, v float64) { p.J[i*n+j], p.J[j*n+i] = v, v })
	return p
}
