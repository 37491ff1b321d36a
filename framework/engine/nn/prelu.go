package nn

import (
	"fmt"

	"github.com/helmholtz-physics/helmholtz/framework/engine/grad"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// PReLU is y = max(x, 0) + alpha min(x, 0) with a learned slope alpha (He,
// Zhang, Ren and Sun, arXiv:1502.01852). Row r of a Map uses slope r mod
// len(slopes): one per unit of a dense network (slopes = rows), one per
// channel of a convolutional one (slopes = channels).
type PReLU[T tensor.Real] struct {
	Slope *grad.Param[T]
}

// NewPReLU returns a PReLU with the given number of slopes, all zero.
func NewPReLU[T tensor.Real](name string, slopes int) *PReLU[T] {
	return &PReLU[T]{Slope: grad.NewParam[T](name+".slope", slopes)}
}

// On binds the layer to one chunk; y has the geometry of x.
func (l *PReLU[T]) On(x, y Map[T]) Causal[T] {
	if x.Channels != y.Channels || x.Rows != y.Rows || x.Cols != y.Cols || x.Rows%l.Slope.Size() != 0 || l.Slope.Size()%x.Channels != 0 {
		panic(fmt.Sprintf("nn: PReLU of %d slopes from %dx%d to %dx%d", l.Slope.Size(), x.Rows, x.Cols, y.Rows, y.Cols))
	}
	return &prelu[T]{slope: l.Slope, x: x, y: y}
}

type prelu[T tensor.Real] struct {
	slope *grad.Param[T]
	x, y  Map[T]

	segments
	dslope []T // of each segment, made by Backward while x is in the cache
}

var (
	_ Causal[float64]        = (*prelu[float64])(nil)
	_ grad.Weighted[float64] = (*prelu[float64])(nil)
)

func (p *prelu[T]) Inputs() []*grad.Var[T] { return []*grad.Var[T]{p.x.Var} }

func (p *prelu[T]) Forward() {
	tensor.PReLU(p.y.Val, p.x.Val, p.x.Rows, p.x.Cols, p.x.Cols, p.slope.Val)
}

func (p *prelu[T]) Backward() { p.backward(false) }

func (p *prelu[T]) BackwardSet() { p.backward(true) }

func (p *prelu[T]) backward(set bool) {
	size := len(p.slope.Val)
	p.dslope = resize(p.dslope, p.count()*size)
	clear(p.dslope)
	for k := range p.count() {
		from, to := p.of(k, p.x.Cols)
		tensor.PReLUBackward(set, p.x.Adj[from:], p.dslope[k*size:(k+1)*size], p.y.Adj[from:], p.x.Val[from:], p.x.Rows, to-from, p.x.Cols, p.slope.Val)
	}
}

// Tiles is 1: Backward has done the work, what is left are short sums.
func (p *prelu[T]) Tiles() int { return 1 }

func (p *prelu[T]) TileSize(int) int { return len(p.slope.Val) }

func (p *prelu[T]) Accumulate(_, segment int, sum []T) {
	tensor.Axpy(1, p.dslope[segment*len(sum):][:len(sum)], sum)
}

func (p *prelu[T]) AddTile(_ int, sum []float64) { tensor.Axpy(1, sum, p.slope.Sum) }

func (p *prelu[T]) Begin(lo, hi int) {}

func (p *prelu[T]) Site(i int) {
	at, first := p.x.At(i), i/p.x.Width*p.x.Channels%len(p.slope.Val)
	tensor.PReLU(p.y.Val[at:], p.x.Val[at:], p.x.Channels, p.x.N, p.x.Cols, p.slope.Val[first:first+p.x.Channels])
}
