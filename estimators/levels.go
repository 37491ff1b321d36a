package estimators

import (
	"cmp"
	"math"
	"slices"
)

// levels are the different ones of some numbers, increasing.
type levels struct {
	of     []int     // the level of each number
	values []float64 // of each level
	size   []float64 // how many numbers have it
}

// newLevels takes numbers as one that differ by rounding.
func newLevels(x []float64) levels {
	// Sums of a few squares are some 1e-15 off, and levels that differ by less
	// than 1e-9 are one in any plot.
	const same = 1e-9
	order := make([]int, len(x))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(x[i], x[j]) })
	l := levels{of: make([]int, len(x))}
	for _, i := range order {
		if k := len(l.values); k == 0 || x[i]-l.values[k-1] > same*math.Abs(x[i]) {
			l.values, l.size = append(l.values, x[i]), append(l.size, 0)
		}
		k := len(l.values) - 1
		l.of[i] = k
		l.size[k]++
	}
	return l
}
