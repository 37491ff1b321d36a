package data

import (
	"math/rand/v2"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Sampler draws configurations of a data set X of configurations of Size
// numbers, with replacement. Draw k follows from the seed and k alone.
type Sampler struct {
	X    []float64
	Size int
}

var _ core.Sampler = Sampler{}

// Init returns the state before the first draw.
func (Sampler) Init(seed uint64) (core.SamplerState, error) {
	return core.SamplerState{Seed: seed}, nil
}

// Burn has nothing to throw away.
func (Sampler) Burn(state core.SamplerState) (core.SamplerState, int, error) { return state, 0, nil }

// Next draws n configurations into dst; their ln p is not known.
func (s Sampler) Next(dst *core.Batch, state core.SamplerState, n int) (core.SamplerState, error) {
	dst.Reset(n, s.Size)
	dst.LogP = dst.LogP[:0]
	var stream rand.PCG
	rows := len(s.X) / s.Size
	for i := range n {
		core.SeedStream(&stream, core.Derive(state.Seed, state.Drawn), uint64(dst.From+i))
		row := rand.New(&stream).IntN(rows)
		copy(dst.X[i*s.Size:], s.X[row*s.Size:(row+1)*s.Size])
	}
	state.Drawn++
	return state, nil
}
