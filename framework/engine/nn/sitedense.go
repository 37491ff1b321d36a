package nn

import (
	"fmt"

	"github.com/helmholtz-physics/helmholtz/framework/engine/grad"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// SiteDense is one dense layer for the channels of every site,
//
//	y_(i,c) = b_c + sum_d W_(c,d) x_(i,d),
//
// on Maps with Width 1, where the products are as wide as the chunk.
type SiteDense struct {
	W *grad.Param // out x in
	B *grad.Param // out

	in, out int
}

// NewSiteDense returns a layer with in channels to out channels, all parameters zero.
func NewSiteDense(name string, in, out int) *SiteDense {
	return &SiteDense{grad.NewParam(name+".weight", out, in), grad.NewParam(name+".bias", out), in, out}
}

// On binds the layer to one chunk.
func (l *SiteDense) On(x, y Map) Causal {
	if x.Width != 1 || y.Width != 1 || x.Channels != l.in || y.Channels != l.out || x.Sites != y.Sites || x.N != y.N {
		panic(fmt.Sprintf("nn: SiteDense %d to %d: from %dx%d to %dx%d", l.in, l.out, x.Rows, x.Cols, y.Rows, y.Cols))
	}
	return &siteDense{SiteDense: l, x: x, y: y, xT: make([]float64, l.in*x.N)}
}

// Onto binds the layer to one chunk as the end of a residual block: what On writes is
// added to h.
func (l *SiteDense) Onto(h, x, y Map) Causal {
	if h.Width != 1 || h.Channels != y.Channels || h.Sites != y.Sites || h.N != y.N {
		panic(fmt.Sprintf("nn: SiteDense %d to %d: %dx%d onto %dx%d", l.in, l.out, y.Rows, y.Cols, h.Rows, h.Cols))
	}
	o := l.On(x, y).(*siteDense)
	o.h = h
	return o
}

type siteDense struct {
	*SiteDense
	segments
	x, y Map
	h    Map       // what y adds to, if it is there
	xT   []float64 // x^T of a site, the columns of one tile after those of another
}

var (
	_ Causal        = (*siteDense)(nil)
	_ grad.Weighted = (*siteDense)(nil)
	_ grad.Setter   = (*siteDense)(nil)
)

func (o *siteDense) Inputs() []*grad.Var {
	if o.h.Var != nil {
		return []*grad.Var{o.h.Var, o.x.Var}
	}
	return []*grad.Var{o.x.Var}
}

func (o *siteDense) Forward() {
	for i := range o.x.Sites {
		o.Site(i)
	}
}

func (o *siteDense) Begin(lo, hi int) {}

func (o *siteDense) Site(i int) {
	n, y := o.x.N, o.y.site(i)
	tensor.MulSet(false, o.out, n, o.in, o.W.Val, o.in, o.x.site(i), n, y, n, o.B.Val)
	if o.h.Var != nil {
		tensor.Add(y, y, o.h.site(i))
	}
}

func (o *siteDense) Backward() {
	n := o.x.N
	if o.h.Var != nil {
		tensor.Axpy(1, o.y.Adj, o.h.Adj)
	}
	for i := range o.x.Sites {
		tensor.MulAdd(true, o.in, n, o.out, o.W.Val, o.in, o.y.siteAdj(i), n, o.x.siteAdj(i), n)
	}
}

func (o *siteDense) BackwardSet() {
	n := o.x.N
	if o.h.Var != nil {
		copy(o.h.Adj, o.y.Adj)
	}
	for i := range o.x.Sites {
		tensor.MulSet(true, o.in, n, o.out, o.W.Val, o.in, o.y.siteAdj(i), n, o.x.siteAdj(i), n, zero)
	}
}

// A tile of the gradient has groupCols of the inputs, and all outputs; the first has the
// biases below it.
func (o *siteDense) Tiles() int { return (o.in + groupCols - 1) / groupCols }

func (o *siteDense) cols(tile int) (from, to int) {
	return tile * groupCols, min((tile+1)*groupCols, o.in)
}

func (o *siteDense) TileSize(tile int) int {
	from, to := o.cols(tile)
	size := o.out * (to - from)
	if tile == 0 {
		size += o.out
	}
	return size
}

// Accumulate adds dy x^T site by site: x^T of one site stays in the first cache.
func (o *siteDense) Accumulate(tile, segment int, sum []float64) {
	n := o.x.N
	first, last := o.cols(tile)
	from, to := o.of(segment, n)
	cols := last - first
	xT := o.xT[first*n : last*n]
	for i := range o.x.Sites {
		tensor.Transpose(xT, cols, o.x.site(i)[first*n+from:], cols, to-from, n)
		tensor.MulAdd(false, o.out, cols, to-from, o.y.siteAdj(i)[from:], n, xT, cols, sum, cols)
		if tile == 0 {
			tensor.AddRowSums(sum[o.out*cols:], o.y.siteAdj(i)[from:], o.out, to-from, n)
		}
	}
}

func (o *siteDense) AddTile(tile int, sum []float64) {
	from, to := o.cols(tile)
	for c := range o.out {
		tensor.Axpy(1, sum[c*(to-from):(c+1)*(to-from)], o.W.Grad[c*o.in+from:c*o.in+to])
	}
	if tile == 0 {
		tensor.Axpy(1, sum[o.out*(to-from):], o.B.Grad)
	}
}
