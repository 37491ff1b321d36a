package run

import (
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Markov chains that the model keeps (core.Walker) go from step to step, and
// what they remember decides the next draws as theta does. The host has a copy
// of it after every step: a plugin that dies takes nothing with it, and a step
// that fails leaves the chains where they were before it.
//
// The evaluation starts new chains, so that it follows from theta and the seed
// alone. All its batches have one size: each configuration of a batch is a
// chain, and another number of them would start again.

// walker is the model as a Walker, nil where it is none.
func (r *runner) walker() (core.Walker, error) {
	if !r.can(core.PowerWalk) {
		return nil, nil
	}
	w, err := power[core.Walker](r.parts.Model, core.PowerWalk)
	if err != nil {
		return nil, r.blameModel(err)
	}
	return w, nil
}

// walkers are what the model's chains remember now, empty where there are none.
func (r *runner) walkers() (core.State, error) {
	w, err := r.walker()
	if w == nil || err != nil {
		return core.State{}, err
	}
	state, err := w.State()
	if err != nil {
		return core.State{}, r.blameModel(err)
	}
	return state, nil
}

// setWalkers puts the model's chains to a state; empty makes it start new ones.
func (r *runner) setWalkers(state core.State) error {
	w, err := r.walker()
	if w == nil || err != nil {
		return err
	}
	if err := w.SetState(state); err != nil {
		return r.blameModel(err)
	}
	return nil
}

// can tells whether the model declares a power.
func (r *runner) can(power core.Power) bool {
	return slices.Contains(r.parts.Model.Spec().Powers, power)
}
