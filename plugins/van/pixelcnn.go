package van

import (
	"fmt"
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/autoregressive"
	"github.com/helmholtz-physics/helmholtz/framework/engine/grad"
	"github.com/helmholtz-physics/helmholtz/framework/engine/nn"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// pixelCNN is a stack of masked convolutions (van den Oord, Kalchbrenner and
// Kavukcuoglu, arXiv:1601.06759) on an Ly x Lx lattice, with "width" channels:
//
//	h = K1 * s                    K1: taps before the site, 1 -> width
//	h = K * phi(h)                depth-2 times; K: taps up to the site
//	h = h + K * phi(C h)          instead, with residual blocks; C mixes a site's channels
//	a = K * phi(h)                width -> 1
//
// phi is PReLU with a slope per channel, starting at 0.5; sites outside the
// lattice count as zero, or kernels wrap round a periodic one: then a site also sees
// those before it that lie beyond the last row or column. No number of weights
// depends on the lattice, once it is as large as the kernel, so that a network may
// start from what it learned on a smaller one. Depth 1 is a = K1 * s.
type pixelCNN[T tensor.Real] struct {
	ly, lx, width int
	first         *nn.MaskedConv[T]
	blocks        []convBlock[T]
	params        []*grad.Param[T]
}

// convBlock is [C,] phi, K.
type convBlock[T tensor.Real] struct {
	mix  *nn.ChannelDense[T] // nil where the block is not residual
	phi  *nn.PReLU[T]
	conv *nn.MaskedConv[T]
}

func newPixelCNN[T tensor.Real](c config, ly, lx int) *pixelCNN[T] {
	p := &pixelCNN[T]{ly: ly, lx: lx, width: c.Width}
	if c.Depth == 1 {
		p.width = 1
	}
	shape := nn.ConvShape{In: 1, Out: p.width, Ly: ly, Lx: lx, Half: (c.Kernel - 1) / 2, Exclusive: true, Periodic: c.Periodic}
	p.first = p.conv("layer1", shape, c.Bias)
	shape.In, shape.Exclusive = p.width, false
	for l := 2; l <= c.Depth; l++ {
		name := fmt.Sprintf("layer%d", l)
		if l == c.Depth {
			shape.Out = 1
		}
		var b convBlock[T]
		if c.Residual && l < c.Depth {
			b.mix = nn.NewChannelDense[T](name+".mix", 1, p.width, p.width, c.Bias)
			p.add(b.mix.W, b.mix.B, p.width, 1, 1)
		}
		b.phi = nn.NewPReLU[T](name, p.width)
		b.phi.Slope.Start = slope
		p.params = append(p.params, b.phi.Slope)
		b.conv = p.conv(name, shape, c.Bias)
		p.blocks = append(p.blocks, b)
	}
	return p
}

func (p *pixelCNN[T]) conv(name string, s nn.ConvShape, bias bool) *nn.MaskedConv[T] {
	l := nn.NewMaskedConv[T](name, s, bias)
	k := 2*s.Half + 1
	s.Periodic = false // few pairs wrap round: most outputs see the taps of an open lattice
	p.add(l.W, l.B, s.In*k*k, k*k, s.Taps())
	return l
}

// add notes a layer's parameters with their starting rule: fanIn and total
// count masked taps too.
func (p *pixelCNN[T]) add(w, b *grad.Param[T], fanIn, total, live int) {
	w.Start = within(nn.Uniform(fanIn, total, live))
	p.params = append(p.params, w)
	if b != nil {
		b.Start = within(1 / math.Sqrt(float64(fanIn)))
		p.params = append(p.params, b)
	}
}

func (p *pixelCNN[T]) Params() []*grad.Param[T] { return p.params }
func (p *pixelCNN[T]) Block() int               { return p.lx }

// Chunk gives an image row of a chunk some 160 columns: wide enough for fast
// products, and few enough that the rows a kernel spans stay in a core's cache
// and a batch of 20 on 16 x 16 sites still makes two chunks. Fewer than eight samples
// would fill no vector where a site is drawn.
func (p *pixelCNN[T]) Chunk() (int, bool) { return max(8, 160/p.lx), false }

func (p *pixelCNN[T]) Pass(head *grad.Tape[T], n int, twin *autoregressive.Pass[T]) *autoregressive.Pass[T] {
	sites := p.ly * p.lx
	t := &autoregressive.Pass[T]{Head: head, X: grad.NewData[T](sites, n)}
	s := nn.Map[T]{Var: t.X.View(p.ly, p.lx*n), Sites: sites, Channels: 1, Width: p.lx, N: n}
	h := s.Like(head, p.width)
	t.AddFirst(p.first, s, h, twin, len(p.blocks) == 0)
	for _, b := range p.blocks {
		h = b.on(t, h)
	}
	t.A = h.Var.View(sites, n)
	return t
}

func (b convBlock[T]) on(t *autoregressive.Pass[T], h nn.Map[T]) nn.Map[T] {
	x := h
	if b.mix != nil {
		x = h.Like(&t.Tape, h.Channels)
		t.Add(b.mix.On(h, x))
	}
	y := x.Like(&t.Tape, x.Channels)
	t.Add(b.phi.On(x, y))
	out := h.Like(&t.Tape, b.conv.Out)
	t.Add(b.conv.On(y, out))
	if b.mix == nil {
		return out
	}
	sum := h.Like(&t.Tape, h.Channels)
	t.Add(nn.Add(h, out, sum))
	return sum
}
