// Package quantumdot is a quantum dot of spin-polarised electrons in a harmonic
// trap, in the oscillator's units (hbar = m = omega = 1; Xie, Zhang and Wang,
// arXiv:2105.08644):
//
//	H = sum_i (-lap_i/2 + r_i^2/2) + kappa sum_{i<j} 1/r_ij.
//
// Electrons of charge e in a trap of frequency omega have kappa = omega^(-1/2)
// in atomic units, and energies in units of omega.
package quantumdot

import (
	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/hamiltonians/internal/coulomb"
	"github.com/helmholtz-physics/helmholtz/hamiltonians/internal/exact"
	"github.com/helmholtz-physics/helmholtz/hamiltonians/internal/keys"
	"github.com/helmholtz-physics/helmholtz/hamiltonians/internal/smooth"
)

const name = "quantumdot"

// Config is the energy's table in the run file.
type Config struct {
	N         int     `key:"n" opt:"required" min:"1" max:"1000" help:"number of electrons"`
	Dimension int     `key:"dimension" min:"1" max:"3" help:"dimensions of the trap"`
	Kappa     float64 `key:"kappa" min:"0" help:"strength of the Coulomb repulsion in the oscillator's units"`
}

// Part is the energy plugin.
var Part = core.Part{
	Manifest: core.Manifest{
		Kind:      core.KindEnergy,
		Name:      name,
		Version:   "0.1.0",
		Summary:   "spin-polarised electrons in a harmonic trap",
		Reference: "Xie, Zhang, Wang, arXiv:2105.08644",
		Powers:    []core.Power{core.PowerSlope, core.PowerExact},
		Params:    core.SchemaOf(Config{Dimension: 2, Kappa: 1}),
	},
	NewEnergy: func(s core.Settings) (core.Energy, error) {
		var c Config
		core.Decode(s, &c)
		return New(c)
	},
}

// Energy is that of one dot: the potential, with kinetic 1/2 in its Spec.
type Energy struct {
	*smooth.Evaluator
	exact.Cache
	spec core.EnergySpec
}

// New checks c and returns its energy.
func New(c Config) (*Energy, error) {
	if err := keys.Finite(name, "kappa", c.Kappa); err != nil {
		return nil, err
	}
	e := &Energy{
		Evaluator: smooth.NewEvaluator(name, c.N*c.Dimension, c.evaluate),
		Cache:     exact.Cache{Subject: name, Solve: c.solve},
	}
	e.spec = core.EnergySpec{
		Space:      core.Space{Kind: core.Particles, Shape: []int{c.N, c.Dimension}},
		Units:      "hbar omega",
		Kinetic:    0.5,
		Symmetries: []core.Symmetry{core.Z2, core.Permutation},
		Powers:     append([]core.Power{core.PowerSlope}, e.Powers()...),
	}
	if c.Dimension > 1 {
		e.spec.Symmetries = append(e.spec.Symmetries, core.Rotation)
	}
	return e, nil
}

// Spec is core.Energy's Spec.
func (e *Energy) Spec() core.EnergySpec { return e.spec }

// evaluate visits every pair once. Electrons at the same place have V = +Inf.
func (c Config) evaluate(energies, slope, x []float64) {
	size := c.N * c.Dimension
	for i := range energies {
		one := x[i*size : (i+1)*size]
		v := 0.0
		for _, y := range one {
			v += 0.5 * y * y
		}
		var force []float64
		if slope != nil {
			force = slope[i*size : (i+1)*size]
			copy(force, one)
		}
		if c.Kappa > 0 {
			v += coulomb.Repulsion(c.Kappa, c.Dimension, force, one)
		}
		energies[i] = v
	}
}

var (
	_ core.Energy       = (*Energy)(nil)
	_ core.EnergySloper = (*Energy)(nil)
	_ core.Exacter      = (*Energy)(nil)
)
