package nn

import (
	"fmt"

	"github.com/helmholtz-physics/helmholtz/framework/engine/grad"
	"github.com/helmholtz-physics/helmholtz/framework/engine/kernels"
)

// Attention is causal attention with several heads, kernels.Attention, on Tokens or on a
// Map. The keys and values of the tokens before stay, so that a further token costs one
// row of weights.
type Attention struct {
	shape kernels.Attention

	qkv, qkvBar, o, oBar []float64
	a, scratch           []float64
}

// NewAttention binds heads with so many components to their input, whose rows are all
// q, then all k, then all v, and to their output.
func NewAttention(heads, key int, o, qkv *Tokens) *Attention {
	if qkv.Rows != 3*heads*key || o.Rows != heads*key || qkv.N != o.N {
		panic(fmt.Sprintf("nn: Attention of %d heads of %d from %d rows to %d", heads, key, qkv.Rows, o.Rows))
	}
	n := o.N
	l := &Attention{qkv: qkv.Val, qkvBar: qkv.Adj, o: o.Val, oBar: o.Adj}
	l.make(kernels.Attention{Tokens: len(o.Val) / ((o.Rows + 1) * n), Heads: heads, Key: key, N: n, In: (qkv.Rows + 1) * n, Out: (o.Rows + 1) * n})
	return l
}

func (l *Attention) make(shape kernels.Attention) {
	l.shape, l.a, l.scratch = shape, make([]float64, shape.Weights()), make([]float64, shape.Scratch())
}

// Forward computes o at token t from q, k and v at the tokens up to t.
func (l *Attention) Forward(t int) { kernels.AttentionForward(l.shape, l.o, l.a, l.qkv, t, l.scratch) }

// Backward computes the adjoints of q, k and v at all tokens from those of o.
func (l *Attention) Backward() {
	clear(l.qkvBar)
	l.add()
}

func (l *Attention) add() {
	kernels.AttentionBackward(l.shape, l.qkvBar, l.oBar, l.a, l.qkv, l.scratch)
}

// AttentionOn returns attention as an op from q, k and v, side by side in the channels
// of qkv, to o, a third of them. Both have Width 1. Its weights count on the tape.
func AttentionOn(t *grad.Tape, heads int, qkv, o Map) Causal {
	if qkv.Width != 1 || o.Width != 1 || qkv.Channels != 3*o.Channels || heads < 1 || o.Channels%heads != 0 || qkv.Sites != o.Sites || qkv.N != o.N {
		panic(fmt.Sprintf("nn: Attention of %d heads from %dx%d to %dx%d", heads, qkv.Rows, qkv.Cols, o.Rows, o.Cols))
	}
	n := o.N
	l := &attention{in: qkv.Var, sites: o.Sites, Attention: Attention{qkv: qkv.Val, qkvBar: qkv.Adj, o: o.Val, oBar: o.Adj}}
	l.make(kernels.Attention{Tokens: o.Sites, Heads: heads, Key: o.Channels / heads, N: n, In: qkv.Channels * n, Out: o.Channels * n})
	t.Count(len(l.a))
	return l
}

type attention struct {
	Attention
	in    *grad.Var
	sites int
}

func (l *attention) Inputs() []*grad.Var { return []*grad.Var{l.in} }

func (l *attention) Forward() {
	for t := range l.sites {
		l.Attention.Forward(t)
	}
}

func (l *attention) Backward() { l.add() }

func (l *attention) BackwardSet() { l.Attention.Backward() }

func (l *attention) Begin(lo, hi int) {}

func (l *attention) Site(i int) { l.Attention.Forward(i) }
