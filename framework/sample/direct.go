package sample

import "github.com/helmholtz-physics/helmholtz/framework/core"

// Direct draws independent configurations, straight from a density. Its
// state is the seed and the number of draws made: draw k has the seed
// core.Derive(seed, k), whatever was drawn before it.
type Direct struct {
	independent
	Density core.Density
}

var _ core.Sampler = Direct{}

// Next draws n configurations with their LogP into dst. On an error the state
// it was given is returned, and dst's contents are undefined.
func (d Direct) Next(dst *core.Batch, state core.SamplerState, n int) (core.SamplerState, error) {
	if err := d.Density.Sample(dst, core.Derive(state.Seed, state.Drawn), n); err != nil {
		return state, err
	}
	state.Drawn++
	return state, nil
}
