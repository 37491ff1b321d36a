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
// row of the lattice, and neither masked taps nor padding are ever multiplied.
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
	hy, hx := c.reach()
	ld := c.x.Cols
	for j := max(0, hx-i%c.Lx); j < c.ownRow(); j++ {
		tensor.MulAdd(true, c.Out, c.x.N, c.In, tap(c, c.W.Val, j, hy), c.Out, c.x.Val[c.x.At(i+j-hx):], ld, c.sumsOf(c.y)[c.y.At(i):], ld)
	}
	c.shift(i/c.Lx*c.Out, c.y.At(i), c.Out, c.y.N)
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

// column describes the product of one column of the kernel with the inputs of
// one lattice row of outputs.
type column struct {
	tap  int // the first tap, counted in its column
	taps int // how many
	x, y int // where in x.Val and y.Val the operands begin
	cols int // width of the operands
}

// column cuts the masked taps and the padding off kernel column j at lattice
// row y; taps below dy = 0 are left out unless own is true.
func (c *conv[T]) column(j, y int, own bool) column {
	hy, hx := c.reach()
	top, end := max(0, hy-y), hy
	if own {
		end = c.depth(j)
	}
	dx, cols := j-hx, c.x.Cols
	return column{
		tap:  top,
		taps: end - top,
		x:    (y-hy+top)*c.In*cols + max(dx, 0)*c.x.N,
		y:    y*c.Out*cols + max(-dx, 0)*c.x.N,
		cols: (c.Lx - max(dx, -dx)) * c.x.N,
	}
}

// tap returns p (weights or their gradient) from tap t of kernel column j on.
func tap[T, P tensor.Real](c *conv[T], p []P, j, t int) []P {
	return p[(c.firstTap(j)+t)*c.In*c.Out:]
}

// rowsAbove adds to the outputs of lattice row y what the rows above contribute: Y += W^T X
// for each column of the kernel.
func (c *conv[T]) rowsAbove(y int) {
	_, hx := c.reach()
	ld := c.x.Cols
	for j := range 2*hx + 1 {
		if k := c.column(j, y, false); k.taps > 0 {
			tensor.MulAdd(true, c.Out, k.cols, k.taps*c.In, tap(c, c.W.Val, j, k.tap), c.Out, c.x.Val[k.x:], ld, c.sumsOf(c.y)[k.y:], ld)
		}
	}
}

// ownSites adds what the sites of lattice row y itself contribute.
func (c *conv[T]) ownSites(y int) {
	hy, _ := c.reach()
	ld := c.x.Cols
	for j := range c.ownRow() { // dx = j - hx <= 0
		k := c.column(j, y, true)
		tensor.MulAdd(true, c.Out, k.cols, c.In, tap(c, c.W.Val, j, hy), c.Out, c.x.Val[y*c.In*ld:], ld, c.sumsOf(c.y)[k.y:], ld)
	}
}

// backwardRow adds to the input's adjoint what the outputs of lattice row y
// contribute: dX += W dY.
func (c *conv[T]) backwardRow(y int) {
	_, hx := c.reach()
	ld := c.x.Cols
	for j := range 2*hx + 1 {
		if k := c.column(j, y, true); k.taps > 0 {
			tensor.MulAdd(false, k.taps*c.In, k.cols, c.Out, tap(c, c.W.Val, j, k.tap), c.Out, c.y.Adj[k.y:], ld, c.x.Adj[k.x:], ld)
		}
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
