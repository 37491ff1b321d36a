// Package sample draws batches from densities: directly from a model, or by
// Markov chains from the Boltzmann density of an energy. What is drawn follows
// from plain data (the sampler's state and n), so that a run can be resumed.
package sample

import "github.com/helmholtz-physics/helmholtz/framework/core"

// Method names a way of drawing.
type Method string

const (
	// MethodDirect draws independently from the model.
	MethodDirect Method = "direct"
	// MethodMetropolis moves all components of x by a normal step.
	MethodMetropolis Method = "metropolis"
	// MethodMALA is the Metropolis-adjusted Langevin algorithm in x.
	MethodMALA Method = "mala"
	// MethodHMC is Hamiltonian Monte Carlo in x.
	MethodHMC Method = "hmc"
	// MethodLatentHMC is Hamiltonian Monte Carlo in the model's latent variables.
	MethodLatentHMC Method = "latent_hmc"
	// MethodIndependence is Metropolis with independent proposals from the model.
	MethodIndependence Method = "independence"
)

// Options of a Markov chain; zeros mean the defaults in parentheses.
type Options struct {
	Method   Method
	Chains   int     // that advance side by side (100)
	BurnIn   int     // moves of each chain before the first draw (1000)
	Thin     int     // moves from one draw of a chain to the next (1)
	StepSize float64 // of the first move; adapted during burn-in (chosen by method and dimension)
	Leapfrog int     // leapfrog steps of a move of hmc and latent_hmc (10)
}

// Target is what can be drawn from: a model, or the Boltzmann density
// exp(-Beta E)/Z. Parts that a method does not need may be nil.
type Target struct {
	Model  core.Model
	Energy core.Energy
	Beta   float64
}

// Needs says what a method cannot work without.
type Needs struct {
	Model        bool
	ModelPowers  []core.Power
	EnergyPowers []core.Power
}

// Needs of the method.
func (m Method) Needs() Needs {
	switch m {
	case MethodMALA, MethodHMC:
		return Needs{EnergyPowers: []core.Power{core.PowerSlope}}
	case MethodLatentHMC:
		return Needs{Model: true, ModelPowers: []core.Power{core.PowerMap}, EnergyPowers: []core.Power{core.PowerSlope}}
	case MethodMetropolis:
		return Needs{}
	}
	return Needs{Model: true}
}

// New returns the sampler of a method for a target that has what it Needs.
func New(o Options, t Target) (core.Sampler, error) {
	switch o.Method {
	case MethodDirect, "":
		return Direct{t.Model}, nil
	}
	return nil, core.Errorf(core.Unsupported, "open sampler", string(o.Method), "not a known method")
}
