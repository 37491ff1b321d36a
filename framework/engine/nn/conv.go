package nn

import (
	"fmt"

	"github.com/helmholtz-physics/helmholtz/framework/engine/grad"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// MaskedConv is a masked convolution (see [ConvShape]) with its parameters,
// shared by all chunks.
type MaskedConv[T tensor.Real] struct {
	ConvShape
	W *grad.Param[T] // an In x Out matrix for each live tap, ordered by dx, then dy
	B *grad.Param[T] // Out, or nil
}

// NewMaskedConv returns a convolution with parameters name.weight and, if bias
// is set, name.bias.
func NewMaskedConv[T tensor.Real](name string, s ConvShape, bias bool) *MaskedConv[T] {
	l := &MaskedConv[T]{ConvShape: s, W: grad.NewParam[T](name+".weight", s.Weights())}
	if bias {
		l.B = grad.NewParam[T](name+".bias", s.Out)
	}
	return l
}

// On binds the layer to the maps of one chunk: y = conv(x; W) + B. The input's
// adjoint may be nil, for data.
func (l *MaskedConv[T]) On(x, y Map[T]) Affine[T] {
	if x.Width != l.Lx || y.Width != l.Lx || x.Sites != l.Ly*l.Lx || y.Sites != x.Sites ||
		x.Channels != l.In || y.Channels != l.Out || x.N != y.N {
		panic(fmt.Sprintf("nn: convolution %+v from %d to %d channels on %d sites in rows of %d", l.ConvShape, x.Channels, y.Channels, x.Sites, x.Width))
	}
	c := conv[T]{MaskedConv: l, x: x, y: y}
	if l.Out == 1 && l.In > 1 {
		return &thinConv[T]{c, make([]T, l.Taps()*x.Cols)}
	}
	c.dyT = make([]T, len(y.Val))
	return &c
}

// conv is a masked convolution of one chunk. In a [Map], a shift in x is a
// shift of the columns, and rows y-h..y of the lattice with all their channels
// are one matrix; so one matrix product does one column of the kernel for one
// row of the lattice, and neither masked taps nor padding are ever multiplied. What
// wraps round a periodic lattice is products of their own.
type conv[T tensor.Real] struct {
	*MaskedConv[T]
	single
	apart[T]
	x, y Map[T]

	// dyT is the adjoint of y with every lattice row transposed, for
	// Accumulate: memory is [y][x][sample][channel].
	dyT []T
}

func (c *conv[T]) keep() Map[T] { return c.keepOf(c.y) }

func (c *conv[T]) output() (Map[T], *grad.Param[T]) { return c.y, c.B }

// Inputs implements grad.Op.
func (c *conv[T]) Inputs() []*grad.Var[T] { return []*grad.Var[T]{c.x.Var} }

// Forward computes the whole output, in the order of Begin and Site.
func (c *conv[T]) Forward() {
	for y := range c.Ly {
		c.fillBias(y, y+1)
		c.rowsAbove(y)
		c.ownSites(y)
	}
	c.shift(0, 0, c.y.Rows, c.y.Cols)
}

// shift completes cols columns of so many rows of y, the first of them row r, from offset
// at on.
func (c *conv[T]) shift(r, at, rows, cols int) {
	if c.kept() {
		shift(1, c.y, c.wx, c.B.Val, r, at, rows, cols)
	}
}

// Begin sets the lattice row of sites lo..hi-1 to the biases and what the rows
// above contribute.
func (c *conv[T]) Begin(lo, hi int) {
	y := c.row(lo, hi)
	c.fillBias(y, y+1)
	c.rowsAbove(y)
}

// row is the lattice row that consists of sites lo..hi-1.
func (c *conv[T]) row(lo, hi int) int {
	if lo%c.Lx != 0 || hi != lo+c.Lx {
		panic(fmt.Sprintf("nn: a convolution on rows of %d sites cannot begin sites %d to %d", c.Lx, lo, hi))
	}
	return lo / c.Lx
}

// Site adds what the input sites of the same lattice row contribute.
func (c *conv[T]) Site(i int) {
	ld := c.x.Cols
	c.eachOwn(i, func(weights []T, from int) {
		tensor.MulAdd(true, c.Out, c.x.N, c.In, weights, c.Out, c.x.Val[c.x.At(from):], ld, c.sumsOf(c.y)[c.y.At(i):], ld)
	})
	c.shift(i/c.Lx*c.Out, c.y.At(i), c.Out, c.y.N)
}

// eachOwn calls f with the weights of every tap by which site i sees a site of its own row,
// and that site, in the order of dx.
func (c *conv[T]) eachOwn(i int, f func(weights []T, from int)) {
	hy, hx := c.reach()
	x := i % c.Lx
	for j := max(0, hx-x); j < c.ownRow(); j++ {
		f(tap(c, c.W.Val, j, hy), i+j-hx)
	}
	if c.Periodic {
		for dx := c.Lx - x; dx <= hx; dx++ {
			f(tap(c, c.W.Val, hx+dx, hy), i+dx-c.Lx)
		}
	}
}

// Backward adds to the input's adjoint.
func (c *conv[T]) Backward() {
	cols := c.y.Cols
	for y := range c.Ly {
		at := y * c.Out * cols
		tensor.Transpose(c.dyT[at:], c.Out, c.y.Adj[at:], c.Out, cols, cols)
		if c.x.Adj != nil {
			c.backwardRow(y)
		}
	}
}

// at are the places in x.Val and y.Val where the operands of a run for row y begin, and the
// width of both.
func (c *conv[T]) at(k column, y int) (in, out, cols int) {
	ld, n := c.x.Cols, c.x.N
	return k.row*c.In*ld + k.x*n, y*c.Out*ld + k.y*n, k.sites * n
}

// tap returns p (weights or their gradient) from tap t of kernel column j on.
func tap[T, P tensor.Real](c *conv[T], p []P, j, t int) []P {
	return p[(c.firstTap(j)+t)*c.In*c.Out:]
}

// rowsAbove adds to the outputs of lattice row y what other rows contribute: Y += W^T X
// for each run of the kernel.
func (c *conv[T]) rowsAbove(y int) {
	_, hx := c.reach()
	ld := c.x.Cols
	for j := range 2*hx + 1 {
		c.eachColumn(j, y, false, func(k column) {
			in, out, cols := c.at(k, y)
			tensor.MulAdd(true, c.Out, cols, k.taps*c.In, tap(c, c.W.Val, j, k.tap), c.Out, c.x.Val[in:], ld, c.sumsOf(c.y)[out:], ld)
		})
	}
}

// ownSites adds what the sites of lattice row y itself contribute.
func (c *conv[T]) ownSites(y int) {
	hy, hx := c.reach()
	ld := c.x.Cols
	for j := range 2*hx + 1 {
		k, wrapped := c.strips(j - hx)
		if j >= c.ownRow() {
			if k = wrapped; !c.Periodic || j == hx {
				continue
			}
		}
		k.row = y
		in, out, cols := c.at(k, y)
		tensor.MulAdd(true, c.Out, cols, c.In, tap(c, c.W.Val, j, hy), c.Out, c.x.Val[in:], ld, c.sumsOf(c.y)[out:], ld)
	}
}

// backwardRow adds to the input's adjoint what the outputs of lattice row y
// contribute: dX += W dY.
func (c *conv[T]) backwardRow(y int) {
	_, hx := c.reach()
	ld := c.x.Cols
	for j := range 2*hx + 1 {
		c.eachColumn(j, y, true, func(k column) {
			in, out, cols := c.at(k, y)
			tensor.MulAdd(false, k.taps*c.In, cols, c.Out, tap(c, c.W.Val, j, k.tap), c.Out, c.y.Adj[out:], ld, c.x.Adj[in:], ld)
		})
	}
}

// fillBias starts the outputs of lattice rows from..to-1.
func (c *conv[T]) fillBias(from, to int) {
	out := c.sumsOf(c.y)[from*c.Out*c.y.Cols : to*c.Out*c.y.Cols]
	if c.B == nil || c.kept() {
		clear(out)
		return
	}
	tensor.FillRows(out, (to-from)*c.Out, c.y.Cols, c.y.Cols, c.B.Val)
}
