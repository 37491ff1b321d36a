package nn

import (
	"fmt"

	"github.com/helmholtz-physics/helmholtz/framework/engine/grad"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// GELU returns the op y = gelu(x), tensor.GELU of each number. Both have Width 1.
func GELU(x, y Map) Causal {
	if x.Width != 1 || y.Width != 1 || x.Channels != y.Channels || len(x.Val) != len(y.Val) {
		panic(fmt.Sprintf("nn: GELU from %dx%d to %dx%d", x.Rows, x.Cols, y.Rows, y.Cols))
	}
	return &gelu{x, y}
}

type gelu struct{ x, y Map }

func (o *gelu) Inputs() []*grad.Var { return []*grad.Var{o.x.Var} }

func (o *gelu) Forward() { tensor.GELU(o.y.Val, o.x.Val) }

func (o *gelu) Backward() { tensor.GELUBackward(false, o.x.Adj, o.y.Adj, o.x.Val) }

func (o *gelu) BackwardSet() { tensor.GELUBackward(true, o.x.Adj, o.y.Adj, o.x.Val) }

func (o *gelu) Begin(lo, hi int) {}

func (o *gelu) Site(i int) { tensor.GELU(o.y.site(i), o.x.site(i)) }
