package rankstest

import (
	"fmt"

	"github.com/helmholtz-physics/helmholtz/framework/ranks"
)

// columns cuts rows into columns, with one row on each rank, with several, and with none on some.
func columns(c ranks.Comm) error {
	for round, rowsOf := range []func(rank int) int{
		func(int) int { return 1 },
		func(rank int) int { return rank % 3 },
		func(rank int) int { return 2 - min(rank, 2) },
		func(int) int { return 0 },
	} {
		rows, cols, height, width, before := make([]int, c.Size()), make([]int, c.Size()), 0, 0, 0
		for rank := range rows {
			rows[rank], cols[rank] = rowsOf(rank), (rank*7+3*round)%5
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
