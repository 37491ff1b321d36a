package nn

import (
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// tileWeights is the size of a gradient tile that one task fills: it stays in
// a core's own cache while all rows and samples are added to it, and a layer
// has enough tiles to share out evenly.
const tileWeights = 1 << 14

// parts is the number of tiles per column of the kernel.
func (c *conv[T]) parts() int {
	return max(1, (c.depth(0)*c.In*c.Out+tileWeights-1)/tileWeights)
}

// Tiles counts the pieces of the parameter gradient: the columns of the
// kernel, cut into parts, and the bias.
func (c *conv[T]) Tiles() int {
	_, hx := c.reach()
	return (2*hx+1)*c.parts() + 1
}

// taps are those of a tile: from..to-1 of kernel column j. The last tile has none.
func (c *conv[T]) taps(tile int) (j, from, to int) {
	if tile == c.Tiles()-1 {
		return 0, 0, 0
	}
	j, p, parts := tile/c.parts(), tile%c.parts(), c.parts()
	return j, c.depth(j) * p / parts, c.depth(j) * (p + 1) / parts
}

func (c *conv[T]) TileSize(tile int) int {
	if tile == c.Tiles()-1 {
		return c.Out
	}
	_, from, to := c.taps(tile)
	return (to - from) * c.In * c.Out
}

func (c *conv[T]) biases(tile int) (from, to, at int) {
	if tile < c.Tiles()-1 {
		return 0, 0, 0
	}
	return 0, c.Out, 0
}

// Accumulate adds to part of a kernel column, dW += X dY^T, or to the biases.
func (c *conv[T]) Accumulate(tile, _ int, sum []T) {
	if tile == c.Tiles()-1 {
		c.accumulateBias(sum)
		return
	}
	j, from, to := c.taps(tile)
	ld := c.x.Cols
	for y := range c.Ly {
		c.eachColumn(j, y, true, func(k column) {
			first, end := max(from, k.tap), min(to, k.tap+k.taps)
			if first >= end {
				return
			}
			in, _, cols := c.at(k, y)
			dyT := c.dyT[(y*ld+k.y*c.x.N)*c.Out:]
			tensor.MulAdd(false, (end-first)*c.In, c.Out, cols, c.x.Val[in+(first-k.tap)*c.In*ld:], ld, dyT, c.Out, sum[(first-from)*c.In*c.Out:], c.Out)
		})
	}
}

// accumulateBias adds the sums of the output's adjoint.
func (c *conv[T]) accumulateBias(sum []T) {
	if c.B != nil {
		tensor.AddRowSums(sum, c.y.Adj, c.y.Rows, c.y.Cols, c.y.Cols)
	}
}

func (c *conv[T]) AddTile(tile int, sum []float64) {
	j, from, _ := c.taps(tile)
	if tile < c.Tiles()-1 {
		tensor.Axpy(1, sum, tap(c, c.W.Sum, j, from)[:len(sum)])
	} else if c.B != nil {
		tensor.Axpy(1, sum, c.B.Sum)
	}
}
