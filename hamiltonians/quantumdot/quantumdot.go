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
	"github.com/helmholtz-physics/helmholtz/framework/energy"
	"github.com/helmholtz-physics/helmholtz/framework/energy/exact"
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

// New checks c and returns its potential, with kinetic 1/2 in its Spec.
func New(c Config) (*energy.Smooth, error) {
	if err := energy.Finite(name, "kappa", c.Kappa); err != nil {
		return nil, err
	}
	spec := core.EnergySpec{
		Space:      core.Space{Kind: core.Particles, Shape: []int{c.N, c.Dimension}},
		Units:      "hbar omega",
		Kinetic:    0.5,
		Symmetries: []core.Symmetry{core.Z2, core.Permutation},
	}
	if c.Dimension > 1 {
		spec.Symmetries = append(spec.Symmetries, core.Rotation)
	}
	return energy.NewSmooth(name, spec, exact.Solution{Solve: c.solve}, energy.Sum(
		energy.Harmonic{Stiffness: 1},
		energy.Coulomb{Strength: c.Kappa, Dimension: c.Dimension},
	)), nil
}
