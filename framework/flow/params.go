package flow

import (
	"github.com/helmholtz-physics/helmholtz/framework/engine/grad"
	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
)

// shares are the gradients of the workspaces of segments, one chunk each, in the
// order of chunks and views.
func (m *Model[T]) shares(on *chunks[T], segments []par.Segment, skip int) [][]*grad.Param[T] {
	m.grads = m.grads[:0]
	for _, s := range segments {
		for _, v := range on.Work(s.Chunk + skip).views {
			m.grads = append(m.grads, v.grads)
		}
	}
	return m.grads
}

// takeSum writes the sum of the gradients to dst.
func (m *Model[T]) takeSum(dst []float64) {
	m.params.Sum()
	m.params.Unload(dst)
}
