package sample

import (
	"cmp"
	"math/rand/v2"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Given are configurations that are at hand by number: rows From, ..., To-1, of Size
// numbers each. In which order they are drawn is the business of [Replacing], [Epochs]
// and [InOrder]. None of them knows ln p.
type Given struct {
	independent
	Of             core.Given
	Size, From, To int
}

// Array is a data set in memory, row-major, as what has rows.
type Array struct {
	X    []float64
	Size int
}

// Rows implements core.Given.
func (a Array) Rows(x []float64, number []int32) error {
	for i, k := range number {
		copy(x[i*a.Size:(i+1)*a.Size], a.X[int(k)*a.Size:])
	}
	return nil
}

// All are all rows of the array.
func (a Array) All() Given { return Given{Of: a, Size: a.Size, To: len(a.X) / a.Size} }

// Len is how many rows there are.
func (g Given) Len() int { return g.To - g.From }

// next draws n rows; row is the place among them of what stands at i in dst.
func (g Given) next(dst *core.Batch, state core.SamplerState, n int, row func(i int) int) (core.SamplerState, error) {
	dst.Reset(n, g.Size)
	dst.LogP = dst.LogP[:0]
	number := core.RowNumber.Room(dst, n)
	for i := range number {
		number[i] = int32(g.From + row(i))
	}
	if err := g.Of.Rows(dst.X, number); err != nil {
		return state, err
	}
	state.Drawn++
	return state, nil
}

// Replacing draws rows with replacement. Draw k follows from the seed and k alone.
type Replacing struct{ Given }

var _ core.Sampler = Replacing{}

// Next draws n rows into dst.
func (s Replacing) Next(dst *core.Batch, state core.SamplerState, n int) (core.SamplerState, error) {
	seed := core.Derive(state.Seed, state.Drawn)
	var stream rand.PCG
	return s.next(dst, state, n, func(i int) int {
		core.SeedStream(&stream, seed, uint64(dst.From+i))
		return rand.New(&stream).IntN(s.Len())
	})
}

// InOrder draws each row once, in the order of their numbers, at most Batch at a time: a
// draw has Batch rows, or, the last one, those that are left. Of more than Most rows, 0
// for no limit, it draws so many at equal distances.
type InOrder struct {
	Given
	Batch, Most int
}

var _ core.Sampler = InOrder{}

// Total is how many rows are drawn in all.
func (s InOrder) Total() int {
	if s.Most > 0 {
		return min(s.Most, s.Len())
	}
	return s.Len()
}

// Next draws n rows into dst.
func (s InOrder) Next(dst *core.Batch, state core.SamplerState, n int) (core.SamplerState, error) {
	first := int(state.Drawn)*s.Batch + dst.From
	return s.next(dst, state, n, func(i int) int { return (first + i) * s.Len() / s.Total() })
}

// Epochs draws without replacement: every row once in an epoch, in an order that the seed
// and the epoch decide, and batches run on from one epoch into the next. All draws of a
// seed must have equally many rows.
type Epochs struct{ Given }

var _ core.Sampler = Epochs{}

// Next draws n rows into dst.
func (s Epochs) Next(dst *core.Batch, state core.SamplerState, n int) (core.SamplerState, error) {
	rows := uint64(s.Len())
	first := state.Drawn*uint64(cmp.Or(dst.Total, n)) + uint64(dst.From)
	return s.next(dst, state, n, func(i int) int {
		k := first + uint64(i)
		return int(shuffled(k%rows, rows, core.Derive(state.Seed, k/rows)))
	})
}
