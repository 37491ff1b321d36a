package data

import "github.com/helmholtz-physics/helmholtz/framework/core"

// Rows draws rows From, ..., To-1 of an energy's, of Size numbers each, with
// replacement. Draw k follows from the seed and k alone.
type Rows struct {
	independent
	Of             core.Given
	Size, From, To int
}

var _ core.Sampler = Rows{}

// Next draws n rows into dst; their ln p is not known.
func (r Rows) Next(dst *core.Batch, state core.SamplerState, n int) (core.SamplerState, error) {
	dst.Reset(n, r.Size)
	dst.LogP = dst.LogP[:0]
	number, choice := core.RowNumber.Room(dst, n), choosing(state)
	for i := range number {
		number[i] = int32(r.From + choice.row(dst.From+i, r.To-r.From))
	}
	if err := r.Of.Rows(dst.X, number); err != nil {
		return state, err
	}
	state.Drawn++
	return state, nil
}
