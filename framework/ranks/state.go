package ranks

import (
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Join puts the states of all ranks together, in the order of the ranks: what was cut
// with [core.State.Cut] is whole again, on all of them.
func Join(c Comm, mine core.State) (core.State, error) {
	if c.Size() == 1 {
		return mine, nil
	}
	head := []float64{float64(mine.From), float64(mine.N), float64(mine.Total), float64(len(mine.Rows)), float64(len(mine.Whole))}
	heads := make([]float64, len(head)*c.Size())
	if err := c.Gather(heads, head, evenly(c, len(head))); err != nil {
		return mine, err
	}
	all := make([]core.State, c.Size())
	rows, whole := make([]int, c.Size()), make([]int, c.Size())
	for rank := range all {
		h := heads[rank*len(head):]
		all[rank] = core.State{From: int(h[0]), N: int(h[1]), Total: int(h[2])}
		rows[rank], whole[rank] = int(h[3]), int(h[4])
	}
	if !slices.ContainsFunc(all, func(s core.State) bool { return s.N > 0 }) && sum(whole) == 0 {
		return core.State{}, nil
	}
	for _, piece := range []struct {
		counts []int
		of     func(s *core.State) *[]float64
	}{{rows, func(s *core.State) *[]float64 { return &s.Rows }}, {whole, func(s *core.State) *[]float64 { return &s.Whole }}} {
		numbers := make([]float64, sum(piece.counts))
		if err := c.Gather(numbers, *piece.of(&mine), piece.counts); err != nil {
			return mine, err
		}
		for rank, n := range piece.counts {
			*piece.of(&all[rank]), numbers = slices.Clip(numbers[:n]), numbers[n:]
		}
	}
	for rank := range all { // a rank that has drawn nothing
		if all[rank].Empty() {
			all[rank].Whole = all[0].Whole
		}
	}
	return core.JoinStates(all...)
}

func sum(counts []int) (total int) {
	for _, n := range counts {
		total += n
	}
	return total
}
