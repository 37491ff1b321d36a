package nn

import (
	"fmt"

	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// segments are those of the samples that gradients are asked for: segment k has the
// samples bounds[k] to bounds[k+1]-1.
type segments struct{ bounds []int }

// Segment implements grad.Weighted.
func (s *segments) Segment(bounds []int) { s.bounds = append(s.bounds[:0], bounds...) }

// of says which of cols columns a segment has. There may be several only where a
// column is a sample.
func (s *segments) of(segment, cols int) (from, to int) {
	if s.count() == 1 {
		return 0, cols
	}
	return s.bounds[segment], s.bounds[segment+1]
}

// count is the number of segments.
func (s *segments) count() int { return max(1, len(s.bounds)-1) }

// single is for ops whose samples are not side by side in memory: they have one
// segment.
type single struct{}

// Segment implements grad.Weighted.
func (single) Segment(bounds []int) {
	if len(bounds) > 2 {
		panic(fmt.Sprintf("nn: %d segments of an op that has only one", len(bounds)-1))
	}
}

// resize returns a slice of length n that reuses s's memory where it can.
func resize[T tensor.Real](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}
