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
type PReLU struct {
	Slope *grad.Param
}

// NewPReLU returns a PReLU with the given number of slopes, all zero.
func NewPReLU(name string, slopes int) *PReLU {
	return &PReLU{Slope: grad.NewParam(name+".slope", slopes)}
}

// On binds the layer to one chunk; y has the geometry of x.
func (l *PReLU) On(x, y Map) Causal {
	if x.Channels != y.Channels || x.Rows != y.Rows || x.Cols != y.Cols || x.Rows%l.Slope.Size() != 0 || l.Slope.Size()%x.Channels != 0 {
		panic(fmt.Sprintf("nn: PReLU of %d slopes from %dx%d to %dx%d", l.Slope.Size(), x.Rows, x.Cols, y.Rows, y.Cols))
	}
	return &prelu{l.Slope, x, y}
}

type prelu struct {
	slope *grad.Param
	x, y  Map
}

var (
	_ Causal        = (*prelu)(nil)
	_ grad.Weighted = (*prelu)(nil)
)

func (p *prelu) Forward() {
	tensor.PReLU(p.y.Val, p.x.Val, p.x.Rows, p.x.Cols, p.x.Cols, p.slope.Val)
}

func (p *prelu) Backward() {
	tensor.PReLUBackward(p.x.Adj, p.y.Adj, p.x.Val, p.x.Rows, p.x.Cols, p.x.Cols, p.slope.Val)
}

// A tile is rowTile rows if every row has its own slope, else all of them.
const rowTile = 128

func (p *prelu) Tiles() int {
	if len(p.slope.Grad) < p.x.Rows {
		return 1
	}
	return (p.x.Rows + rowTile - 1) / rowTile
}

func (p *prelu) Accumulate(tile int) {
	lo, hi := tile*rowTile, min((tile+1)*rowTile, p.x.Rows)
	dslope := p.slope.Grad
	if len(dslope) < p.x.Rows {
		hi = p.x.Rows
	} else {
		dslope = dslope[lo:hi]
	}
	at := lo * p.x.Cols
	tensor.PReLUSlope(dslope, p.y.Adj[at:], p.x.Val[at:], hi-lo, p.x.Cols, p.x.Cols)
}

func (p *prelu) Begin(lo, hi int) {}

func (p *prelu) Site(i int) {
	at, first := p.x.At(i), i/p.x.Width*p.x.Channels%len(p.slope.Val)
	tensor.PReLU(p.y.Val[at:], p.x.Val[at:], p.x.Channels, p.x.N, p.x.Cols, p.slope.Val[first:first+p.x.Channels])
}
