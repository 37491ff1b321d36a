package van

import (
	"fmt"
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/autoregressive"
	"github.com/helmholtz-physics/helmholtz/framework/engine/grad"
	"github.com/helmholtz-physics/helmholtz/framework/engine/nn"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// made is a masked autoencoder (MADE; Germain, Gregor, Murray and Larochelle,
// arXiv:1502.03509) with "width" channels per site:
//
//	h = M1 s                      M1: inputs before the site, 1 -> width
//	h = M phi(h)                  depth-2 times; M: inputs up to the site
//	h = h + M phi(C h)            instead, with residual blocks; C mixes a site's channels
//	a = M phi(h)                  width -> 1
//
// phi is PReLU with a slope per unit, starting at 0.5. Depth 1 is logistic
// regression on the earlier spins: a = M1 s.
type made[T tensor.Real] struct {
	sites, width int
	first        *nn.MaskedDense[T]
	blocks       []madeBlock[T]
	params       []*grad.Param[T]
}

// madeBlock is [C,] phi, M.
type madeBlock[T tensor.Real] struct {
	mix   *nn.ChannelDense[T] // nil where the block is not residual
	phi   *nn.PReLU[T]
	dense *nn.MaskedDense[T]
	out   int // channels
}

func newMADE[T tensor.Real](c config, sites int) *made[T] {
	m := &made[T]{sites: sites, width: c.Width}
	if c.Depth == 1 {
		m.width = 1
	}
	m.first = m.dense("layer1", 1, m.width, true, c.Bias)
	for l := 2; l <= c.Depth; l++ {
		name, out := fmt.Sprintf("layer%d", l), m.width
		if l == c.Depth {
			out = 1
		}
		b := madeBlock[T]{out: out}
		if c.Residual && l < c.Depth {
			b.mix = m.mix(name+".mix", c.Bias)
		}
		b.phi = nn.NewPReLU[T](name, sites*m.width)
		b.phi.Slope.Start = slope
		m.params = append(m.params, b.phi.Slope)
		b.dense = m.dense(name, m.width, out, false, c.Bias)
		m.blocks = append(m.blocks, b)
	}
	return m
}

func (m *made[T]) dense(name string, in, out int, exclusive, bias bool) *nn.MaskedDense[T] {
	l := nn.NewMaskedDense[T](name, m.sites, in, out, exclusive, bias)
	m.add(l.W, l.B, m.sites*in, m.sites*in*m.sites*out)
	return l
}

// mix makes the layer C. Its fan-in is that of the authors' masked square
// matrix.
func (m *made[T]) mix(name string, bias bool) *nn.ChannelDense[T] {
	l := nn.NewChannelDense[T](name, m.sites, m.width, m.width, bias)
	m.add(l.W, l.B, m.sites*m.width, m.sites*m.width*m.sites*m.width)
	return l
}

// add notes a layer's parameters with their starting rule: fanIn and total
// count masked weights too.
func (m *made[T]) add(w, b *grad.Param[T], fanIn, total int) {
	w.Start = within(nn.Uniform(fanIn, total, w.Size()))
	m.params = append(m.params, w)
	if b != nil {
		b.Start = within(1 / math.Sqrt(float64(fanIn)))
		m.params = append(m.params, b)
	}
}

func (m *made[T]) Params() []*grad.Param[T] { return m.params }
func (m *made[T]) Block() int               { return 16 }

// Chunk is as many samples as products take in full, whose hidden states stay in a core's
// cache.
func (m *made[T]) Chunk() (int, bool) {
	if grad.Bytes[T]() == 4 {
		return 96, true
	}
	return 72, true
}

func (m *made[T]) Pass(head *grad.Tape[T], n int, twin *autoregressive.Pass[T]) *autoregressive.Pass[T] {
	p := &autoregressive.Pass[T]{Head: head, X: grad.NewData[T](m.sites, n)}
	s := nn.Map[T]{Var: p.X, Sites: m.sites, Channels: 1, Width: 1, N: n}
	h := s.Like(head, m.width)
	p.AddFirst(m.first, s, h, twin, len(m.blocks) == 0)
	for _, b := range m.blocks {
		h = b.on(p, h)
	}
	p.A = h.Var
	return p
}

func (b madeBlock[T]) on(p *autoregressive.Pass[T], h nn.Map[T]) nn.Map[T] {
	x := h
	if b.mix != nil {
		x = h.Like(&p.Tape, h.Channels)
		p.Add(b.mix.On(h, x))
	}
	y := x.Like(&p.Tape, x.Channels)
	p.Add(b.phi.On(x, y))
	out := h.Like(&p.Tape, b.out)
	p.Add(b.dense.On(y, out))
	if b.mix == nil {
		return out
	}
	sum := h.Like(&p.Tape, h.Channels)
	p.Add(nn.Add(h, out, sum))
	return sum
}
