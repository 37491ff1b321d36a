// Package dualising is the continuous dual of the two-dimensional Ising model
// on an L x L lattice at temperature T (S.-H. Li and L. Wang, Phys. Rev. Lett.
// 121, 260601 (2018), arXiv:1802.02840; the trick is J. Hubbard's, Phys. Rev.
// Lett. 3, 77 (1959)),
//
//	E(x) = x^T K^-1 x / 2 - sum_i ln cosh x_i,   K = A/T + alpha 1,
//
// A the adjacency matrix, and alpha = 0.1 - the least eigenvalue of A/T, so that
// K is positive. It is a Boltzmann density at beta = 1 alone. As s_i^2 = 1,
//
//	Z_Ising = sum_s exp(s^T A s/(2T)) = exp(-N alpha/2) sum_s exp(s^T K s/2)
//	        = exp(-N alpha/2) (2 pi)^(-N/2) det K^(-1/2) int dx exp(-x^T K^-1 x/2) prod_i 2 cosh x_i,
//
// hence ln Z = ln Z_Ising + N alpha/2 + N/2 ln 2 pi + 1/2 ln det K - N ln 2. The
// spins come back by P(s_i = +1 | x) = 1/(1 + exp(-2 x_i)), independently.
package dualising

import (
	"fmt"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/energy"
	"github.com/helmholtz-physics/helmholtz/framework/energy/exact"
	"github.com/helmholtz-physics/helmholtz/hamiltonians/ising"
)

const name = "dualising"

// critical is the temperature of the phase transition, 2/ln(1 + sqrt 2) (L.
// Onsager, Phys. Rev. 65, 117 (1944)).
const critical = 2.269185314213022

// Config is the energy's table in the run file.
type Config struct {
	L        int     `key:"L" opt:"required" min:"2" max:"1000" help:"sites along each edge"`
	T        float64 `key:"T" above:"0" unit:"J" help:"temperature of the Ising model; the default is the critical one, 2/ln(1 + sqrt 2)"`
	Boundary string  `key:"boundary" choices:"periodic,open" help:"periodic closes the lattice to a torus"`
}

// Part is the energy plugin.
var Part = core.Part{
	Manifest: core.Manifest{
		Kind:      core.KindEnergy,
		Name:      name,
		Version:   "1.0.0",
		Summary:   "continuous dual of the Ising model on a square lattice, for beta = 1",
		Reference: "Li and Wang 2018, Phys. Rev. Lett. 121, 260601 (arXiv:1802.02840)",
		Powers:    []core.Power{core.PowerSlope, core.PowerExact},
		Params:    core.SchemaOf(Config{T: critical, Boundary: "periodic"}),
	},
	NewEnergy: func(s core.Settings) (core.Energy, error) {
		var c Config
		core.Decode(s, &c)
		return New(c)
	},
}

// dual is one lattice and the spins on it.
type dual struct {
	Config
	coupling *coupling
	spins    *energy.Energy
}

// New checks c and returns its energy.
func New(c Config) (*energy.Smooth, error) {
	if err := energy.Finite(name, "T", c.T); err != nil {
		return nil, err
	}
	spins, err := ising.New(ising.Config{Lattice: "square", L: c.L, Boundary: c.Boundary, J: 1})
	if err != nil {
		return nil, err
	}
	periodic := spins.Spec().Space.Periodic
	d := dual{c, newCoupling(c.L, c.T, periodic), spins}
	var known exact.Solution
	if spins.Solve != nil {
		known.Solve = d.solve
	}
	spec := core.EnergySpec{
		Space:      core.Space{Kind: core.Field, Shape: []int{c.L, c.L}, Lattice: "square", Periodic: periodic},
		Units:      "1",
		Symmetries: []core.Symmetry{core.Z2, core.Reflection},
	}
	if periodic {
		spec.Symmetries = append(spec.Symmetries, core.Translation)
	}
	return energy.NewSmooth(name, spec, known, d.coupling.evaluate), nil
}

// solve takes ln Z, and where it is known <m^2>, from those of the spins.
func (d dual) solve(beta float64) (core.Exact, error) {
	if beta != 1 {
		return core.Exact{}, &core.Error{Kind: core.Invalid, Op: "exact values", Subject: name,
			Err:  fmt.Errorf("they are known at beta = 1 alone, got %v", beta),
			Hint: "set ensemble.beta = 1 and the temperature of the Ising model by energy.T"}
	}
	spins, err := d.spins.Exact(1 / d.T)
	if err != nil {
		return core.Exact{}, err
	}
	lnZ, ok := spins.Values["log_z"]
	if !ok {
		return core.Exact{}, core.Errorf(core.Numeric, "exact values", name, "ln Z of the spins at T = %v is out of the range of numbers", d.T)
	}
	lnZ += d.coupling.lnZShift()
	x := core.Exact{
		Values: map[string]float64{"log_z": lnZ, "free_energy": -lnZ},
		Source: "dual to the Ising model; " + spins.Source,
	}
	if mm, ok := spins.Values["magnetization_squared"]; ok {
		x.Values["spin_magnetization_squared"] = mm
	}
	return x, nil
}
