package ttn

import (
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// pass is Psi of n configurations, from the sites to the root. Vectors are each relative to their
// largest number.
type pass struct {
	nodes  []*node
	n      int
	v      [][]float64 // of each node
	pairs  [][]float64 // v_l[a] v_r[b] of each node
	scale  [][]float64
	logPsi []float64 // ln|Psi|, -Inf where Psi is 0
}

// forward makes it. states has a row for each configuration.
func (p *pass) forward(nodes []*node, states []int32, n int) {
	p.nodes, p.n = nodes, n
	if p.v == nil {
		p.v, p.pairs, p.scale = make([][]float64, len(nodes)), make([][]float64, len(nodes)), make([][]float64, len(nodes))
	}
	p.logPsi = core.Resize(p.logPsi, n)
	clear(p.logPsi)
	sites := len(states) / max(1, n)
	for k, t := range nodes {
		p.v[k] = core.Resize(p.v[k], n*t.up)
		if t.leaf() {
			clear(p.v[k])
			for i := range n {
				p.v[k][i*t.up+int(states[i*sites+t.site])] = 1
			}
			continue
		}
		p.scale[k] = core.Resize(p.scale[k], n)
		p.pair(k)
		p.node(k)
		for i, size := range p.scale[k] {
			p.logPsi[i] += math.Log(size)
		}
	}
}

// pair makes v_l[a] v_r[b] of a node.
func (p *pass) pair(k int) {
	t := p.nodes[k]
	wide := t.left * t.right
	p.pairs[k] = core.Resize(p.pairs[k], p.n*wide)
	for i := range p.n {
		outer(p.pairs[k][i*wide:(i+1)*wide], p.v[t.l][i*t.left:(i+1)*t.left], p.v[t.r][i*t.right:(i+1)*t.right])
	}
}

// node makes v of a node, in units of its largest number.
func (p *pass) node(k int) {
	t := p.nodes[k]
	wide := t.left * t.right
	tensor.Gemm(false, true, p.n, t.up, wide, 1, p.pairs[k], wide, t.Val, wide, 0, p.v[k], t.up)
	for i := range p.n {
		p.scale[k][i] = unit(p.v[k][i*t.up : (i+1)*t.up])
	}
}

// outer writes a_i b_j.
func outer(dst, a, b []float64) {
	for i, x := range a {
		row := dst[i*len(b) : (i+1)*len(b)]
		for j, y := range b {
			row[j] = x * y
		}
	}
}

// unit divides numbers by the largest of their sizes, and returns it.
func unit(v []float64) (size float64) {
	for _, x := range v {
		size = max(size, math.Abs(x))
	}
	if size > 0 {
		for i := range v {
			v[i] /= size
		}
	}
	return size
}

// pull adds the gradient of sum_i w_i ln Psi(x_i)^2 to grad, a row of all parameters. Where Psi is
// 0 there is none.
func (p *pass) pull(grad []float64, w []float64) {
	bars := make([][]float64, len(p.nodes))
	for k, t := range p.nodes {
		bars[k] = make([]float64, p.n*t.up)
	}
	root := len(p.nodes) - 1
	for i, v := range p.v[root] {
		if v != 0 {
			bars[root][i] = 2 * w[i] / v
		}
	}
	var spread []float64
	for k := root; k >= 0; k-- {
		t := p.nodes[k]
		if t.leaf() {
			continue
		}
		bar, wide := bars[k], t.left*t.right
		for i, size := range p.scale[k] {
			for c := i * t.up; c < (i+1)*t.up; c++ {
				if bar[c] != 0 {
					bar[c] /= size
				}
			}
		}
		tensor.Gemm(true, false, t.up, wide, p.n, 1, bar, t.up, p.pairs[k], wide, 1, t.In(grad), wide)
		spread = core.Resize(spread, p.n*wide)
		tensor.Gemm(false, false, p.n, wide, t.up, 1, bar, t.up, t.Val, wide, 0, spread, wide)
		for i := range p.n {
			l, r := p.v[t.l][i*t.left:(i+1)*t.left], p.v[t.r][i*t.right:(i+1)*t.right]
			lbar, rbar := bars[t.l][i*t.left:(i+1)*t.left], bars[t.r][i*t.right:(i+1)*t.right]
			for a := range l {
				row := spread[i*wide+a*t.right:][:t.right]
				for b, s := range row {
					lbar[a] += s * r[b]
					rbar[b] += s * l[a]
				}
			}
		}
	}
}
