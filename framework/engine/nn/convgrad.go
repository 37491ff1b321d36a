package nn

import (
	"github.com/helmholtz-physics/helmholtz/framework/engine/grad"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// tileWeights is the size of a gradient tile that one task fills: it stays in
// a core's own cache while all rows and samples are added to it, and a layer
// has enough tiles to share out evenly.
const tileWeights = 1 << 14

// parts is the number of tiles per column of the kernel.
func (c *conv) parts() int {
	return max(1, (c.depth(0)*c.In*c.Out+tileWeights-1)/tileWeights)
}

// Tiles counts the pieces of the parameter gradient: the columns of the
// kernel, cut into parts, and the bias.
func (c *conv) Tiles() int {
	_, hx := c.reach()
	return (2*hx+1)*c.parts() + 1
}

func (c *conv) biasTile(tile int) grad.Run {
	if tile < c.Tiles()-1 {
		return grad.Run{}
	}
	return grad.Run{Len: c.Out}
}

// Accumulate adds this chunk's share of one piece of the parameter gradient.
func (c *conv) Accumulate(tile int) {
	if tile == c.Tiles()-1 {
		c.accumulateBias()
		return
	}
	parts := c.parts()
	c.accumulateColumn(tile/parts, tile%parts, parts)
}

// accumulateColumn adds to part p of kernel column j: dW += X dY^T.
func (c *conv) accumulateColumn(j, p, parts int) {
	_, hx := c.reach()
	from, to := c.depth(j)*p/parts, c.depth(j)*(p+1)/parts
	ld := c.x.Cols
	for y := range c.Ly {
		k := c.column(j, y, true)
		first, end := max(from, k.tap), min(to, k.tap+k.taps)
		if first >= end {
			continue
		}
		x := c.x.Val[k.x+(first-k.tap)*c.In*ld:]
		dyT := c.dyT[(y*ld+max(hx-j, 0)*c.x.N)*c.Out:]
		tensor.MulAdd(false, (end-first)*c.In, c.Out, k.cols, x, ld, dyT, c.Out, c.tap(c.W.Grad, j, first), c.Out)
	}
}

// accumulateBias adds the sums of the output's adjoint.
func (c *conv) accumulateBias() {
	if c.B != nil {
		tensor.AddRowSums(c.B.Grad, c.y.Adj, c.y.Rows, c.y.Cols, c.y.Cols)
	}
}
