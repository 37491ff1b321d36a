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
	"github.com/helmholtz-physics/helmholtz/hamiltonians/internal/coulomb"
	"github.com/helmholtz-physics/helmholtz/hamiltonians/internal/exact"
	"github.com/helmholtz-physics/helmholtz/hamiltonians/internal/keys"
	"github.com/helmholtz-physics/helmholtz/hamiltonians/internal/smooth"
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

// Energy is that of one trap.
type Energy struct {
	*smooth.Evaluator
	exact.Cache
	spec core.EnergySpec
}

// New checks c and returns its energy.
func New(c Config) (*Energy, error) {
	if err := keys.Finite(name, "strength", c.Strength); err != nil {
		return nil, err
	}
	e := &Energy{
		Evaluator: smooth.NewEvaluator(name, c.N*c.D, c.evaluate),
		Cache:     exact.Cache{Subject: name, Solve: c.solver()},
	}
	e.spec = core.EnergySpec{
		Space:      core.Space{Kind: core.Particles, Shape: []int{c.N, c.D}},
		Units:      "1",
		Symmetries: []core.Symmetry{core.Z2, core.Permutation},
		Powers:     append([]core.Power{core.PowerSlope}, e.Powers()...),
	}
	if c.D > 1 {
		e.spec.Symmetries = append(e.spec.Symmetries, core.Rotation)
	}
	return e, nil
}

// Spec is core.Energy's Spec.
func (e *Energy) Spec() core.EnergySpec { return e.spec }

// evaluate visits every pair once. Particles at the same place have E = +Inf.
func (c Config) evaluate(energies, slope, x []float64) {
	size := c.N * c.D
	for i := range energies {
		one := x[i*size : (i+1)*size]
		e := 0.0
		for _, v := range one {
			e += v * v
		}
		var force []float64
		if slope != nil {
			force = slope[i*size : (i+1)*size]
			for j, v := range one {
				force[j] = 2 * v
			}
		}
		if c.Strength > 0 {
			e += coulomb.Repulsion(c.Strength, c.D, force, one)
		}
		energies[i] = e
	}
}

var (
	_ core.Energy       = (*Energy)(nil)
	_ core.EnergySloper = (*Energy)(nil)
	_ core.Exacter      = (*Energy)(nil)
)
