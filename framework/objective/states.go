package objective

import (
	"cmp"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// byState sorts the samples of a batch by state, those of one state in the
// order in which they were drawn. order gives its memory.
func byState(order []int, b *core.Batch) []int {
	order = core.Resize(order, b.N)
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int {
		return cmp.Or(slices.Compare(state(b, i), state(b, j)), cmp.Compare(i, j))
	})
	return order
}

// sameState is the longest beginning of order, which is not empty, that has
// one state.
func sameState(b *core.Batch, order []int) []int {
	first := state(b, order[0])
	for n, i := range order {
		if !slices.Equal(state(b, i), first) {
			return order[:n]
		}
	}
	return order
}

// state holds the labels of sample i.
func state(b *core.Batch, i int) []int32 {
	d := len(b.K) / b.N
	return b.K[i*d : (i+1)*d]
}
