// Package fermiflow is a variational density matrix of fermions in a harmonic
// trap (Xie, Zhang and Wang, arXiv:2105.08644): free fermions, moved by a flow.
// With hbar = m = omega = 1 and Phi_K the Slater determinants of the oscillator's
// orbitals,
//
//	Psi_K(x) = Phi_K(z(x)) |det dz/dx|^(1/2),   rho = sum_K p(K) |Psi_K><Psi_K|.
//
// The map x -> z is the inverse of a continuous flow of identical particles
// (package flow/manybody), dx/dt = v(x) from z at t = 0 to x at t = 1. It is one map for
// all K, and a change of variables keeps scalar products: the Psi_K are
// orthonormal as the Phi_K are. K runs over all states of n fermions up to an
// excitation above the ground state, each with a logit of its own,
//
//	p(K) = exp(l_K) / sum_K' exp(l_K').
//
// z is drawn from |Phi_K|^2 exactly, as a determinantal point process, and carried
// to x by the steps of an integrator, x = f(z). Local energy and gradient follow from
//
//	ln|Psi| = ln|Phi_K(z)| - l/2,   l = ln|det dx/dz| = int_0^1 div v dt,
//
// by derivatives of these steps, on the path that the draw made (see path.go).
package fermiflow

import (
	"github.com/helmholtz-physics/helmholtz/framework/core"
)

const name = "fermiflow"

// config is the model's table in the run file.
type config struct {
	Excitation  int     `key:"excitation" min:"0" max:"60" help:"states up to so many quanta above the ground state of free fermions; 0: its shell only"`
	State       int     `key:"state" min:"-1" max:"65535" help:"number of the only state, by energy and then by orbitals from 0; -1: all"`
	InitialBeta float64 `key:"initial_beta" min:"0" help:"inverse temperature of the free fermions whose p(K) training starts from"`
	Hidden      int     `key:"hidden" min:"1" max:"4096" help:"hidden units of each of the functions of distance"`
	Softening   float64 `key:"softening" above:"0" help:"distance below which functions of distance are smooth"`
	Steps       int     `key:"steps" min:"1" max:"10000" help:"steps of the integrator, classical Runge-Kutta"`
}

var powers = []core.Power{core.PowerQuantum, core.PowerStates, core.PowerStateSlope, core.PowerStateDraws, core.PowerStateSpan, core.PowerNatural, core.PowerNaturalShares, core.PowerNaturalProducts, core.PowerNotices}

// Part is the model as the host sees it.
var Part = core.Part{
	Manifest: core.Manifest{
		Kind:      core.KindModel,
		Name:      name,
		Version:   "0.1.0",
		Summary:   "Slater determinants of a trap moved by a continuous flow: a density matrix",
		Reference: "Xie, Zhang, Wang, arXiv:2105.08644",
		Spaces:    []core.SpaceKind{core.Particles},
		Powers:    powers,
		Params:    core.SchemaOf(config{Excitation: 2, State: -1, InitialBeta: 1, Hidden: 50, Softening: 0.1, Steps: 20}),
	},
	NewModel: func(s core.Settings, space core.Space) (core.Model, error) {
		var c config
		core.Decode(s, &c)
		return open(c, space)
	},
}

// open checks that the model fits the space.
func open(c config, space core.Space) (*Model, error) {
	const op = "build model"
	if space.Kind != core.Particles || len(space.Shape) != 2 || space.Size() < 1 || space.Periodic || space.Box != nil {
		return nil, core.Errorf(core.Mismatch, op, name, "needs particles in open space, the energy has %v", space)
	}
	n, d := space.Shape[0], space.Shape[1]
	if d > 3 {
		return nil, core.Errorf(core.Mismatch, op, name, "needs 1, 2 or 3 dimensions, the energy has %d", d)
	}
	o, err := newOrbitals(n, d, c.Excitation)
	if err != nil {
		return nil, err
	}
	all, err := enumerate(o, n, c.Excitation)
	if err != nil {
		return nil, err
	}
	if c.State >= all.count() {
		return nil, &core.Error{Kind: core.Invalid, Op: op, Subject: name,
			Err:  &core.SettingError{Key: "state", Problem: "is beyond the " + plural(all.count(), "state") + " of this excitation: " + all.list(o)},
			Hint: "they are numbered from 0"}
	}
	m := newModel(c, space, o, all)
	if c.Excitation == 0 && m.states.count() > 1 {
		m.openShell()
	}
	return m, nil
}
