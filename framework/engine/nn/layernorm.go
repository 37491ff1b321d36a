package nn

import (
	"fmt"

	"github.com/helmholtz-physics/helmholtz/framework/engine/grad"
	"github.com/helmholtz-physics/helmholtz/framework/engine/kernels"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// LayerNorm normalises the channels of each site, kernels.LayerNorm, with a gain and a
// bias per channel that all sites share.
type LayerNorm[T tensor.Real] struct {
	Gain *grad.Param[T] // starts at one
	Bias *grad.Param[T]
}

// NewLayerNorm returns a layer for so many channels, all parameters zero.
func NewLayerNorm[T tensor.Real](name string, channels int) *LayerNorm[T] {
	return &LayerNorm[T]{grad.NewParam[T](name+".gain", channels), grad.NewParam[T](name+".bias", channels)}
}

// On binds the layer to one chunk. x and y have Width 1.
func (l *LayerNorm[T]) On(x, y Map[T]) Causal[T] {
	if x.Width != 1 || y.Width != 1 || x.Channels != l.Gain.Size() || len(x.Val) != len(y.Val) || x.Channels != y.Channels {
		panic(fmt.Sprintf("nn: LayerNorm of %d channels from %dx%d to %dx%d", l.Gain.Size(), x.Rows, x.Cols, y.Rows, y.Cols))
	}
	size := x.Sites * x.N
	return &layerNorm[T]{LayerNorm: l, x: x, y: y, mean: make([]T, size), inverse: make([]T, size), scratch: make([]T, 2*x.N)}
}

type layerNorm[T tensor.Real] struct {
	*LayerNorm[T]
	segments
	x, y          Map[T]
	mean, inverse []T // site x sample
	scratch       []T
	sums          []T // gain, then bias, of each segment, made by Backward while x is in the cache
}

func (o *layerNorm[T]) Inputs() []*grad.Var[T] { return []*grad.Var[T]{o.x.Var} }

func (o *layerNorm[T]) Forward() {
	for i := range o.x.Sites {
		o.Site(i)
	}
}

func (o *layerNorm[T]) Begin(lo, hi int) {}

func (o *layerNorm[T]) Site(i int) {
	n := o.x.N
	kernels.LayerNorm(o.y.site(i), o.mean[i*n:(i+1)*n], o.inverse[i*n:(i+1)*n], o.x.site(i), o.Gain.Val, o.Bias.Val, n)
}

func (o *layerNorm[T]) Backward() { o.backward(false) }

func (o *layerNorm[T]) BackwardSet() { o.backward(true) }

func (o *layerNorm[T]) backward(set bool) {
	size, n := o.x.Channels, o.x.N
	o.sums = resize(o.sums, 2*o.count()*size)
	clear(o.sums)
	for k := range o.count() {
		from, to := o.of(k, n)
		gain, bias := o.sums[2*k*size:(2*k+1)*size], o.sums[(2*k+1)*size:2*(k+1)*size]
		for i := range o.x.Sites {
			kernels.LayerNormBackward(set, o.x.siteAdj(i), gain, bias, o.y.siteAdj(i), o.mean[i*n:(i+1)*n], o.inverse[i*n:(i+1)*n], o.x.site(i), o.Gain.Val, n, from, to, o.scratch)
		}
	}
}

// Tiles is 1: Backward has done the work.
func (o *layerNorm[T]) Tiles() int { return 1 }

func (o *layerNorm[T]) TileSize(int) int { return 2 * o.x.Channels }

func (o *layerNorm[T]) Accumulate(_, segment int, sum []T) {
	tensor.Axpy(1, o.sums[segment*len(sum):][:len(sum)], sum)
}

func (o *layerNorm[T]) AddTile(_ int, sum []float64) {
	tensor.Axpy(1, sum[:o.x.Channels], o.Gain.Sum)
	tensor.Axpy(1, sum[o.x.Channels:], o.Bias.Sum)
}
