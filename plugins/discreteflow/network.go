package discreteflow

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/helmholtz-physics/helmholtz/framework/autoregressive"
	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/grad"
	"github.com/helmholtz-physics/helmholtz/framework/engine/nn"
)

// network gives the logits of the relabellings of each site, and through them those of its
// levels:
//
//	h = M1 e(y)                   e: y as unit vectors; M1 sees sites before the site
//	h = M gelu(h)                 depth - 1 times; M sees sites up to the site
//	A = relabel(h; base)
//
// Of a bipartite flow e(y) vanishes at the second half of the sites.
type network struct {
	relabellings
	space       core.Space
	sites, from int
	seen        int // sites that the conditioners see
	layers      []*nn.MaskedDense[float64]
	widths      []int
	base        *grad.Param[float64]
	params      []*grad.Param[float64]
}

// startWeight is the weight of the base of a relabelled site at level 0 where training
// starts: an even base would be the same under all relabellings, and neither could be
// learned.
const startWeight = 0.8

func newNetwork(c config, space core.Space) *network {
	sites := space.Size()
	n := &network{relabellings: newRelabellings(levelsOf(space), c.Scale), space: space, sites: sites, from: 1, seen: sites}
	if c.Conditioner == "bipartite" {
		n.from = (sites + 1) / 2
		n.seen = n.from
	}
	in := n.levels
	for l := range c.Depth {
		out := c.Width
		if l == c.Depth-1 {
			out = len(n.inverse)
		}
		layer := nn.NewMaskedDense[float64](fmt.Sprintf("layer%d", l+1), sites, in, out, l == 0, true)
		bound := nn.Uniform(sites*in, sites*in*sites*out, layer.W.Size())
		layer.W.Start = func(w []float64, r *rand.Rand) {
			for i := range w {
				w[i] = bound * (2*r.Float64() - 1)
			}
		}
		n.layers, n.widths, n.params = append(n.layers, layer), append(n.widths, out), append(n.params, layer.W, layer.B)
		in = out
	}
	n.base = grad.NewParam[float64]("base", sites, n.levels)
	n.base.Start = func(values []float64, _ *rand.Rand) {
		for i := n.from; i < sites && n.levels > 1; i++ {
			values[i*n.levels] = math.Log(startWeight / (1 - startWeight) * float64(n.levels-1))
		}
	}
	n.params = append(n.params, n.base)
	return n
}

func (n *network) Params() []*grad.Param[float64] { return n.params }

// Block is all sites of those that a pass in blocks would not make faster.
func (n *network) Block() int { return 16 }

// chunk is where the hidden states of 64 units and some sites stay in the second cache.
const chunk = 64

func (n *network) Chunk() (int, bool) { return chunk, true }

func (n *network) Pass(head *grad.Tape[float64], samples int, _ *autoregressive.Pass[float64]) *autoregressive.Pass[float64] {
	p := &autoregressive.Pass[float64]{Head: head, X: grad.NewData[float64](n.sites, samples)}
	x := nn.Map[float64]{Var: p.X, Sites: n.sites, Channels: 1, Width: 1, N: samples}
	values := n.space.Values()[0]
	h := nn.Map[float64]{Var: grad.NewData[float64](n.sites*n.levels, samples), Sites: n.sites, Channels: n.levels, Width: 1, N: samples}
	p.Tape.Count(len(h.Val))
	step := 1.0
	if len(values) > 1 {
		step = values[1] - values[0]
	}
	p.Add(&unit{x: x, y: h, low: values[0], step: step, seen: n.seen})
	for l, layer := range n.layers {
		if l > 0 {
			g := h.Like(&p.Tape, h.Channels)
			p.Add(nn.GELU(h, g))
			h = g
		}
		y := h.Like(&p.Tape, n.widths[l])
		p.Add(layer.On(h, y))
		h = y
	}
	y := h.Like(&p.Tape, n.levels-1)
	last := newRelabel(n.relabellings, n.base, n.from, h, y)
	p.Tape.Count(last.kept())
	p.Add(last)
	p.A = y.Var
	return p
}

// unit writes the states of the first sites, as many as are seen, as unit vectors. The others
// stay zero.
type unit struct {
	x, y      nn.Map[float64]
	low, step float64
	seen      int
}

var _ nn.Causal[float64] = (*unit)(nil)

func (o *unit) Inputs() []*grad.Var[float64] { return []*grad.Var[float64]{o.x.Var} }

func (o *unit) Forward() {
	for i := range o.x.Sites {
		o.Site(i)
	}
}

// Backward does nothing: states have no adjoint.
func (o *unit) Backward() {}

// Begin writes the site before lo, which layers see at once.
func (o *unit) Begin(lo, _ int) { o.Site(lo) }

// Site writes the site before i, the last one that layers see.
func (o *unit) Site(i int) {
	if i == 0 || i > o.seen {
		return
	}
	n := o.y.N
	y := o.y.Val[(i-1)*o.y.Channels*n : i*o.y.Channels*n]
	clear(y)
	for s, v := range o.x.Row(i - 1) {
		y[int((v-o.low)/o.step)*n+s] = 1
	}
}
