package nn

import (
	"fmt"

	"github.com/helmholtz-physics/helmholtz/framework/engine/grad"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// ChannelDense mixes the channels of each site (a 1x1 convolution):
//
//	y_(i,c) = b_(g,c) + sum_d W_(g,c,d) x_(i,d)
//
// with one matrix per row of the Map (g = i where Width is 1: every site its
// own) or one for all sites (g = 0).
type ChannelDense[T tensor.Real] struct {
	W *grad.Param[T] // matrices x out x in
	B *grad.Param[T] // matrices x out; nil without bias

	matrices, in, out int
}

// NewChannelDense returns a layer with in channels to out channels, all
// parameters zero. matrices is 1 for shared weights, else Sites/Width.
func NewChannelDense[T tensor.Real](name string, matrices, in, out int, bias bool) *ChannelDense[T] {
	l := &ChannelDense[T]{matrices: matrices, in: in, out: out}
	l.W = grad.NewParam[T](name+".weight", matrices, out, in)
	if bias {
		l.B = grad.NewParam[T](name+".bias", matrices, out)
	}
	return l
}

// On binds the layer to one chunk.
func (l *ChannelDense[T]) On(x, y Map[T]) Causal[T] {
	if x.Channels != l.in || y.Channels != l.out || x.Cols != y.Cols || x.Sites != y.Sites || l.matrices != 1 && l.matrices*x.Width != x.Sites {
		panic(fmt.Sprintf("nn: ChannelDense %dx%dx%d: from %dx%d to %dx%d", l.matrices, l.in, l.out, x.Rows, x.Cols, y.Rows, y.Cols))
	}
	return &channelDense[T]{ChannelDense: l, x: x, y: y}
}

type channelDense[T tensor.Real] struct {
	*ChannelDense[T]
	segments
	x, y Map[T]
}

var (
	_ Causal[float64]        = (*channelDense[float64])(nil)
	_ grad.Weighted[float64] = (*channelDense[float64])(nil)
)

// row computes cols columns, from column col on, of row r of the Map's sites.
func (o *channelDense[T]) row(r, col, cols int) {
	g, ld := r%o.matrices, o.y.Cols
	x, y := o.x.Val[r*o.in*ld+col:], o.y.Val[r*o.out*ld+col:]
	if o.B == nil {
		for c := range o.out {
			clear(y[c*ld : c*ld+cols])
		}
	} else {
		tensor.FillRows(y, o.out, cols, ld, o.B.Val[g*o.out:(g+1)*o.out])
	}
	w := o.W.Val[g*o.out*o.in:]
	tensor.MulAdd(false, o.out, cols, o.in, w, o.in, x, ld, y, ld)
}

func (o *channelDense[T]) rows() int { return o.x.Sites / o.x.Width }

func (o *channelDense[T]) Inputs() []*grad.Var[T] { return []*grad.Var[T]{o.x.Var} }

func (o *channelDense[T]) Forward() {
	for r := range o.rows() {
		o.row(r, 0, o.x.Cols)
	}
}

func (o *channelDense[T]) Begin(lo, hi int) {}

func (o *channelDense[T]) Site(i int) {
	w := o.x.Width
	o.row(i/w, i%w*o.x.N, o.x.N)
}

func (o *channelDense[T]) Backward() {
	if o.x.Adj == nil {
		return
	}
	n := o.x.Cols
	for r := range o.rows() {
		tensor.MulAdd(true, o.in, n, o.out, o.W.Val[r%o.matrices*o.out*o.in:], o.in, o.y.Adj[r*o.out*n:], n, o.x.Adj[r*o.in*n:], n)
	}
}

func (o *channelDense[T]) Tiles() int { return (o.matrices + tileSites - 1) / tileSites }

// tile has the matrices lo..hi-1, their numbers first and then their biases.
func (o *channelDense[T]) tile(tile int) (lo, hi int) {
	return tile * tileSites, min((tile+1)*tileSites, o.matrices)
}

func (o *channelDense[T]) TileSize(tile int) int {
	lo, hi := o.tile(tile)
	return (hi - lo) * o.out * (o.in + 1)
}

func (o *channelDense[T]) Accumulate(tile, segment int, sum []T) {
	n := o.x.Cols
	from, to := o.of(segment, n)
	lo, hi := o.tile(tile)
	biases := sum[(hi-lo)*o.out*o.in:]
	for g := lo; g < hi; g++ {
		for r := g; r < o.rows(); r += o.matrices {
			dy := o.y.Adj[r*o.out*n+from : (r+1)*o.out*n]
			tensor.Gemm(false, true, o.out, o.in, to-from, 1, dy, n, o.x.Val[r*o.in*n+from:], n, 1, sum[(g-lo)*o.out*o.in:], o.in)
			if o.B != nil {
				tensor.AddRowSums(biases[(g-lo)*o.out:(g-lo+1)*o.out], dy, o.out, to-from, n)
			}
		}
	}
}

func (o *channelDense[T]) AddTile(tile int, sum []float64) {
	lo, hi := o.tile(tile)
	weights := (hi - lo) * o.out * o.in
	tensor.Axpy(1, sum[:weights], o.W.Sum[lo*o.out*o.in:][:weights])
	if o.B != nil {
		tensor.Axpy(1, sum[weights:], o.B.Sum[lo*o.out:hi*o.out])
	}
}
