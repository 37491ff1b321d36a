package ranks

import (
	"errors"
	"fmt"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Agree returns the error of the first rank that has one, on all ranks, so that
// all end or go on alike: the ranks that have none get its kind and text.
func Agree(c Comm, err error) error {
	if c.Size() == 1 {
		return err
	}
	mine := []float64{0, 0}
	if err != nil {
		mine[0], mine[1] = 1, float64(core.KindOf(err))
	}
	all := make([]float64, len(mine)*c.Size())
	if e := c.Gather(all, mine, evenly(c, len(mine))); e != nil {
		return e
	}
	for rank := range c.Size() {
		if all[2*rank] == 0 {
			continue
		}
		var text []byte
		if rank == c.Rank() {
			text = []byte(err.Error())
		}
		text, e := BroadcastBytes(c, text, rank)
		if e != nil {
			return e
		}
		if rank == c.Rank() {
			return err
		}
		return &core.Error{Kind: core.Kind(all[2*rank+1]), Op: fmt.Sprintf("rank %d", rank), Err: errors.New(string(text))}
	}
	return nil
}

// evenly is n numbers of each rank.
func evenly(c Comm, n int) []int {
	counts := make([]int, c.Size())
	for i := range counts {
		counts[i] = n
	}
	return counts
}
