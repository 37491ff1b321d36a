package flow

import (
	"math/rand/v2"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/grad"
)

// Start writes the starting values of params, each from a stream of its own.
func Start(theta []float64, params *grad.Params, seed uint64) {
	params.Start(theta, func(k int) *rand.Rand {
		var r rand.PCG
		core.SeedStream(&r, seed, uint64(k))
		return rand.New(&r)
	})
}

// shares are the gradients of all workspaces that the call uses, in the order of
// chunks and views.
func (m *Model) shares(on *chunks) [][]*grad.Param {
	m.grads = m.grads[:0]
	for _, c := range on.All() {
		for _, v := range c.views {
			m.grads = append(m.grads, v.grads)
		}
	}
	return m.grads
}

// sumGrads writes the sum of the gradients of the chunks just used to dst.
func (m *Model) sumGrads(dst []float64, on *chunks) {
	m.params.Add(m.shares(on)...)
	m.params.Unload(dst)
}
