// Package sample draws batches from densities: directly from a model, or by
// Markov chains from the Boltzmann density of an energy. What is drawn follows
// from plain data (the sampler's state and n), so that a run can be resumed.
package sample

import (
	"cmp"
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Method names a way of drawing.
type Method string

const (
	// MethodDirect draws independently from the model.
	MethodDirect Method = "direct"
	// MethodMetropolis moves all components of x by a normal step.
	MethodMetropolis Method = "metropolis"
	// MethodSingleSite is Metropolis in the spins or levels of one site after the other.
	MethodSingleSite Method = "single_site"
	// MethodWolff turns over clusters of spins.
	MethodWolff Method = "wolff"
	// MethodMALA is the Metropolis-adjusted Langevin algorithm in x.
	MethodMALA Method = "mala"
	// MethodHMC is Hamiltonian Monte Carlo in x.
	MethodHMC Method = "hmc"
	// MethodLatentHMC is Hamiltonian Monte Carlo in the model's latent variables.
	MethodLatentHMC Method = "latent_hmc"
	// MethodIndependence is Metropolis with independent proposals from the model.
	MethodIndependence Method = "independence"
)

// Options of a Markov chain; zeros mean the defaults.
type Options struct {
	Method   Method
	Chains   int     `key:"chains" min:"1" max:"10000000" help:"chains that advance side by side"`
	BurnIn   int     `key:"burn_in" min:"1" max:"1e9" help:"moves of each chain before the first draw, in which the step size adapts"`
	Thin     int     `key:"thin" min:"1" max:"1e9" help:"moves of a chain from one draw to the next"`
	StepSize float64 `key:"step_size" min:"0" help:"size of the first move, adapted in the burn-in; 0 leaves it to the method"`
	Leapfrog int     `key:"leapfrog" min:"1" max:"1e6" help:"leapfrog steps of a move"`
	// Temperatures of the further replicas of each chain.
	Temperatures []float64 `key:"temperatures" help:"parallel tempering: temperatures of further replicas of each chain, each above the one before and the first above that of the run"`
}

var defaults = Options{Chains: 100, BurnIn: 1000, Thin: 1, Leapfrog: 10}

// Uses is what a method cannot work without.
func (m Method) Uses() core.Uses {
	switch m {
	case MethodMALA, MethodHMC:
		return core.Uses{Rows: []*core.Row{core.RowSlope}}
	case MethodLatentHMC:
		return core.Uses{Model: true, Rows: []*core.Row{core.RowMap, core.RowMapPull, core.RowSlope}}
	case MethodMetropolis, MethodSingleSite:
		return core.Uses{}
	case MethodWolff:
		return core.Uses{Energy: []core.Power{core.PowerClusters}}
	}
	return core.Uses{Model: true}
}

// New returns the sampler of a method for a target that has what it Uses.
//
// Without a model chains start at random in the space, which is where it has no end at standard normal
// numbers. With one they start with its draws, but for a quarter, which starts elsewhere, so that
// R-hat tells of what the model has lost: at random in the space; with latent_hmc, in z, at normal
// numbers of twice the width; with independence where hmc, metropolis or
// single_site come to in 200 moves, or burn_in if that is less. Where the energy
// forbids configurations all start from the model. Burn-in has to bring them from there to where the
// density is.
func New(o Options, t core.Target) (core.Sampler, error) {
	if o.Method == MethodDirect || o.Method == "" {
		return Direct{Density: t.Model}, nil
	}
	if !(t.Beta > 0) || math.IsInf(t.Beta, 1) {
		return nil, core.Errorf(core.Invalid, "open sampler", string(o.Method), "chains need a temperature above zero, got beta = %v", t.Beta)
	}
	o.Chains, o.BurnIn = cmp.Or(o.Chains, defaults.Chains), cmp.Or(o.BurnIn, defaults.BurnIn)
	o.Thin, o.Leapfrog = cmp.Or(o.Thin, defaults.Thin), cmp.Or(o.Leapfrog, defaults.Leapfrog)
	switch o.Method {
	case MethodSingleSite:
		return newSites(o, t)
	case MethodWolff:
		return newClusters(o, t)
	case MethodIndependence:
		first := settledFirst(o, t)
		return newChains(o, t.Model.Spec().Space.Size(), 0, func(int) kernel {
			return &independence{first: first, model: t.Model, energy: t.Energy, beta: t.Beta}
		}), nil
	}
	return newSteps(o, t)
}

// newSteps builds the samplers that move by steps. The step size to begin with
// is one that scales well with the dimension d where the density is standard
// normal, and the acceptance aimed at is near where such chains mix fastest:
//
//	metropolis  d^(-1/2)  0.44 at d = 1 to 0.23 at large d (Roberts, Gelman and Gilks 1997)
//	mala        d^(-1/6)  0.574 (Roberts and Rosenthal 1998)
//	hmc         d^(-1/4)  0.651 (Beskos et al. 2013), better higher where forces vary
func newSteps(o Options, t core.Target) (core.Sampler, error) {
	refuse := func(kind core.Kind, format string, args ...any) (core.Sampler, error) {
		return nil, core.Errorf(kind, "open sampler", string(o.Method), format, args...)
	}
	space := t.Energy.Spec().Space
	if !space.Continuous() {
		return refuse(core.Mismatch, "%s cannot move by small steps: use %s, or %s, which proposes draws of a model", space.Kind, MethodSingleSite, MethodIndependence)
	}
	d := space.Size()
	first := firstOf(t)
	sloper, ok := t.Energy.(core.EnergySloper)
	if !ok && o.Method != MethodMetropolis {
		return refuse(core.Unsupported, "the energy has no forces")
	}
	forces := &inForces{energy: sloper, beta: t.Beta}
	u := func(int) potential { return forces }
	power, target, steps := -0.25, 0.8, o.Leapfrog
	switch o.Method {
	case MethodMetropolis:
		u, power, target, steps = func(int) potential { return &inEnergy{energy: t.Energy, beta: t.Beta} }, -0.5, 0.4, 1
	case MethodMALA:
		power, target, steps = -1.0/6, 0.57, 1
	case MethodHMC:
	case MethodLatentHMC:
		m, ok := t.Model.(core.Mapper)
		if !ok {
			return refuse(core.Unsupported, "the model is not a map of normal variables")
		}
		u, first = func(chains int) potential { return newInLatent(chains, d, m, forces) }, mostly(fromNormal, fromWide)
		space = core.Space{Kind: core.Field, Shape: []int{d}} // of z
	default:
		return refuse(core.Unsupported, "not a known method")
	}
	o.StepSize = cmp.Or(o.StepSize, math.Pow(float64(d), power))
	if e, ok := core.AbilityOf[core.Concurrent](t.Energy); ok && o.Method != MethodLatentHMC {
		here := func() potential { return &inRows{energy: e, beta: t.Beta, forces: o.Method != MethodMetropolis} }
		return newChains(o, d, target, func(chains int) kernel {
			b := newBlocks(space, chains, steps, here, first)
			for i := range b.each {
				b.each[i].moves.raw = t.Raw
			}
			return b
		}).asking(steps), nil
	}
	return newChains(o, d, target, func(chains int) kernel {
		l := newLeapfrog(space, chains, steps, u(chains), first)
		l.raw = t.Raw && o.Method != MethodLatentHMC
		return l
	}).asking(steps), nil
}
