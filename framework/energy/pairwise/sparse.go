package pairwise

import "github.com/helmholtz-physics/helmholtz/framework/core"

// chunkTerms is about how many products one worker sums at a time.
const chunkTerms = 1 << 14

// sparse holds J's upper triangle by columns: the neighbours i < j of j are
// site[start[j]:start[j+1]], with their couplings.
type sparse struct {
	start    []int
	site     []int32
	coupling []float64
	field    []float64 // length n
}

func newSparse(n, count int, bonds Bonds, field []float64) *sparse {
	s := &sparse{start: make([]int, n+1), site: make([]int32, count), coupling: make([]float64, count), field: field}
	if field == nil {
		s.field = make([]float64, n)
	}
	bonds(func(_, j int, _ float64) { s.start[j+1]++ })
	for j := range n {
		s.start[j+1] += s.start[j]
	}
	next := append([]int(nil), s.start...)
	bonds(func(i, j int, v float64) {
		s.site[next[j]], s.coupling[next[j]] = int32(i), v
		next[j]++
	})
	return s
}

// energies writes the energies of len(dst) configurations.
func (s *sparse) energies(dst, x []float64) {
	n := len(s.field)
	for k := range dst {
		spins := x[k*n : (k+1)*n]
		e := 0.0
		for j, f := range s.field {
			from, to := s.start[j], s.start[j+1]
			site := s.site[from:to]
			for m, v := range s.coupling[from:to] {
				f += v * spins[site[m]]
			}
			e -= spins[j] * f
		}
		dst[k] = e
	}
}

func (s *sparse) each(yield func(i, j int, v float64) bool) {
	for j := range s.field {
		for m := s.start[j]; m < s.start[j+1]; m++ {
			if !yield(int(s.site[m]), j, s.coupling[m]) {
				return
			}
		}
	}
}

func (*sparse) follow() core.Follower { return nil }
