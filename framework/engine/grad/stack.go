package grad

import (
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// Stack makes sums of n numbers over the segments of a par.Cut, in its order:
//
//	for _, segment := range segments {
//		sum := s.Top(segment, n)
//		(add the segment to sum)
//		s.Merge(segment, n)
//	}
//	sum := s.Take(n)
//
// A share is summed up in T, and shares are added in float64: then the sum of nodes of
// the tree, which other processes may have, is that of the whole, bit for bit. It keeps one
// partial sum for each level of the tree, and their memory for the next sum. The zero
// value is ready.
type Stack[T tensor.Real] struct {
	share []T // the one in work
	open  bool
	sums  [][]float64 // of nodes before it
	depth int
}

// Top is the sum that a segment is added to.
func (s *Stack[T]) Top(c par.Segment, n int) []T {
	if c.Opens {
		s.close(n)
		s.share, s.open = slices.Grow(s.share[:0], n)[:n], true
		clear(s.share)
	}
	return s.share
}

// close makes the share in work a node, if there is one.
func (s *Stack[T]) close(n int) {
	if !s.open {
		return
	}
	if s.depth == len(s.sums) {
		s.sums = append(s.sums, nil)
	}
	node := &s.sums[s.depth]
	if share, ok := any(&s.share).(*[]float64); ok {
		*node, *share = *share, *node
	} else {
		*node = slices.Grow((*node)[:0], n)[:n]
		convert(*node, s.share)
	}
	s.depth, s.open = s.depth+1, false
}

// strip is how many numbers go through all levels at a time: they stay in the first
// cache.
const strip = 1 << 10

// Merge follows when the segment was added.
func (s *Stack[T]) Merge(c par.Segment, n int) {
	if c.Merges == 0 {
		return
	}
	for from := 0; from < n; from += strip {
		to := min(from+strip, n)
		addTo(s.sums[s.depth-1][from:to], s.share[from:to])
		for d := 1; d < c.Merges; d++ {
			right, left := s.sums[s.depth-d], s.sums[s.depth-1-d][from:to]
			tensor.Add(left, left, right[from:to])
		}
	}
	s.depth, s.open = s.depth-(c.Merges-1), false
}

// Reset forgets what was added since the last Take.
func (s *Stack[T]) Reset() { s.depth, s.open = 0, false }

// Take returns the sum over all segments, valid until the next one begins.
func (s *Stack[T]) Take(n int) []float64 {
	if s.depth == 0 && !s.open {
		s.Top(par.Segment{Opens: true}, n)
	}
	s.close(n)
	s.depth = 0
	return s.sums[0][:n]
}
