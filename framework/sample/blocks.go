package sample

import (
	"math/rand/v2"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
)

// blocks is the kernel of chains whose energy several threads can ask: block after block
// makes its whole move by itself, in memory that stays in the first cache.
type blocks struct {
	first first
	each  []block
	size  int // of a configuration

	ratio []float64 // of each chain, as of leapfrog

	// Only during a move.
	accepted []float64
	step     float64
	random   []*rand.Rand
	task     func(i int)
}

// block has the chains from, ..., to-1.
type block struct {
	from, to int
	moves    *leapfrog
	err      error
}

// blockNumbers is about how many coordinates a block has: of the six arrays of a trajectory, 8 KiB
// each.
const blockNumbers = 1 << 10

// newBlocks cuts chains by their sizes alone, so that the numbers are the same for any number
// of threads.
func newBlocks(space core.Space, chains, steps int, u func() potential, from first) *blocks {
	b := &blocks{first: from, size: space.Size(), ratio: make([]float64, chains)}
	width := max(1, blockNumbers/max(1, b.size))
	for c := 0; c < chains; c += width {
		to := min(c+width, chains)
		b.each = append(b.each, block{from: c, to: to, moves: newLeapfrog(space, to-c, steps, u(), nil)})
	}
	b.task = func(i int) {
		k := &b.each[i]
		k.err = k.moves.moveEach(b.ratio[k.from:k.to], b.accepted[k.from:k.to], b.step, b.random[k.from:k.to])
	}
	return b
}

func (b *blocks) start(seed uint64, random []*rand.Rand) ([]float64, error) {
	q := make([]float64, len(random)*b.size)
	return q, b.first(q, seed, random)
}

func (b *blocks) enter(at place, q []float64, _ uint64, _ int) error {
	for i := range b.each {
		k := &b.each[i]
		if err := k.moves.enterFrom(at.from+k.from, q[k.from*b.size:k.to*b.size]); err != nil {
			return err
		}
	}
	return nil
}

func (b *blocks) move(accepted []float64, step float64, random []*rand.Rand) (float64, error) {
	b.accepted, b.step, b.random = accepted, step, random
	par.For(len(b.each), b.task)
	b.accepted, b.random = nil, nil
	for i := range b.each {
		if err := b.each[i].err; err != nil {
			return 0, err
		}
	}
	return mean(b.ratio), nil
}

func (b *blocks) ratios() []float64 { return b.ratio }

func (b *blocks) show(dst *core.Batch, i int) error {
	for k := range b.each {
		if err := b.each[k].moves.show(dst, i+b.each[k].from); err != nil {
			return err
		}
	}
	return nil
}

func (b *blocks) leave() []float64 {
	var q []float64
	for i := range b.each {
		q = append(q, b.each[i].moves.now.q...)
	}
	return q
}
