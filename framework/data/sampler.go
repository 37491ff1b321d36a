package data

import (
	"math/rand/v2"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// independent draws have nothing that goes before them.
type independent struct{}

// Init returns the state before the first draw.
func (independent) Init(seed uint64) (core.SamplerState, error) {
	return core.SamplerState{Seed: seed}, nil
}

// Burn has nothing to throw away.
func (independent) Burn(state core.SamplerState) (core.SamplerState, int, error) {
	return state, 0, nil
}

// chooser chooses one of some rows for each draw, with replacement. The choice of draw
// number i follows from the state and i alone.
type chooser struct {
	seed   uint64
	stream rand.PCG
}

func choosing(state core.SamplerState) chooser {
	return chooser{seed: core.Derive(state.Seed, state.Drawn)}
}

func (c *chooser) row(i, rows int) int {
	core.SeedStream(&c.stream, c.seed, uint64(i))
	return rand.New(&c.stream).IntN(rows)
}

// Sampler draws configurations of a data set X of configurations of Size
// numbers, with replacement. Draw k follows from the seed and k alone.
type Sampler struct {
	independent
	X    []float64
	Size int
}

var _ core.Sampler = Sampler{}

// Next draws n configurations into dst; their ln p is not known.
func (s Sampler) Next(dst *core.Batch, state core.SamplerState, n int) (core.SamplerState, error) {
	dst.Reset(n, s.Size)
	dst.LogP = dst.LogP[:0]
	choice := choosing(state)
	for i := range n {
		row := choice.row(dst.From+i, len(s.X)/s.Size)
		copy(dst.X[i*s.Size:], s.X[row*s.Size:(row+1)*s.Size])
	}
	state.Drawn++
	return state, nil
}
