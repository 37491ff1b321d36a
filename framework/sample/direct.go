// Package sample draws batches from a density. What is drawn follows from
// plain data (the sampler's state and n), so that a run can be resumed.
package sample

import "github.com/helmholtz-physics/helmholtz/framework/core"

// Direct draws independent configurations, straight from the density. Its
// state is the seed and the number of draws made: draw k has the seed
// core.Derive(seed, k), whatever was drawn before it.
type Direct struct{}

var _ core.Sampler = Direct{}

// Init returns the state before the first draw.
func (Direct) Init(seed uint64) core.SamplerState { return core.SamplerState{Seed: seed} }

// Next draws n configurations with their LogP into dst. On an error the state
// it was given is returned, and dst's contents are undefined.
func (Direct) Next(dst *core.Batch, density core.Density, state core.SamplerState, n int) (core.SamplerState, error) {
	if err := density.Sample(dst, core.Derive(state.Seed, state.Drawn), n); err != nil {
		return state, err
	}
	state.Drawn++
	return state, nil
}
