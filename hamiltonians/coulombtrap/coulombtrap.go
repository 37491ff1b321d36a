// Package coulombtrap is a classical Coulomb gas in a harmonic trap,
//
//	E(x) = sum_i |x_i|^2 + g sum_{i<j} 1/|x_i - x_j|,
//
// n particles that can be told apart (Z has no 1/n!) in d dimensions, with the
// three-dimensional Coulomb law. Scaling all positions gives the virial theorem
// 2 < sum_i |x_i|^2 > - < V > = n d / beta, V the sum over pairs.
package coulombtrap

import (
	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/energy"
)

const name = "coulombtrap"

// Config is the energy's table in the run file.
type Config struct {
	N        int     `key:"n" opt:"required" min:"1" max:"10000" help:"number of particles"`
	D        int     `key:"d" min:"1" max:"3" help:"dimensions"`
	Strength float64 `key:"strength" min:"0" help:"g, of the Coulomb repulsion"`
}

// Part is the energy plugin.
var Part = core.Part{
	Manifest: core.Manifest{
		Kind:    core.KindEnergy,
		Name:    name,
		Version: "1.0.0",
		Summary: "classical Coulomb gas in a harmonic trap",
		Powers:  []core.Power{core.PowerSlope, core.PowerExact},
		Params:  core.SchemaOf(Config{D: 2, Strength: 1}),
	},
	NewEnergy: func(s core.Settings) (core.Energy, error) {
		var c Config
		core.Decode(s, &c)
		return New(c)
	},
}

// New checks c and returns its energy.
func New(c Config) (*energy.Smooth, error) {
	if err := energy.Finite(name, "strength", c.Strength); err != nil {
		return nil, err
	}
	spec := core.EnergySpec{
		Space:      core.Space{Kind: core.Particles, Shape: []int{c.N, c.D}},
		Units:      "1",
		Symmetries: []core.Symmetry{core.Z2, core.Permutation},
	}
	if c.D > 1 {
		spec.Symmetries = append(spec.Symmetries, core.Rotation)
	}
	return energy.NewSmooth(name, spec, c.solution(), energy.Sum(
		energy.Harmonic{Stiffness: 2},
		energy.Coulomb{Strength: c.Strength, Dimension: c.D},
	)), nil
}
