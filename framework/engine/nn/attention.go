package nn

import (
	"fmt"

	"github.com/helmholtz-physics/helmholtz/framework/engine/grad"
	"github.com/helmholtz-physics/helmholtz/framework/engine/kernels"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// Attention is causal attention with several heads, kernels.Attention, on Tokens or on a
// Map. The keys and values of the tokens before stay, so that a further token costs one
// row of weights.
type Attention[T tensor.Real] struct {
	shape kernels.Attention

	qkv, qkvBar, o, oBar []T
	a, scratch           []T
}

// NewAttention binds heads with so many components to their input, whose rows are all
// q, then all k, then all v, and to their output.
func NewAttention[T tensor.Real](heads, key int, o, qkv *Tokens[T]) *Attention[T] {
	if qkv.Rows != 3*heads*key || o.Rows != heads*key || qkv.N != o.N {
		panic(fmt.Sprintf("nn: Attention of %d heads of %d from %d rows to %d", heads, key, qkv.Rows, o.Rows))
	}
	n := o.N
	l := &Attention[T]{qkv: qkv.Val, qkvBar: qkv.Adj, o: o.Val, oBar: o.Adj}
	l.make(kernels.Attention{Tokens: len(o.Val) / ((o.Rows + 1) * n), Heads: heads, Key: key, N: n, In: (qkv.Rows + 1) * n, Out: (o.Rows + 1) * n})
	return l
}

func (l *Attention[T]) make(shape kernels.Attention) {
	l.shape, l.a, l.scratch = shape, make([]T, shape.Weights()), make([]T, shape.Scratch())
}

// Forward computes o at token t from q, k and v at the tokens up to t.
func (l *Attention[T]) Forward(t int) {
	kernels.AttentionForward(l.shape, l.o, l.a, l.qkv, t, l.scratch)
}

// Backward computes the adjoints of q, k and v at all tokens from those of o.
func (l *Attention[T]) Backward() {
	clear(l.qkvBar)
	l.add()
}

func (l *Attention[T]) add() {
	kernels.AttentionBackward(l.shape, l.qkvBar, l.oBar, l.a, l.qkv, l.scratch)
}

// AttentionOn returns attention as an op from q, k and v, side by side in the channels
// of qkv, to o, a third of them. Both have Width 1. Its weights count on the tape.
func AttentionOn[T tensor.Real](t *grad.Tape[T], heads int, qkv, o Map[T]) Causal[T] {
	if qkv.Width != 1 || o.Width != 1 || qkv.Channels != 3*o.Channels || heads < 1 || o.Channels%heads != 0 || qkv.Sites != o.Sites || qkv.N != o.N {
		panic(fmt.Sprintf("nn: Attention of %d heads from %dx%d to %dx%d", heads, qkv.Rows, qkv.Cols, o.Rows, o.Cols))
	}
	n := o.N
	l := &attention[T]{in: qkv.Var, sites: o.Sites, Attention: Attention[T]{qkv: qkv.Val, qkvBar: qkv.Adj, o: o.Val, oBar: o.Adj}}
	l.make(kernels.Attention{Tokens: o.Sites, Heads: heads, Key: o.Channels / heads, N: n, In: qkv.Channels * n, Out: o.Channels * n})
	t.Count(len(l.a))
	return l
}

type attention[T tensor.Real] struct {
	Attention[T]
	in    *grad.Var[T]
	sites int
}

func (l *attention[T]) Inputs() []*grad.Var[T] { return []*grad.Var[T]{l.in} }

func (l *attention[T]) Forward() {
	for t := range l.sites {
		l.Attention.Forward(t)
	}
}

func (l *attention[T]) Backward() { l.add() }

func (l *attention[T]) BackwardSet() { l.Attention.Backward() }

func (l *attention[T]) Begin(lo, hi int) {}

func (l *attention[T]) Site(i int) { l.Attention.Forward(i) }
