package nn

import (
	"fmt"

	"github.com/helmholtz-physics/helmholtz/framework/engine/grad"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// Affine is the op of a layer y(x) = W x + b, which Mirror can turn round.
type Affine[T tensor.Real] interface {
	Causal[T]
	grad.Weighted[T]
	// output is y, and its Param b; nil without bias.
	output() (y Map[T], b *grad.Param[T])
	// keep makes the op keep W x apart, from which it then makes y, and returns it.
	keep() (wx Map[T])
	// biases are the numbers from to to-1 of a tile's sum, which belong to b from component
	// at on; none where from is to.
	biases(tile int) (from, to, at int)
}

// Mirror returns the op of twin's layer on the negative of twin's input,
//
//	y(-x) = b - W x,
//
// with the bits that twin's layer has there. It needs no product with W, neither forward
// nor for the gradient: dy(-x) is subtracted from dy(x), which twin multiplies with x. It
// reads what twin keeps and so stands after twin on one tape; both have the same tiles.
func Mirror[T tensor.Real](twin Affine[T], y Map[T]) Affine[T] {
	x, b := twin.output()
	if x.Rows != y.Rows || x.Cols != y.Cols || x.Channels != y.Channels {
		panic(fmt.Sprintf("nn: Mirror from %dx%d to %dx%d", x.Rows, x.Cols, y.Rows, y.Cols))
	}
	o := &mirror[T]{twin: twin, x: x, y: y, b: b, wx: x}
	if b != nil {
		o.wx = twin.keep()
	}
	return o
}

type mirror[T tensor.Real] struct {
	twin Affine[T]
	x, y Map[T] // y(x) and y(-x)
	wx   Map[T]
	b    *grad.Param[T]

	segments
	sums []T // of dy, of each segment, made by Backward while dy is in the cache
}

func (o *mirror[T]) output() (Map[T], *grad.Param[T]) { return o.y, o.b }

func (o *mirror[T]) keep() Map[T] { panic("nn: a mirror has no mirror") }

func (o *mirror[T]) biases(tile int) (from, to, at int) { return o.twin.biases(tile) }

func (o *mirror[T]) Inputs() []*grad.Var[T] { return []*grad.Var[T]{o.x.Var} }

func (o *mirror[T]) Forward() { o.rows(0, 0, o.y.Rows, o.y.Cols) }

// rows computes cols columns of so many rows, the first of them row r, from
// offset at on.
func (o *mirror[T]) rows(r, at, rows, cols int) {
	if o.b == nil {
		tensor.Reflect(o.y.Val[at:], o.wx.Val[at:], rows, cols, o.y.Cols, zero[T]())
		return
	}
	shift(-1, o.y, o.wx, o.b.Val, r, at, rows, cols)
}

func (o *mirror[T]) Begin(lo, hi int) {}

func (o *mirror[T]) Site(i int) {
	o.rows(i/o.y.Width*o.y.Channels, o.y.At(i), o.y.Channels, o.y.N)
}

func (o *mirror[T]) Backward() {
	tensor.Axpy(-1, o.y.Adj, o.x.Adj)
	o.sum()
}

func (o *mirror[T]) BackwardSet() {
	tensor.Reflect(o.x.Adj, o.y.Adj, o.y.Rows, o.y.Cols, o.y.Cols, zero[T]())
	o.sum()
}

func (o *mirror[T]) sum() {
	if o.b == nil {
		return
	}
	size := len(o.b.Val)
	o.sums = resize(o.sums, o.count()*size)
	clear(o.sums)
	for k := range o.count() {
		from, to := o.of(k, o.y.Cols)
		tensor.AddRowSums(o.sums[k*size:(k+1)*size], o.y.Adj[from:], o.y.Rows, to-from, o.y.Cols)
	}
}

func (o *mirror[T]) Tiles() int { return o.twin.Tiles() }

func (o *mirror[T]) TileSize(tile int) int { return o.twin.TileSize(tile) }

func (o *mirror[T]) Accumulate(tile, segment int, sum []T) {
	if o.b != nil {
		from, to, at := o.biases(tile)
		tensor.Axpy(2, o.sums[segment*len(o.b.Val)+at:], sum[from:to])
	}
}

func (o *mirror[T]) AddTile(tile int, sum []float64) { o.twin.AddTile(tile, sum) }
