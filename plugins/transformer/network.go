package transformer

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/helmholtz-physics/helmholtz/framework/autoregressive"
	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/grad"
	"github.com/helmholtz-physics/helmholtz/framework/engine/nn"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// network is a stack of L pre-norm blocks on vectors h_i of "width" components,
//
//	h_i = T(x_(i-1)) + P_i                    T of the state before, P of the place; h_0 = P_0
//	h   = h + W_o attention(W_qkv norm(h))    causal, with several heads
//	h   = h + W_d gelu(W_u norm(h))           expansion x width hidden units
//	a   = W norm(h)                           after L blocks
//
// of which site i sees x_<i only. norm is LayerNorm with gain and bias; all W have biases.
// T may be each site's own, T_i. The start is that of GPT-2: weights are N(0, spread^2) with
// spread = 0.02, W_o and W_d by 1/sqrt(2L) smaller, since h adds 2L of them, biases are zero.
// Logits are then some spread sqrt(width), near uniform.
type network[T tensor.Real] struct {
	sites, width, heads, hidden, logits int
	chunk                               int // configurations

	embed  *nn.Embedding[T]
	blocks []block[T]
	norm   *nn.LayerNorm[T]
	head   *nn.SiteDense[T]
	params []*grad.Param[T]
}

type block[T tensor.Real] struct {
	norm1, norm2       *nn.LayerNorm[T]
	qkv, out, up, down *nn.SiteDense[T]
}

func newNetwork[T tensor.Real](c config, space core.Space) *network[T] {
	n := &network[T]{sites: space.Size(), width: c.Width, heads: c.Heads, hidden: c.Expansion * c.Width, logits: autoregressive.Logits(space), chunk: chunk[T](c, space)}
	states := space.Values()[0]
	n.embed = nn.NewEmbedding[T]("embedding", len(states), n.sites, n.width, c.OwnStates, states[0], states[1]-states[0])
	spread := c.Spread
	n.add(n.embed.State, normal(spread))
	n.add(n.embed.Place, normal(spread))
	residual := spread / math.Sqrt(2*float64(c.Depth))
	for l := range c.Depth {
		name := func(part string) string { return fmt.Sprintf("block%d.%s", l+1, part) }
		n.blocks = append(n.blocks, block[T]{
			norm1: n.layerNorm(name("norm1")),
			qkv:   n.dense(name("qkv"), n.width, 3*n.width, spread),
			out:   n.dense(name("out"), n.width, n.width, residual),
			norm2: n.layerNorm(name("norm2")),
			up:    n.dense(name("up"), n.width, n.hidden, spread),
			down:  n.dense(name("down"), n.hidden, n.width, residual),
		})
	}
	n.norm = n.layerNorm("norm")
	n.head = n.dense("head", n.width, n.logits, spread)
	return n
}

func (n *network[T]) add(p *grad.Param[T], start func([]float64, *rand.Rand)) {
	p.Start = start
	n.params = append(n.params, p)
}

func (n *network[T]) layerNorm(name string) *nn.LayerNorm[T] {
	l := nn.NewLayerNorm[T](name, n.width)
	n.add(l.Gain, ones)
	n.add(l.Bias, nil)
	return l
}

func (n *network[T]) dense(name string, in, out int, spread float64) *nn.SiteDense[T] {
	l := nn.NewSiteDense[T](name, in, out)
	n.add(l.W, normal(spread))
	n.add(l.B, nil)
	return l
}

// normal is the starting rule N(0, spread^2).
func normal(spread float64) func([]float64, *rand.Rand) {
	return func(values []float64, r *rand.Rand) {
		for i := range values {
			values[i] = spread * r.NormFloat64()
		}
	}
}

func ones(values []float64, _ *rand.Rand) {
	for i := range values {
		values[i] = 1
	}
}

func (n *network[T]) Params() []*grad.Param[T] { return n.params }

// Block is all sites: no layer makes use of blocks.
func (n *network[T]) Block() int { return n.sites }

func (n *network[T]) Chunk() (int, bool) { return n.chunk, true }

func (n *network[T]) Pass(head *grad.Tape[T], samples int, _ *autoregressive.Pass[T]) *autoregressive.Pass[T] {
	p := &autoregressive.Pass[T]{Head: head, X: grad.NewData[T](n.sites, samples)}
	x := nn.Map[T]{Var: p.X, Sites: n.sites, Channels: 1, Width: 1, N: samples}
	h := x.Like(&p.Tape, n.width)
	p.Add(n.embed.On(x, h))
	for _, b := range n.blocks {
		y, qkv, o := h.Like(&p.Tape, n.width), h.Like(&p.Tape, 3*n.width), h.Like(&p.Tape, n.width)
		p.Add(b.norm1.On(h, y))
		p.Add(b.qkv.On(y, qkv))
		p.Add(nn.AttentionOn(&p.Tape, n.heads, qkv, o))
		h = onto(p, b.out, h, o)
		y, u, v := h.Like(&p.Tape, n.width), h.Like(&p.Tape, n.hidden), h.Like(&p.Tape, n.hidden)
		p.Add(b.norm2.On(h, y))
		p.Add(b.up.On(y, u))
		p.Add(nn.GELU(u, v))
		h = onto(p, b.down, h, v)
	}
	y, a := h.Like(&p.Tape, n.width), h.Like(&p.Tape, n.logits)
	p.Add(n.norm.On(h, y))
	p.Add(n.head.On(y, a))
	p.A = a.Var
	return p
}

// onto ends a residual block: it returns h plus the layer at x.
func onto[T tensor.Real](p *autoregressive.Pass[T], l *nn.SiteDense[T], h, x nn.Map[T]) nn.Map[T] {
	sum := h.Like(&p.Tape, h.Channels)
	p.Add(l.Onto(h, x, sum))
	return sum
}
