// Package ranks is what the processes of one run say to each other. Each of them
// runs the same loop on its own rows of every batch, and all have the same
// parameters. One process alone, and goroutines for tests, are built here.
package ranks

import (
	"cmp"
	"fmt"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Comm joins the ranks of a run. All ranks make the same calls in the same order;
// a call returns when all have made it. An error is the same kind of failure on
// every rank, and ends the run.
type Comm interface {
	// Rank of this process, from 0 to Size() - 1.
	Rank() int
	Size() int
	// Gather puts the numbers of all ranks into all, those of rank 0 first. counts
	// are how many each rank has; len(mine) = counts[Rank()], len(all) their sum.
	Gather(all, mine []float64, counts []int) error
	// Broadcast copies v of the rank root to v of all others. Its length is the same
	// on all.
	Broadcast(v []float64, root int) error
}

// Alone is a run of one process.
type Alone struct{}

var _ Comm = Alone{}

// Rank implements Comm.
func (Alone) Rank() int { return 0 }

// Size implements Comm.
func (Alone) Size() int { return 1 }

// Gather implements Comm.
func (Alone) Gather(all, mine []float64, _ []int) error {
	copy(all, mine)
	return nil
}

// Broadcast implements Comm.
func (Alone) Broadcast([]float64, int) error { return nil }

// Agree returns the error of the first rank that has one, on all ranks, so that
// all end or go on alike: the ranks that have none get its kind and text.
func Agree(c Comm, err error) error {
	if c.Size() == 1 {
		return err
	}
	mine := []float64{0, 0}
	if err != nil {
		mine[0], mine[1] = 1, float64(len(err.Error()))
	}
	counts := make([]int, c.Size())
	for i := range counts {
		counts[i] = len(mine)
	}
	all := make([]float64, len(mine)*c.Size())
	if e := c.Gather(all, mine, counts); e != nil {
		return e
	}
	for rank := range c.Size() {
		if all[2*rank] == 0 {
			continue
		}
		failure, e := share(c, rank, int(all[2*rank+1]), err)
		if e != nil || rank == c.Rank() {
			return cmp.Or(e, err)
		}
		return &core.Error{Kind: failure.kind, Op: fmt.Sprintf("rank %d", rank), Err: fmt.Errorf("%s", failure.text)}
	}
	return nil
}

// failure is an error as it crosses.
type failure struct {
	kind core.Kind
	text string
}

// share tells all ranks the error of one of them: its kind, then its text.
func share(c Comm, rank, length int, err error) (failure, error) {
	code := make([]float64, 1+length)
	if rank == c.Rank() {
		code[0] = float64(core.KindOf(err))
		for i, b := range []byte(err.Error()) {
			code[1+i] = float64(b)
		}
	}
	if e := c.Broadcast(code, rank); e != nil {
		return failure{}, e
	}
	text := make([]byte, length)
	for i := range text {
		text[i] = byte(code[1+i])
	}
	return failure{core.Kind(code[0]), string(text)}, nil
}
