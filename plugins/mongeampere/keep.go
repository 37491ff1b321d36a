package mongeampere

import (
	"sync/atomic"

	"github.com/helmholtz-physics/helmholtz/framework/engine/grad"
)

// A pull-back needs the hidden units of all stages. Those that are kept need not be evaluated
// again, 7 of 31 multiplications of a training step. What is kept changes no bit of the result,
// so it may depend on which workspace asks first.
const (
	// keepBytes is the memory for them of all workspaces: enough for 50 steps of 512 units
	// on 256 numbers of 800 configurations.
	keepBytes = 1 << 30
	// ownBytes is what a workspace may have when all of that is taken.
	ownBytes = 16 << 20
)

// kept is the number of rows that a step keeps.
func (p *potential[T]) kept() int {
	if p.shape == nil {
		return p.all() + p.d
	}
	return 2*p.all() + p.d
}

// keeps tells of how many of so many steps a workspace of n configurations keeps the stages.
func (p *potential[T]) keeps(steps int) func(n int) int {
	left := new(atomic.Int64)
	left.Store(keepBytes)
	return func(n int) int {
		step := int64(grad.Bytes[T]() * p.kept() * stride(n))
		for {
			shared := left.Load()
			keep := min(int64(steps), shared/step)
			if keep > 0 && left.CompareAndSwap(shared, shared-keep*step) || keep == 0 {
				return int(max(keep, min(int64(steps), ownBytes/step), 1))
			}
		}
	}
}
