package states

import (
	"fmt"

	"github.com/helmholtz-physics/helmholtz/framework/engine/grad"
	"github.com/helmholtz-physics/helmholtz/framework/engine/kernels"
	"github.com/helmholtz-physics/helmholtz/framework/engine/nn"
)

// network is a causal transformer (Vaswani et al., arXiv:1706.03762; here without
// normalisation of layers, as in arXiv:2201.03156). Token t is the wave vector of the
// electron t that was chosen, and its output the logits of the next one:
//
//	h = tanh(embed x),
//	h <- h + out attention(qkv h),   h <- h + down tanh(up h)   for each layer,
//	logits = readout tanh(h).
//
// No electron comes before the first, whose logits are parameters of their own. Where there are
// two spins a token has, besides, the numbers 1 and 0 for its own spin and for that of the next.
type network struct {
	first   nn.Linear[float64] // no inputs: a bias
	embed   nn.Linear[float64]
	layers  []layer
	readout nn.Linear[float64]
	params  *grad.Params[float64] // of all, in this order
	heads   int
	key     int
	marks   int // spins that a token tells apart, 0 where there is one
}

type layer struct{ qkv, out, up, down nn.Linear[float64] }

func newNetwork(o Options) *network {
	d, m := len(o.Orbitals[0]), len(o.Orbitals)
	heads := o.Heads * o.Key
	n := &network{heads: o.Heads, key: o.Key}
	if len(o.Kinds) > 1 {
		n.marks = len(o.Kinds)
	}
	n.first = nn.NewStillLinear[float64]("first", 0, m)
	n.embed = nn.NewLinear[float64]("embed", d+2*n.marks, o.Width)
	params := []*grad.Param[float64]{n.first.W, n.embed.W}
	for i := range o.Layers {
		name := func(part string) string { return fmt.Sprintf("layer%d.%s", i, part) }
		l := layer{
			nn.NewLinear[float64](name("attention.in"), o.Width, 3*heads), nn.NewLinear[float64](name("attention.out"), heads, o.Width),
			nn.NewLinear[float64](name("mlp.in"), o.Width, o.Hidden), nn.NewLinear[float64](name("mlp.out"), o.Hidden, o.Width),
		}
		n.layers = append(n.layers, l)
		params = append(params, l.qkv.W, l.out.W, l.up.W, l.down.W)
	}
	n.readout = nn.NewStillLinear[float64]("readout", o.Width, m)
	n.params = grad.NewParams(append(params, n.readout.W)...)
	return n
}

// trunk is what the network computes for the samples of a chunk, at all tokens.
type trunk struct {
	net    *network
	tokens int

	x, h0  *nn.Tokens[float64]
	layers []layerState
	y      *nn.Tokens[float64] // tanh of the last h
	logits *nn.Tokens[float64]
	scores []nn.LinearScores[float64]
}

// layerState has the outputs of a layer's parts.
type layerState struct {
	layer
	attend             *nn.Attention[float64] // from qkv to o
	qkv, o             *nn.Tokens[float64]
	in, mid, hidden, h *nn.Tokens[float64] // h is the next layer's in
}

func newTrunk(net *network, tokens, width int) *trunk {
	rows := func(n int) *nn.Tokens[float64] { return nn.NewTokens[float64](tokens, n, width) }
	c := &trunk{net: net, tokens: tokens}
	c.x, c.h0 = rows(net.embed.In), rows(net.embed.Out)
	h := c.h0
	for _, l := range net.layers {
		s := layerState{layer: l, in: h, mid: rows(h.Rows), hidden: rows(l.up.Out), h: rows(h.Rows)}
		s.qkv, s.o = rows(l.qkv.Out), rows(l.out.In)
		s.attend = nn.NewAttention(net.heads, net.key, s.o, s.qkv)
		c.layers = append(c.layers, s)
		h = s.h
	}
	c.y, c.logits = rows(h.Rows), rows(net.readout.Out)
	add := func(l nn.Linear[float64], y, x *nn.Tokens[float64]) {
		c.scores = append(c.scores, l.Scores(y, x))
	}
	add(net.embed, c.h0, c.x)
	for i := range c.layers {
		s := &c.layers[i]
		add(s.layer.qkv, s.qkv, s.in)
		add(s.out, s.mid, s.o)
		add(s.up, s.hidden, s.mid)
		add(s.down, s.h, s.hidden)
	}
	add(net.readout, c.logits, c.y)
	return c
}

