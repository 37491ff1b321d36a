package sample

import (
	"math/rand/v2"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Rows draws rows From, ..., To-1 of an energy's, of Size numbers each, with
// replacement. Draw k follows from the seed and k alone.
type Rows struct {
	Of             core.Given
	Size, From, To int
}

var _ core.Sampler = Rows{}

// Init returns the state before the first draw.
func (Rows) Init(seed uint64) (core.SamplerState, error) {
	return core.SamplerState{Seed: seed}, nil
}

// Burn has nothing to throw away.
func (Rows) Burn(state core.SamplerState) (core.SamplerState, int, error) { return state, 0, nil }

// Next draws n rows into dst; their ln p is not known.
func (r Rows) Next(dst *core.Batch, state core.SamplerState, n int) (core.SamplerState, error) {
	dst.Reset(n, r.Size)
	dst.LogP = dst.LogP[:0]
	number := core.RowNumber.Room(dst, n)
	var stream rand.PCG
	for i := range number {
		core.SeedStream(&stream, core.Derive(state.Seed, state.Drawn), uint64(dst.From+i))
		number[i] = int32(r.From + rand.New(&stream).IntN(r.To-r.From))
	}
	if err := r.Of.Rows(dst.X, number); err != nil {
		return state, err
	}
	state.Drawn++
	return state, nil
}
