package flow

import (
	"math/rand/v2"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/grad"
	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
)

// Start writes the starting values of params, each from a stream of its own.
func Start(theta []float64, params *grad.Params, seed uint64) {
	params.Start(theta, func(k int) *rand.Rand {
		var r rand.PCG
		core.SeedStream(&r, seed, uint64(k))
		return rand.New(&r)
	})
}

// shares are the gradients of the workspaces of segments, one chunk each, in the
// order of chunks and views.
func (m *Model) shares(on *chunks, segments []par.Segment, skip int) [][]*grad.Param {
	m.grads = m.grads[:0]
	for _, s := range segments {
		for _, v := range on.Work(s.Chunk + skip).views {
			m.grads = append(m.grads, v.grads)
		}
	}
	return m.grads
}

// takeSum writes the sum of the gradients to dst.
func (m *Model) takeSum(dst []float64) {
	m.params.Sum()
	m.params.Unload(dst)
}
