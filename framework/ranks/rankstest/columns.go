package rankstest

import (
	"fmt"

	"github.com/helmholtz-physics/helmholtz/framework/ranks"
)

// columns cuts rows into columns, with one row on each rank, with several, and with none on some; with one on rank 0 alone, which it
// scatters, and with columns of rank 0 alone, which so gathers.
func columns(c ranks.Comm) error {
	some := func(rank, round int) int { return (rank*7 + 3*round) % 5 }
	for round, shape := range []struct {
		rows    func(rank int) int
		columns func(rank, round int) int
	}{
		{func(int) int { return 1 }, some},
		{func(rank int) int { return rank % 3 }, some},
		{func(rank int) int { return 2 - min(rank, 2) }, some},
		{func(int) int { return 0 }, some},
		{func(rank int) int { return 1 - min(rank, 1) }, func(rank, _ int) int { return 3 * (rank % 4) }},
		{func(rank int) int { return rank % 4 }, func(rank, _ int) int { return 5 * (1 - min(rank, 1)) }},
	} {
		rows, cols, height, width, before := make([]int, c.Size()), make([]int, c.Size()), 0, 0, 0
		for rank := range rows {
			rows[rank], cols[rank] = shape.rows(rank), shape.columns(rank, round)
			if rank < c.Rank() {
				before += cols[rank]
			}
			height, width = height+rows[rank], width+cols[rank]
		}
		n := cols[c.Rank()]
		all, want := make([]float64, height*n), []float64{}
		for rank := range rows {
			theirs := of(rank, round, rows[rank]*width)
			for row := range rows[rank] {
				want = append(want, theirs[row*width+before:][:n]...)
			}
		}
		if err := c.Columns(all, of(c.Rank(), round, rows[c.Rank()]*width), rows, cols); err != nil {
			return err
		}
		if !same(all, want) {
			return fmt.Errorf("has the columns %v in round %d, want %v", all, round, want)
		}
	}
	return nil
}