// step computes the logits that follow token t. The tokens before it were stepped
// through, and x is set.
func (c *trunk) step(t int) {
	c.net.embed.Set(c.h0, c.x, t)
	kernels.Activate(kernels.Tanh, c.h0.At(c.h0.Val, t))
	for i := range c.layers {
		s := &c.layers[i]
		s.layer.qkv.Set(s.qkv, s.in, t)
		s.attend.Forward(t)
		copy(s.mid.At(s.mid.Val, t), s.in.At(s.in.Val, t))
		s.out.Add(s.mid, s.o, t)
		s.up.Set(s.hidden, s.mid, t)
		kernels.Activate(kernels.Tanh, s.hidden.At(s.hidden.Val, t))
		copy(s.h.At(s.h.Val, t), s.mid.At(s.mid.Val, t))
		s.down.Add(s.h, s.hidden, t)
	}
	last := c.last()
	copy(c.y.At(c.y.Val, t), last.At(last.Val, t))
	kernels.Activate(kernels.Tanh, c.y.At(c.y.Val, t))
	c.net.readout.Set(c.logits, c.y, t)
}

// last is the h that is read out.
func (c *trunk) last() *nn.Tokens[float64] {
	if len(c.layers) == 0 {
		return c.h0
	}
	return c.layers[len(c.layers)-1].h
}

// back computes all adjoints from those of the logits.
func (c *trunk) back() {
	c.pullTanh(c.net.readout, c.logits, c.y)
	copy(c.last().Adj, c.y.Adj)
	for i := len(c.layers) - 1; i >= 0; i-- {
		s := &c.layers[i]
		// h = mid + down tanh(up mid)
		c.pullTanh(s.down, s.h, s.hidden)
		copy(s.mid.Adj, s.h.Adj)
		c.pullLinear(s.up, s.hidden, s.mid)
		// mid = in + out attention(qkv in)
		clear(s.o.Adj)
		c.pullLinear(s.out, s.mid, s.o)
		s.attend.Backward()
		copy(s.in.Adj, s.mid.Adj)
		c.pullLinear(s.layer.qkv, s.qkv, s.in)
	}
	kernels.ActivateBackward(kernels.Tanh, c.h0.Adj, c.h0.Val)
}

// pullLinear adds to the adjoint of x, at all tokens.
func (c *trunk) pullLinear(l nn.Linear[float64], y, x *nn.Tokens[float64]) {
	for t := range c.tokens {
		l.Backward(y, x, t)
	}
}

// pullTanh sets the adjoint of u where y = W tanh(u), x = tanh(u).
func (c *trunk) pullTanh(l nn.Linear[float64], y, x *nn.Tokens[float64]) {
	clear(x.Adj)
	c.pullLinear(l, y, x)
	kernels.ActivateBackward(kernels.Tanh, x.Adj, x.Val)
}

// turn brings values and adjoints into the order of samples, in scratch of
// scratchSize numbers.
func (c *trunk) turn(scratch []float64) {
	for i := range c.scores {
		c.scores[i].Turn(scratch)
		scratch = scratch[c.scores[i].Scratch():]
	}
}

func (c *trunk) scratchSize() (size int) {
	for i := range c.scores {
		size += c.scores[i].Scratch()
	}
	return size
}

// sum writes the gradient of samples from to to-1 into dst, but for that of the first
// electron's logits. It follows turn.
func (c *trunk) sum(dst []float64, from, to int) {
	for i := range c.scores {
		c.scores[i].Sum(dst, from, to)
	}
}
