package ttn

import (
	"math"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// canonical are the nodes of the same p whose G is 1,
//
//	sum_ab T[c, a, b] T[c', a, b] = 1,
//
// from the sites to the root: T = L Q, Q stays, and L goes to the node above.
func canonical(nodes []*node) []*node {
	all, factor := make([]*node, len(nodes)), make([][]float64, len(nodes))
	for k, t := range nodes {
		n := *t
		all[k] = &n
		if t.leaf() {
			continue
		}
		p := *t.Param
		n.Param = &p
		wide := t.left * t.right
		p.Val = slices.Clone(t.dressed(t.Val, transposed(factor[t.l], t.left), factor[t.r]))
		factor[k] = make([]float64, t.up*t.up)
		tensor.LQ(t.up, wide, p.Val, wide, factor[k])
		unit(factor[k])
	}
	return all
}

// transposed is that of an n x n matrix; nil stays nil.
func transposed(m []float64, n int) []float64 {
	if m == nil {
		return nil
	}
	t := make([]float64, len(m))
	tensor.Transpose(t, n, m, n, n, n)
	return t
}

// drawing draws the states of one configuration from the root to the sites. What goes down to a
// node is the density matrix rho[c, c'] of its edge, given all sites that have been drawn, with
// the rest summed over: canonical nodes give 1 for that, or the matrix G of those of which some
// sites are known. A site then has the density rho[s, s], and what comes back is v.
type drawing struct {
	nodes  []*node
	states []int32
	known  []int32 // nil where nothing is
	u      func(site int) float64
	logP   float64
	gram   [][]float64 // nil for 1
}

// run draws all, and tells whether what is known is possible.
func (d *drawing) run() bool {
	d.gram = make([][]float64, len(d.nodes))
	if d.known != nil {
		d.look(len(d.nodes) - 1)
	}
	v, ok := d.draw(len(d.nodes)-1, []float64{1})
	return ok && v[0] != 0
}

// look makes G of the node and those below it where something is known.
func (d *drawing) look(k int) {
	t := d.nodes[k]
	if t.leaf() {
		if d.known[t.site] != 0 {
			d.gram[k] = make([]float64, t.up*t.up)
			d.gram[k][int(d.states[t.site])*(t.up+1)] = 1
		}
		return
	}
	d.look(t.l)
	d.look(t.r)
	if d.gram[t.l] == nil && d.gram[t.r] == nil {
		return
	}
	wide := t.left * t.right
	d.gram[k] = make([]float64, t.up*t.up)
	tensor.Gemm(false, true, t.up, t.up, wide, 1, t.dressed(t.Val, d.gram[t.l], d.gram[t.r]), wide, t.Val, wide, 0, d.gram[k], t.up)
	unit(d.gram[k])
}

func (d *drawing) draw(k int, rho []float64) (v []float64, ok bool) {
	t := d.nodes[k]
	if t.leaf() {
		return d.site(t, rho)
	}
	wide := t.left * t.right
	n := make([]float64, len(t.Val)) // rho T
	tensor.Gemm(false, false, t.up, wide, t.up, 1, rho, t.up, t.Val, wide, 0, n, wide)
	half := n
	if g := d.gram[t.r]; g != nil {
		half = make([]float64, len(n))
		tensor.Gemm(false, false, t.up*t.left, t.right, t.right, 1, n, t.right, g, t.right, 0, half, t.right)
	}
	down := make([]float64, t.left*t.left)
	for c := range t.up {
		tensor.Gemm(false, true, t.left, t.left, t.right, 1, t.Val[c*wide:], t.right, half[c*wide:], t.right, 1, down, t.left)
	}
	l, ok := d.draw(t.l, down)
	if !ok {
		return nil, false
	}
	// With the left branch drawn, rows [c, b] are left.
	tv, nv := make([]float64, t.up*t.right), make([]float64, t.up*t.right)
	for c := range t.up {
		tensor.Gemm(false, false, 1, t.right, t.left, 1, l, t.left, t.Val[c*wide:], t.right, 0, tv[c*t.right:], t.right)
		tensor.Gemm(false, false, 1, t.right, t.left, 1, l, t.left, n[c*wide:], t.right, 0, nv[c*t.right:], t.right)
	}
	down = make([]float64, t.right*t.right)
	tensor.Gemm(true, false, t.right, t.right, t.up, 1, tv, t.right, nv, t.right, 0, down, t.right)
	r, ok := d.draw(t.r, down)
	if !ok {
		return nil, false
	}
	v = make([]float64, t.up)
	tensor.Gemm(false, false, t.up, 1, t.right, 1, tv, t.right, r, 1, 0, v, 1)
	unit(v)
	return v, true
}

// site draws a state, unless it is known.
func (d *drawing) site(t *node, rho []float64) (v []float64, ok bool) {
	total, last := 0.0, 0
	for s := range t.up {
		total += max(0, rho[s*t.up+s])
	}
	if d.known == nil || d.known[t.site] == 0 {
		rest := d.u(t.site) * total
		for s := range t.up {
			p := max(0, rho[s*t.up+s])
			if p == 0 {
				continue
			}
			if last = s; rest < p {
				break
			}
			rest -= p
		}
		d.states[t.site] = int32(last)
	}
	s := int(d.states[t.site])
	p := max(0, rho[s*t.up+s])
	if !(p > 0) {
		return nil, false
	}
	d.logP += math.Log(p / total)
	v = make([]float64, t.up)
	v[s] = 1
	return v, true
}
