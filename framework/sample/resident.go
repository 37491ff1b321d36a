package sample

import "github.com/helmholtz-physics/helmholtz/framework/core"

// resident are chains that need the energy alone, and walk in its process: a call is all moves
// of a piece, and not one of many steps. The state comes back with every call, so that nothing
// depends on where they walk. They are placed here, where the model is that they start from.
type resident struct {
	*chains
	there core.Sampler // nil where the energy's process has no such chains
}

// settle lets chains walk where the energy is, if they can.
func settle(c *chains, part core.Part, s core.Settings, t core.Target) (core.Sampler, error) {
	o, ok := t.Energy.(core.SamplerOpener)
	if !ok {
		return c, nil
	}
	there, err := o.OpenSampler(part, s, t.Beta, c.work())
	if k, clustered := c.kernel.(*clusters); err != nil && clustered && k.p == nil {
		return nil, err
	}
	if err != nil { // of whatever kind: these chains do not need it
		return c, nil
	}
	return &resident{chains: c, there: there}, nil
}

// Init implements core.Sampler. The energy of the places is looked at here, so that what is wrong
// with it is said before the burn-in.
func (r *resident) Init(seed uint64) (core.SamplerState, error) {
	state, err := r.chains.Init(seed)
	if err != nil {
		return state, err
	}
	return state, r.kernel.enter(place{0, state.Chains.N}, state.Chains.Rows, seed, 0)
}

// Burn implements core.Sampler. Chains that adapt to some in other processes have to walk here.
func (r *resident) Burn(state core.SamplerState) (core.SamplerState, int, error) {
	if r.there != nil && !r.adapts(state) {
		next, left, err := r.there.Burn(state)
		if !r.turnedAway(err) {
			return next, left, err
		}
	}
	return r.chains.Burn(state)
}

// Next implements core.Sampler.
func (r *resident) Next(dst *core.Batch, state core.SamplerState, n int) (core.SamplerState, error) {
	if r.there != nil {
		next, err := r.there.Next(dst, state, n)
		if !r.turnedAway(err) {
			return next, err
		}
	}
	return r.chains.Next(dst, state, n)
}

// turnedAway tells that the chains have to walk here.
func (r *resident) turnedAway(err error) bool {
	if core.KindOf(err) != core.Unsupported {
		return false
	}
	r.there = nil
	return true
}
