package grad

import (
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
// It keeps one partial sum for each level of the tree, and their memory for the next
// sum. The zero value is ready.
type Stack struct {
	sums  [][]float64
	depth int
}

// Top is the sum that a segment is added to.
func (s *Stack) Top(c par.Segment, n int) []float64 {
	if !c.Opens {
		return s.sums[s.depth-1][:n]
	}
	top := s.push(n)
	clear(top)
	return top
}

// push makes room for one sum more, whatever it holds.
func (s *Stack) push(n int) []float64 {
	if s.depth == len(s.sums) {
		s.sums = append(s.sums, nil)
	}
	if cap(s.sums[s.depth]) < n {
		s.sums[s.depth] = make([]float64, n)
	}
	s.depth++
	return s.sums[s.depth-1][:n]
}

// strip is how many numbers go through all levels at a time: they stay in the first
// cache.
const strip = 1 << 10

// Merge follows when the segment was added.
func (s *Stack) Merge(c par.Segment, n int) {
	if c.Merges == 0 {
		return
	}
	for from := 0; from < n; from += strip {
		to := min(from+strip, n)
		for d := range c.Merges {
			right, left := s.sums[s.depth-1-d], s.sums[s.depth-2-d][from:to]
			tensor.Add(left, left, right[from:to])
		}
	}
	s.depth -= c.Merges
}

// Take returns the sum over all segments, valid until the next one begins.
func (s *Stack) Take(n int) []float64 {
	if s.depth == 0 {
		s.Top(par.Segment{Opens: true}, n)
	}
	s.depth = 0
	return s.sums[0][:n]
}
