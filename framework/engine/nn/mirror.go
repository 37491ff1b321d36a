package nn

import (
	"fmt"

	"github.com/helmholtz-physics/helmholtz/framework/engine/grad"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// Affine is the op of a layer y(x) = W x + b, which Mirror can turn round.
type Affine interface {
	Causal
	grad.Weighted
	// output is y, and its Param b; nil without bias.
	output() (y Map, b *grad.Param)
	// biases are the part of a tile's sum that belongs to b, from component at on.
	biases(tile int, sum []float64) (part []float64, at int)
}

// Mirror returns the op of twin's layer on the negative of twin's input,
//
//	y(-x) = 2 b - y(x),
//
// which needs no product with W, neither forward nor for the gradient: dy(-x)
// is subtracted from dy(x), which twin multiplies with x. It reads twin's output
// and so stands after twin on one tape; both have the same tiles.
func Mirror(twin Affine, y Map) Affine {
	x, b := twin.output()
	if x.Rows != y.Rows || x.Cols != y.Cols || x.Channels != y.Channels {
		panic(fmt.Sprintf("nn: Mirror from %dx%d to %dx%d", x.Rows, x.Cols, y.Rows, y.Cols))
	}
	o := &mirror{twin: twin, x: x, y: y, b: b}
	return o
}

type mirror struct {
	twin Affine
	x, y Map // y(x) and y(-x)
	b    *grad.Param

	segments
	sums []float64 // of dy, of each segment, made by Backward while dy is in the cache
}

func (o *mirror) output() (Map, *grad.Param) { return o.y, o.b }

func (o *mirror) biases(tile int, sum []float64) ([]float64, int) { return o.twin.biases(tile, sum) }

func (o *mirror) Inputs() []*grad.Var { return []*grad.Var{o.x.Var} }

func (o *mirror) Forward() { o.rows(0, 0, o.y.Rows, o.y.Cols) }

// rows computes cols columns of so many rows, the first of them row r, from
// offset at on.
func (o *mirror) rows(r, at, rows, cols int) {
	b := zero
	if o.b != nil {
		b = o.b.Val[r%len(o.b.Val):]
		b = b[:min(rows, len(b))]
	}
	tensor.Reflect(o.y.Val[at:], o.x.Val[at:], rows, cols, o.y.Cols, b)
}

func (o *mirror) Begin(lo, hi int) {}

func (o *mirror) Site(i int) {
	o.rows(i/o.y.Width*o.y.Channels, o.y.At(i), o.y.Channels, o.y.N)
}

func (o *mirror) Backward() {
	tensor.Axpy(-1, o.y.Adj, o.x.Adj)
	o.sum()
}

func (o *mirror) BackwardSet() {
	tensor.Reflect(o.x.Adj, o.y.Adj, o.y.Rows, o.y.Cols, o.y.Cols, zero)
	o.sum()
}

func (o *mirror) sum() {
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

func (o *mirror) Tiles() int { return o.twin.Tiles() }

func (o *mirror) TileSize(tile int) int { return o.twin.TileSize(tile) }

func (o *mirror) Accumulate(tile, segment int, sum []float64) {
	if o.b != nil {
		part, at := o.biases(tile, sum)
		tensor.Axpy(2, o.sums[segment*len(o.b.Val)+at:][:len(part)], part)
	}
}

func (o *mirror) AddTile(tile int, sum []float64) { o.twin.AddTile(tile, sum) }
