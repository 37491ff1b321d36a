package nn

import (
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// thinConv is a masked convolution to one channel. A matrix product with one
// row of weights would read all inputs again for every tap; instead the
// channels are contracted first, for all taps at once,
//
//	U[(dy,dx),x] = sum_c W[(dy,dx),c] X[y,x,c],   Y[y-dy,x-dx] += U[(dy,dx),x],
//
// and backwards the same with the arrows turned round.
type thinConv[T tensor.Real] struct {
	conv[T]
	u []T // U of one lattice row: Taps() x Cols
}

// Forward computes the whole output.
func (c *thinConv[T]) Forward() {
	c.fillBias(0, c.Ly)
	for y := range c.Ly {
		c.push(y, true)
	}
	c.shift(0, 0, c.y.Rows, c.y.Cols)
}

// Begin adds what the row above contributes to the lattice row of sites
// lo..hi-1 and to later ones. Rows must begin in order.
func (c *thinConv[T]) Begin(lo, hi int) {
	if y := c.row(lo, hi); y > 0 {
		c.push(y-1, false)
	} else {
		c.fillBias(0, c.Ly)
	}
}

// Site adds what the input sites of the same lattice row contribute, tap by tap as push.
func (c *thinConv[T]) Site(i int) {
	n, ld := c.x.N, c.x.Cols
	u, sum := c.u[:n], c.sumsOf(c.y)[c.y.At(i):][:n]
	c.eachOwn(i, func(weights []T, from int) {
		tensor.MulSet(false, 1, n, c.In, weights, c.In, c.x.Val[c.x.At(from):], ld, u, n, zero[T]())
		tensor.Add(sum, sum, u)
	})
	c.shift(i/c.Lx, c.y.At(i), 1, n)
}

// Backward adds to the input's adjoint.
func (c *thinConv[T]) Backward() {
	if c.x.Adj == nil {
		return
	}
	cols := c.x.Cols
	for y := range c.Ly {
		c.gather(y)
		tensor.MulAdd(true, c.In, cols, c.Taps(), c.W.Val, c.In, c.u, cols, c.x.Adj[y*c.In*cols:], cols)
	}
}

// Tiles is 1: there is little to share out, and only one u.
func (c *thinConv[T]) Tiles() int { return 1 }

// TileSize is that of W, and of the bias behind it.
func (c *thinConv[T]) TileSize(int) int { return c.Taps()*c.In + c.Out }

func (c *thinConv[T]) biases(int) (from, to, at int) { return c.Taps() * c.In, c.TileSize(0), 0 }

// Accumulate adds this chunk's part of the parameter gradient.
func (c *thinConv[T]) Accumulate(_, _ int, sum []T) {
	c.accumulateBias(sum[c.Taps()*c.In:])
	cols := c.x.Cols
	for y := range c.Ly {
		c.gather(y)
		tensor.Gemm(false, true, c.Taps(), c.In, cols, 1, c.u, cols, c.x.Val[y*c.In*cols:], cols, 1, sum, c.In)
	}
}

func (c *thinConv[T]) AddTile(_ int, sum []float64) {
	tensor.Axpy(1, sum[:len(c.W.Val)], c.W.Sum)
	if c.B != nil {
		tensor.Axpy(1, sum[len(c.W.Val):], c.B.Sum)
	}
}

// push adds what lattice row y of the inputs contributes to all outputs, or
// only to those of the rows below.
func (c *thinConv[T]) push(y int, own bool) {
	cols := c.x.Cols
	clear(c.u)
	tensor.MulAdd(false, c.Taps(), cols, c.In, c.W.Val, c.In, c.x.Val[y*c.In*cols:], cols, c.u, cols)
	c.eachTap(y, own, func(u, out, n int) {
		sum := c.sumsOf(c.y)[out:][:n]
		tensor.Add(sum, sum, c.u[u:])
	})
}

// gather sets u to the adjoints of the outputs that lattice row y feeds.
func (c *thinConv[T]) gather(y int) {
	clear(c.u)
	c.eachTap(y, true, func(u, out, n int) {
		copy(c.u[u:][:n], c.y.Adj[out:])
	})
}

// eachTap calls f for every live tap that joins row y of the inputs with a row
// of the lattice: n numbers of U, beginning at u, belong to the n outputs that
// begin at out.
func (c *thinConv[T]) eachTap(y int, own bool, f func(u, out, n int)) {
	hy, hx := c.reach()
	cols, n := c.x.Cols, c.x.N
	for j := range 2*hx + 1 {
		first := c.firstTap(j)
		for row := y; row < c.Ly; row++ {
			if row == y && !own || y+hy < row && row < y+c.Ly-hy {
				continue
			}
			c.eachColumn(j, row, own, func(k column) {
				if t := y - k.row; t >= 0 && t < k.taps {
					f((first+k.tap+t)*cols+k.x*n, row*cols+k.y*n, k.sites*n)
				}
			})
		}
	}
}
