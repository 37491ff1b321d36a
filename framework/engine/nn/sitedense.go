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
type SiteDense[T tensor.Real] struct {
	W *grad.Param[T] // out x in
	B *grad.Param[T] // out

	in, out int
}

// NewSiteDense returns a layer with in channels to out channels, all parameters zero.
func NewSiteDense[T tensor.Real](name string, in, out int) *SiteDense[T] {
	return &SiteDense[T]{grad.NewParam[T](name+".weight", out, in), grad.NewParam[T](name+".bias", out), in, out}
}

// On binds the layer to one chunk.
func (l *SiteDense[T]) On(x, y Map[T]) Causal[T] {
	if x.Width != 1 || y.Width != 1 || x.Channels != l.in || y.Channels != l.out || x.Sites != y.Sites || x.N != y.N {
		panic(fmt.Sprintf("nn: SiteDense %d to %d: from %dx%d to %dx%d", l.in, l.out, x.Rows, x.Cols, y.Rows, y.Cols))
	}
	return &siteDense[T]{SiteDense: l, x: x, y: y, xT: make([]T, l.in*x.N)}
}

// Onto binds the layer to one chunk as the end of a residual block: what On writes is
// added to h.
func (l *SiteDense[T]) Onto(h, x, y Map[T]) Causal[T] {
	if h.Width != 1 || h.Channels != y.Channels || h.Sites != y.Sites || h.N != y.N {
		panic(fmt.Sprintf("nn: SiteDense %d to %d: %dx%d onto %dx%d", l.in, l.out, y.Rows, y.Cols, h.Rows, h.Cols))
	}
	o := l.On(x, y).(*siteDense[T])
	o.h = h
	return o
}

type siteDense[T tensor.Real] struct {
	*SiteDense[T]
	segments
	x, y Map[T]
	h    Map[T] // what y adds to, if it is there
	xT   []T    // x^T of a site, the columns of one tile after those of another
}

var (
	_ Causal[float64]        = (*siteDense[float64])(nil)
	_ grad.Weighted[float64] = (*siteDense[float64])(nil)
	_ grad.Setter[float64]   = (*siteDense[float64])(nil)
)

func (o *siteDense[T]) Inputs() []*grad.Var[T] {
	if o.h.Var != nil {
		return []*grad.Var[T]{o.h.Var, o.x.Var}
	}
	return []*grad.Var[T]{o.x.Var}
}

func (o *siteDense[T]) Forward() {
	for i := range o.x.Sites {
		o.Site(i)
	}
}

func (o *siteDense[T]) Begin(lo, hi int) {}

func (o *siteDense[T]) Site(i int) {
	n, y := o.x.N, o.y.site(i)
	tensor.MulSet(false, o.out, n, o.in, o.W.Val, o.in, o.x.site(i), n, y, n, o.B.Val)
	if o.h.Var != nil {
		tensor.Add(y, y, o.h.site(i))
	}
}

func (o *siteDense[T]) Backward() {
	n := o.x.N
	if o.h.Var != nil {
		tensor.Axpy(1, o.y.Adj, o.h.Adj)
	}
	for i := range o.x.Sites {
		tensor.MulAdd(true, o.in, n, o.out, o.W.Val, o.in, o.y.siteAdj(i), n, o.x.siteAdj(i), n)
	}
}

func (o *siteDense[T]) BackwardSet() {
	n := o.x.N
	if o.h.Var != nil {
		copy(o.h.Adj, o.y.Adj)
	}
	for i := range o.x.Sites {
		tensor.MulSet(true, o.in, n, o.out, o.W.Val, o.in, o.y.siteAdj(i), n, o.x.siteAdj(i), n, zero[T]())
	}
}

// A tile of the gradient has groupCols of the inputs, and all outputs; the first has the
// biases below it.
func (o *siteDense[T]) Tiles() int { return (o.in + groupCols[T]() - 1) / groupCols[T]() }

func (o *siteDense[T]) cols(tile int) (from, to int) {
	return tile * groupCols[T](), min((tile+1)*groupCols[T](), o.in)
}

func (o *siteDense[T]) TileSize(tile int) int {
	from, to := o.cols(tile)
	size := o.out * (to - from)
	if tile == 0 {
		size += o.out
	}
	return size
}

// Accumulate adds dy x^T site by site: x^T of one site stays in the first cache.
func (o *siteDense[T]) Accumulate(tile, segment int, sum []T) {
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

func (o *siteDense[T]) AddTile(tile int, sum []float64) {
	from, to := o.cols(tile)
	for c := range o.out {
		tensor.Axpy(1, sum[c*(to-from):(c+1)*(to-from)], o.W.Sum[c*o.in+from:c*o.in+to])
	}
	if tile == 0 {
		tensor.Axpy(1, sum[o.out*(to-from):], o.B.Sum)
	}
}
