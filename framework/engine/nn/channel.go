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
type ChannelDense struct {
	W *grad.Param // matrices x out x in
	B *grad.Param // matrices x out; nil without bias

	matrices, in, out int
}

// NewChannelDense returns a layer with in channels to out channels, all
// parameters zero. matrices is 1 for shared weights, else Sites/Width.
func NewChannelDense(name string, matrices, in, out int, bias bool) *ChannelDense {
	l := &ChannelDense{matrices: matrices, in: in, out: out}
	l.W = grad.NewParam(name+".weight", matrices, out, in)
	if bias {
		l.B = grad.NewParam(name+".bias", matrices, out)
	}
	return l
}

// On binds the layer to one chunk.
func (l *ChannelDense) On(x, y Map) Causal {
	if x.Channels != l.in || y.Channels != l.out || x.Cols != y.Cols || x.Sites != y.Sites || l.matrices != 1 && l.matrices*x.Width != x.Sites {
		panic(fmt.Sprintf("nn: ChannelDense %dx%dx%d: from %dx%d to %dx%d", l.matrices, l.in, l.out, x.Rows, x.Cols, y.Rows, y.Cols))
	}
	return &channelDense{ChannelDense: l, x: x, y: y}
}

type channelDense struct {
	*ChannelDense
	segments
	x, y Map
}

var (
	_ Causal        = (*channelDense)(nil)
	_ grad.Weighted = (*channelDense)(nil)
)

// row computes cols columns, from column col on, of row r of the Map's sites.
func (o *channelDense) row(r, col, cols int) {
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

func (o *channelDense) rows() int { return o.x.Sites / o.x.Width }

func (o *channelDense) Inputs() []*grad.Var { return []*grad.Var{o.x.Var} }

func (o *channelDense) Forward() {
	for r := range o.rows() {
		o.row(r, 0, o.x.Cols)
	}
}

func (o *channelDense) Begin(lo, hi int) {}

func (o *channelDense) Site(i int) {
	w := o.x.Width
	o.row(i/w, i%w*o.x.N, o.x.N)
}

func (o *channelDense) Backward() {
	if o.x.Adj == nil {
		return
	}
	n := o.x.Cols
	for r := range o.rows() {
		tensor.MulAdd(true, o.in, n, o.out, o.W.Val[r%o.matrices*o.out*o.in:], o.in, o.y.Adj[r*o.out*n:], n, o.x.Adj[r*o.in*n:], n)
	}
}

func (o *channelDense) Tiles() int { return (o.matrices + tileSites - 1) / tileSites }

// tile has the matrices lo..hi-1, their numbers first and then their biases.
func (o *channelDense) tile(tile int) (lo, hi int) {
	return tile * tileSites, min((tile+1)*tileSites, o.matrices)
}

func (o *channelDense) TileSize(tile int) int {
	lo, hi := o.tile(tile)
	return (hi - lo) * o.out * (o.in + 1)
}

func (o *channelDense) Accumulate(tile, segment int, sum []float64) {
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

func (o *channelDense) AddTile(tile int, sum []float64) {
	lo, hi := o.tile(tile)
	weights := (hi - lo) * o.out * o.in
	tensor.Axpy(1, sum[:weights], o.W.Grad[lo*o.out*o.in:][:weights])
	if o.B != nil {
		tensor.Axpy(1, sum[weights:], o.B.Grad[lo*o.out:hi*o.out])
	}
}
