package perceptron

import (
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
	"github.com/helmholtz-physics/helmholtz/framework/flow"
)

var _ flow.Tiled[float64] = (*workspace[float64])(nil)

// tileRows of W_l are a tile: the partial sums of one stay in a core's own cache, and
// are enough for products at full speed.
const tileRows = 64

// Tiles implements flow.Tiled: rows of the weights, and the biases of each layer.
func (on *workspace[T]) Tiles() (all []flow.Tile) {
	for l, y := range on.layers {
		for from := 0; from < y.Out; from += tileRows {
			to := min(from+tileRows, y.Out)
			all = append(all, flow.Tile{Param: 2 * l, From: from * y.In, To: to * y.In})
		}
	}
	for l, y := range on.layers {
		all = append(all, flow.Tile{Param: 2*l + 1, From: 0, To: y.Out})
	}
	return all
}

// Accumulate implements flow.Tiled.
func (on *workspace[T]) Accumulate(t flow.Tile, from, to int, sum []T) {
	l := t.Param / 2
	y, ubar := on.layers[l], on.ubar[l][from:]
	if t.Param%2 == 1 {
		tensor.AddRowSums(sum, ubar, y.Out, to-from, on.ld)
		return
	}
	y.Weights(sum, y.In, t.From/y.In, t.To/y.In, ubar, on.slots[0].h[l][from:], on.ld, to-from)
}
