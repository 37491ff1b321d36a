package sample

import "github.com/helmholtz-physics/helmholtz/framework/core"

// independent draws have a seed and a number, and nothing that goes before them.
type independent struct{}

// Init returns the state before the first draw.
func (independent) Init(seed uint64) (core.SamplerState, error) {
	return core.SamplerState{Seed: seed}, nil
}

// Deal implements core.Dealt: draws need nothing of each other.
func (independent) Deal(core.Exchange) {}

// Burn has nothing to throw away.
func (independent) Burn(state core.SamplerState) (core.SamplerState, int, error) {
	return state, 0, nil
}
