// Package ising is the Ising model on square and triangular lattices,
//
//	E(s) = -J sum_<ij> s_i s_j - h sum_i s_i,   s_i = +1 or -1
//
// E. Ising, Z. Phys. 31, 253 (1925). The sum runs over one bond from each site
// (x,y) to the right, (x+1,y), one down, (x,y+1), and on the triangular
// lattice one along the diagonal, (x+1,y+1). A periodic lattice has all of
// them: where a length is 2 a pair of sites has two bonds, where it is 1 a
// site is its own neighbour and the bond is the constant -J.
package ising

import (
	"cmp"
	"fmt"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/energy"
	"github.com/helmholtz-physics/helmholtz/framework/energy/exact"
)

const name = "ising"

// Lattices and boundaries by their names in the run file.
const (
	square     = "square"
	triangular = "triangular"
	periodic   = "periodic"
	open       = "open"
)

// Config is the energy's table in the run file.
type Config struct {
	Lattice  string  `key:"lattice" choices:"square,triangular" help:"square: bonds right and down; triangular: also (x,y)-(x+1,y+1)"`
	L        int     `key:"L" max:"10000" help:"sites along each edge; or give Lx and Ly"`
	Lx       int     `key:"Lx" max:"10000" help:"sites along x, with Ly instead of L"`
	Ly       int     `key:"Ly" max:"10000" help:"sites along y, with Lx instead of L"`
	Boundary string  `key:"boundary" choices:"periodic,open" help:"periodic closes the lattice to a torus"`
	J        float64 `key:"J" unit:"J" help:"coupling; positive is ferromagnetic"`
	Field    float64 `key:"field" unit:"J" help:"magnetic field h"`
}

// Part is the energy plugin.
var Part = core.Part{
	Manifest: core.Manifest{
		Kind:      core.KindEnergy,
		Name:      name,
		Version:   "1.0.0",
		Summary:   "Ising model on square and triangular lattices, with field",
		Reference: "E. Ising, Z. Phys. 31, 253 (1925); exact values: B. Kaufman, Phys. Rev. 76, 1232 (1949)",
		Powers:    []core.Power{core.PowerExact, core.PowerGround, core.PowerClusters},
		Params:    core.SchemaOf(Config{Lattice: square, Boundary: periodic, J: 1}),
	},
	NewEnergy: func(s core.Settings) (core.Energy, error) {
		var c Config
		core.Decode(s, &c)
		return New(c)
	},
}

// New checks c and returns its energy.
func New(c Config) (*energy.Energy, error) {
	l, err := c.newLattice()
	if err != nil {
		return nil, err
	}
	spec := core.EnergySpec{
		Space: core.Space{Kind: core.Spins, Shape: []int{l.ly, l.lx}, Lattice: c.Lattice, Periodic: l.periodic},
		Units: "J",
	}
	if c.Field == 0 {
		spec.Symmetries = append(spec.Symmetries, core.Z2)
	}
	if l.periodic {
		spec.Symmetries = append(spec.Symmetries, core.Translation)
	}
	if !l.triangular {
		spec.Symmetries = append(spec.Symmetries, core.Reflection)
	}
	if l.j >= 0 || l.bipartite() {
		spec.Powers = append(spec.Powers, core.PowerClusters)
	}
	known := exact.Solution{Solve: l.solver(), Ground: l.grounder()}
	return energy.New(name, spec, known, l.energies).SetChunk(max(1, chunkSpins/(l.lx*l.ly))).SetBonds(l.couplings), nil
}

func (c Config) newLattice() (lattice, error) {
	lx, ly, err := c.lengths()
	if err = cmp.Or(err, energy.Finite(name, "J", c.J), energy.Finite(name, "field", c.Field)); err != nil {
		return lattice{}, err
	}
	return lattice{lx: lx, ly: ly, triangular: c.Lattice == triangular, periodic: c.Boundary == periodic, j: c.J, field: c.Field}, nil
}

// lengths takes the edges from L or from Lx and Ly. Zero is a key not given.
func (c Config) lengths() (lx, ly int, err error) {
	lx, ly = c.Lx, c.Ly
	edges := []string{"Lx", "Ly"}
	if c.L != 0 {
		if lx != 0 || ly != 0 {
			return 0, 0, energy.BadSetting(name, "L", "is given together with Lx or Ly; give L, or Lx and Ly")
		}
		lx, ly = c.L, c.L
		edges = []string{"L", "L"}
	}
	if lx == 0 && ly == 0 {
		return 0, 0, energy.BadSetting(name, "L", "must be at least 1; give L, or Lx and Ly")
	}
	for i, length := range []int{lx, ly} {
		if length < 1 {
			return 0, 0, energy.BadSetting(name, edges[i], fmt.Sprintf("must be at least 1, got %d", length))
		}
	}
	return lx, ly, nil
}
