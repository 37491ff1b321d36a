package objective

import (
	"cmp"
	"iter"
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

// sameStates are the groups of one state in what byState gave.
func sameStates(b *core.Batch, order []int) iter.Seq[[]int] {
	return func(yield func([]int) bool) {
		for first := 0; first < len(order); {
			end := first + 1
			for end < len(order) && slices.Equal(state(b, order[first]), state(b, order[end])) {
				end++
			}
			if !yield(order[first:end]) {
				return
			}
			first = end
		}
	}
}

// state holds the labels of sample i.
func state(b *core.Batch, i int) []int32 {
	d := len(b.K) / b.N
	return b.K[i*d : (i+1)*d]
}

func meanOf(values []float64, group []int) float64 {
	sum := 0.0
	for _, i := range group {
		sum += values[i]
	}
	return sum / float64(len(group))
}
