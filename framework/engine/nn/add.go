package nn

import (
	"fmt"

	"github.com/helmholtz-physics/helmholtz/framework/engine/grad"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// Add returns the op y = a + b: the end of a residual block.
func Add[T tensor.Real](a, b, y Map[T]) Causal[T] {
	if len(a.Val) != len(y.Val) || len(b.Val) != len(y.Val) {
		panic(fmt.Sprintf("nn: Add of %d and %d numbers to %d", len(a.Val), len(b.Val), len(y.Val)))
	}
	return &add[T]{a, b, y}
}

type add[T tensor.Real] struct{ a, b, y Map[T] }

func (o *add[T]) Inputs() []*grad.Var[T] { return []*grad.Var[T]{o.a.Var, o.b.Var} }

func (o *add[T]) Forward() { tensor.Add(o.y.Val, o.a.Val, o.b.Val) }

func (o *add[T]) Backward() {
	tensor.Axpy(1, o.y.Adj, o.a.Adj)
	tensor.Axpy(1, o.y.Adj, o.b.Adj)
}

func (o *add[T]) Begin(lo, hi int) {}

func (o *add[T]) Site(i int) {
	at := o.y.At(i)
	for range o.y.Channels {
		tensor.Add(o.y.Val[at:at+o.y.N], o.a.Val[at:], o.b.Val[at:])
		at += o.y.Cols
	}
}
