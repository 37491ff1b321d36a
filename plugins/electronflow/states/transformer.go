package states

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// network is a causal transformer (Vaswani et al., arXiv:1706.03762; here without
// normalisation of layers, as in arXiv:2201.03156). Token t is the wave vector of the
// electron t that was chosen, and its output the logits of the next one:
//
//	h = tanh(embed x),
//	h <- h + out attention(qkv h),   h <- h + down tanh(up h)   for each layer,
//	logits = readout tanh(h).
//
// No electron comes before the first, whose logits are parameters of their own.
type network struct {
	first   linear // no inputs: a bias
	embed   linear
	layers  []layer
	readout linear
	heads   int
	key     int
}

type layer struct{ qkv, out, up, down linear }

// newNetwork lays out theta.
func newNetwork(o Options) *network {
	size := 0
	next := func(name string, in, out int) linear {
		l := linear{name, size, in, out}
		size += l.size()
		return l
	}
	d, m := len(o.Orbitals[0]), len(o.Orbitals)
	heads := o.Heads * o.Key
	n := &network{heads: o.Heads, key: o.Key}
	n.first = next("first", 0, m)
	n.embed = next("embed", d, o.Width)
	for i := range o.Layers {
		name := func(part string) string { return fmt.Sprintf("layer%d.%s", i, part) }
		n.layers = append(n.layers, layer{
			next(name("attention.in"), o.Width, 3*heads), next(name("attention.out"), heads, o.Width),
			next(name("mlp.in"), o.Width, o.Hidden), next(name("mlp.out"), o.Hidden, o.Width),
		})
	}
	n.readout = next("readout", o.Width, m)
	return n
}

// linears are all layers in the order of theta.
func (n *network) linears() []linear {
	all := []linear{n.first, n.embed}
	for _, l := range n.layers {
		all = append(all, l.qkv, l.out, l.up, l.down)
	}
	return append(all, n.readout)
}

func (n *network) parameters() int { return n.readout.off + n.readout.size() }

// init draws weights of variance 1/inputs. Biases are zero, and so are the logits.
func (n *network) init(theta []float64, r *rand.Rand) {
	clear(theta)
	for _, l := range n.linears() {
		if l == n.first || l == n.readout {
			continue
		}
		for i := range l.out {
			for j := range l.in {
				theta[l.off+i*(l.in+1)+j] = r.NormFloat64() / math.Sqrt(float64(l.in))
			}
		}
	}
}

// trunk is what the network computes for the samples of a chunk, at all tokens.
type trunk struct {
	net    *network
	tokens int

	x, h0  *field
	layers []layerState
	y      *field // tanh of the last h
	logits *field
	grads  []gradient
}

// layerState has the outputs of a layer's parts.
type layerState struct {
	layer
	attend             *attention
	in, mid, hidden, h *field // h is the next layer's in
}

func newTrunk(net *network, tokens, width int) *trunk {
	rows := func(n int) *field { return newField(tokens, n, width) }
	c := &trunk{net: net, tokens: tokens}
	c.x, c.h0 = rows(net.embed.in), rows(net.embed.out)
	h := c.h0
	for _, l := range net.layers {
		s := layerState{layer: l, in: h, mid: rows(h.rows), hidden: rows(l.up.out), h: rows(h.rows)}
		s.attend = newAttention(tokens, net.heads, net.key, width, rows(l.qkv.out), rows(l.out.in))
		c.layers = append(c.layers, s)
		h = s.h
	}
	c.y, c.logits = rows(h.rows), rows(net.readout.out)
	add := func(l linear, y, x *field) {
		c.grads = append(c.grads, gradient{linear: l, x: x, y: y, tokens: tokens})
	}
	add(net.embed, c.h0, c.x)
	for i := range c.layers {
		s := &c.layers[i]
		add(s.qkv, s.attend.qkv, s.in)
		add(s.out, s.mid, s.attend.o)
		add(s.up, s.hidden, s.mid)
		add(s.down, s.h, s.hidden)
	}
	add(net.readout, c.logits, c.y)
	return c
}

// step computes the logits that follow token t. The tokens before it were stepped
// through, and x is set.
func (c *trunk) step(theta []float64, t int) {
	c.net.embed.set(theta, c.h0, c.x, t)
	tensor.Activate(tensor.Tanh, c.h0.live(c.h0.val, t))
	for i := range c.layers {
		s := &c.layers[i]
		s.qkv.set(theta, s.attend.qkv, s.in, t)
		s.attend.step(t)
		copy(s.mid.at(s.mid.val, t), s.in.at(s.in.val, t))
		s.out.add(theta, s.mid, s.attend.o, t)
		s.up.set(theta, s.hidden, s.mid, t)
		tensor.Activate(tensor.Tanh, s.hidden.live(s.hidden.val, t))
		copy(s.h.at(s.h.val, t), s.mid.at(s.mid.val, t))
		s.down.add(theta, s.h, s.hidden, t)
	}
	last := c.last()
	copy(c.y.at(c.y.val, t), last.at(last.val, t))
	tensor.Activate(tensor.Tanh, c.y.live(c.y.val, t))
	c.net.readout.set(theta, c.logits, c.y, t)
}

// last is the h that is read out.
func (c *trunk) last() *field {
	if len(c.layers) == 0 {
		return c.h0
	}
	return c.layers[len(c.layers)-1].h
}

// back computes all adjoints from those of the logits.
func (c *trunk) back(theta []float64) {
	c.pullTanh(theta, c.net.readout, c.logits, c.y)
	copy(c.last().adj, c.y.adj)
	for i := len(c.layers) - 1; i >= 0; i-- {
		s := &c.layers[i]
		// h = mid + down tanh(up mid)
		c.pullTanh(theta, s.down, s.h, s.hidden)
		copy(s.mid.adj, s.h.adj)
		c.pullLinear(theta, s.up, s.hidden, s.mid)
		// mid = in + out attention(qkv in)
		clear(s.attend.o.adj)
		c.pullLinear(theta, s.out, s.mid, s.attend.o)
		s.attend.back()
		copy(s.in.adj, s.mid.adj)
		c.pullLinear(theta, s.qkv, s.attend.qkv, s.in)
	}
	tensor.ActivateBackward(tensor.Tanh, c.h0.adj, c.h0.val)
}

// pullLinear adds to the adjoint of x, at all tokens.
func (c *trunk) pullLinear(theta []float64, l linear, y, x *field) {
	for t := range c.tokens {
		l.back(theta, y, x, t)
	}
}

// pullTanh sets the adjoint of u where y = W tanh(u), x = tanh(u).
func (c *trunk) pullTanh(theta []float64, l linear, y, x *field) {
	clear(x.adj)
	c.pullLinear(theta, l, y, x)
	tensor.ActivateBackward(tensor.Tanh, x.adj, x.val)
}

// turn brings values and adjoints into the order of samples, in scratch of
// scratchSize numbers.
func (c *trunk) turn(scratch []float64) {
	for i := range c.grads {
		g := &c.grads[i]
		xs, ys := g.sizes()
		g.turn(scratch[:xs], scratch[xs:xs+ys])
		scratch = scratch[xs+ys:]
	}
}

func (c *trunk) scratchSize() (size int) {
	for i := range c.grads {
		xs, ys := c.grads[i].sizes()
		size += xs + ys
	}
	return size
}

// sum writes the gradient of samples from to to-1 into dst, but for that of the first
// electron's logits. It follows turn.
func (c *trunk) sum(dst []float64, from, to int) {
	for i := range c.grads {
		c.grads[i].sum(dst, from, to)
	}
}
