package run

import (
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/learn"
	"github.com/helmholtz-physics/helmholtz/framework/ranks"
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

// walkers are what the model's chains of this rank remember now, empty where there are none.
func (r *runner) walkers() (core.State, error) {
	w, err := r.walker()
	if w == nil || err != nil {
		return core.State{}, err
	}
	state, err := w.State()
	if err != nil {
		err, state = r.blameModel(err), core.State{}
	}
	return state, ranks.Agree(r.comm, err)
}

// setWalkers puts the model's chains of this rank to a state; empty makes it start new ones.
func (r *runner) setWalkers(state core.State) error {
	w, err := r.walker()
	if w == nil || err != nil {
		return err
	}
	if err = w.SetState(state); err != nil {
		err = r.blameModel(err)
	}
	return ranks.Agree(r.comm, err)
}

// ownChains leaves this rank those of the model's chains, as a checkpoint has them, that it
// draws in training.
func (r *runner) ownChains(l *learn.Loop) error {
	r.cutChains = true
	if r.comm.Size() == 1 || r.chains.Empty() {
		return nil
	}
	for _, s := range r.walkerStates() {
		own, err := l.OwnChains([]core.State{*s})
		if err != nil {
			return err
		}
		*s = own[0]
	}
	return nil
}

// ownWalkers are those of a state of the evaluation's chains that this rank draws.
func (r *runner) ownWalkers(state core.State) core.State {
	if r.comm.Size() == 1 || state.Empty() {
		return state
	}
	all := ranks.Deal(state.N, r.comm.Size())
	from := before(all, r.comm.Rank())
	return state.Cut(from, from+all[r.comm.Rank()])
}

// joined is a state of the model's chains, of which each rank has its own in training, with
// those of all ranks.
func (r *runner) joined(state core.State) (core.State, error) {
	if !r.cutChains {
		return state, nil
	}
	return ranks.Join(r.comm, state)
}

// walkerStates are the states of the model's chains that training goes on from.
func (r *runner) walkerStates() []*core.State {
	all := []*core.State{&r.chains}
	if r.rollback != nil {
		all = append(all, &r.rollback.Walkers)
	}
	return all
}

// can tells whether the model declares a power.
func (r *runner) can(power core.Power) bool {
	return slices.Contains(r.parts.Model.Spec().Powers, power)
}
