// Package xy is the XY model: planar rotators on a periodic ring or square lattice,
//
//	E(x) = -J sum_<ij> cos(x_i - x_j),
//
// x_i in [-pi, pi). J > 0 is ferromagnetic. Each site has a bond to the right and, on
// the square lattice, one down (J. M. Kosterlitz and D. J. Thouless, J. Phys. C 6, 1181
// (1973)).
package xy

import (
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/energy"
	"github.com/helmholtz-physics/helmholtz/framework/energy/exact"
)

const name = "xy"

// Config is the energy's table in the run file.
type Config struct {
	L int     `key:"L" opt:"required" min:"1" max:"1000" help:"sites along each edge"`
	D int     `key:"d" min:"1" max:"2" help:"dimensions: 1 is a ring, 2 a square lattice"`
	J float64 `key:"J" unit:"J" help:"coupling of neighbours, ferromagnetic if positive"`
}

// Part is the energy plugin.
var Part = core.Part{
	Manifest: core.Manifest{
		Kind:      core.KindEnergy,
		Name:      name,
		Version:   "1.0.0",
		Summary:   "XY model of angles on a ring or a square lattice",
		Reference: "Kosterlitz and Thouless 1973, J. Phys. C 6, 1181; ring: Joyce 1967, Phys. Rev. 155, 478",
		Powers:    []core.Power{core.PowerSlope, core.PowerExact},
		Params:    core.SchemaOf(Config{D: 2, J: 1}),
	},
	NewEnergy: func(s core.Settings) (core.Energy, error) {
		var c Config
		core.Decode(s, &c)
		return New(c)
	},
}

// New checks c and returns its energy.
func New(c Config) (*energy.Smooth, error) {
	if err := energy.Finite(name, "J", c.J); err != nil {
		return nil, err
	}
	var known exact.Solution
	if c.D == 1 && (c.J > 0 || c.L%2 == 0) {
		known.Solve = ring{n: c.L, j: math.Abs(c.J)}.solve
	}
	shape := []int{c.L, c.L}[:c.D]
	return energy.NewSmooth(name, core.EnergySpec{
		Space:      core.Space{Kind: core.Angles, Shape: shape, Lattice: [...]string{"chain", "square"}[c.D-1], Periodic: true},
		Units:      "J",
		Symmetries: []core.Symmetry{core.U1, core.Z2, core.Translation, core.Reflection},
	}, known, energy.Sum(c)), nil
}

// Add is energy.Term's Add.
func (c Config) Add(e, slope, x []float64) {
	energy.Each(e, slope, x, func(slope, x []float64) float64 {
		sum := 0.0
		for stride := 1; stride < len(x); stride *= c.L {
			sum += c.bonds(slope, x, stride)
		}
		if len(x) == 1 { // a site that is its own neighbour
			sum = -float64(c.D) * c.J
		}
		return sum
	})
}

// bonds are those along the axis whose neighbours are stride apart: the lattice is
// blocks of L stride sites, and the last stride sites of a block are joined to its
// first. It adds the slope unless nil.
func (c Config) bonds(slope, x []float64, stride int) float64 {
	sum, block := 0.0, c.L*stride
	for from := 0; from < len(x); from += block {
		for i := from; i < from+block; i++ {
			j := i + stride
			if j >= from+block {
				j -= block
			}
			sin, cos := math.Sincos(x[i] - x[j])
			sum -= c.J * cos
			if slope != nil {
				slope[i] += c.J * sin
				slope[j] -= c.J * sin
			}
		}
	}
	return sum
}
