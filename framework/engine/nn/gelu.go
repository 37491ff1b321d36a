package nn

import (
	"fmt"

	"github.com/helmholtz-physics/helmholtz/framework/engine/grad"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// GELU returns the op y = gelu(x), tensor.GELU of each number. Both have Width 1.
func GELU[T tensor.Real](x, y Map[T]) Causal[T] {
	if x.Width != 1 || y.Width != 1 || x.Channels != y.Channels || len(x.Val) != len(y.Val) {
		panic(fmt.Sprintf("nn: GELU from %dx%d to %dx%d", x.Rows, x.Cols, y.Rows, y.Cols))
	}
	return &gelu[T]{x, y}
}

type gelu[T tensor.Real] struct{ x, y Map[T] }

func (o *gelu[T]) Inputs() []*grad.Var[T] { return []*grad.Var[T]{o.x.Var} }

func (o *gelu[T]) Forward() { tensor.GELU(o.y.Val, o.x.Val) }

func (o *gelu[T]) Backward() { tensor.GELUBackward(false, o.x.Adj, o.y.Adj, o.x.Val) }

func (o *gelu[T]) BackwardSet() { tensor.GELUBackward(true, o.x.Adj, o.y.Adj, o.x.Val) }

func (o *gelu[T]) Begin(lo, hi int) {}

func (o *gelu[T]) Site(i int) { tensor.GELU(o.y.site(i), o.x.site(i)) }
