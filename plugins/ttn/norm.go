package ttn

import (
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// norm is Z with its derivative. Of each node it has a symmetric matrix, relative to its
// trace,
//
//	G_n[c, c'] = sum_x v_n[c] v_n[c'] = sum T[c, a, b] G_l[a, a'] G_r[b, b'] T[c', a', b'],
//
// x the states of the sites below it; G is 1 of a site, and Z of the root.
type norm struct {
	logZ  float64
	gram  [][]float64 // nil of a site, for 1
	slope [][]float64 // d ln Z/dT
}

// make computes ln Z and its derivative. It reports whether Z is a positive number.
func (z *norm) make(nodes []*node) bool {
	z.logZ = 0
	z.gram, z.slope = make([][]float64, len(nodes)), make([][]float64, len(nodes))
	for k, t := range nodes {
		if t.leaf() {
			continue
		}
		z.gram[k] = make([]float64, t.up*t.up)
		wide := t.left * t.right
		tensor.Gemm(false, true, t.up, t.up, wide, 1, t.dressed(t.Val, z.gram[t.l], z.gram[t.r]), wide, t.Val, wide, 0, z.gram[k], t.up)
		trace := 0.0
		for c := range t.up {
			trace += z.gram[k][c*t.up+c]
		}
		if !(trace > 0) || math.IsInf(trace, 1) {
			return false
		}
		for i := range z.gram[k] {
			z.gram[k][i] /= trace
		}
		z.logZ += math.Log(trace)
	}
	z.makeSlope(nodes)
	return true
}

// makeSlope goes from the root to the sites with the derivative of Z in each G, up to a factor:
// with B that of G_n, N = B T,
//
//	dZ/dT = 2 N with both legs dressed,   dZ/dG_l[a, a'] = sum T[c, a, b] G_r[b, b'] N[c, a', b'].
//
// ln Z is of degree 2 in each T, which gives the factor.
func (z *norm) makeSlope(nodes []*node) {
	bars := make([][]float64, len(nodes))
	bars[len(nodes)-1] = []float64{1}
	for k := len(nodes) - 1; k >= 0; k-- {
		t := nodes[k]
		if t.leaf() {
			continue
		}
		wide := t.left * t.right
		n := make([]float64, len(t.Val))
		tensor.Gemm(false, false, t.up, wide, t.up, 1, bars[k], t.up, t.Val, wide, 0, n, wide)
		right := t.dressed(n, nil, z.gram[t.r])
		left := t.dressed(n, z.gram[t.l], nil)
		bars[t.l] = make([]float64, t.left*t.left)
		bars[t.r] = make([]float64, t.right*t.right)
		for c := range t.up { // sums over c of products of matrices [a, b]
			from, to := c*wide, (c+1)*wide
			tensor.Gemm(false, true, t.left, t.left, t.right, 1, t.Val[from:to], t.right, right[from:to], t.right, 1, bars[t.l], t.left)
			tensor.Gemm(true, false, t.right, t.right, t.left, 1, t.Val[from:to], t.right, left[from:to], t.right, 1, bars[t.r], t.right)
		}
		unit(bars[t.l])
		unit(bars[t.r])
		z.slope[k] = t.dressed(right, z.gram[t.l], nil)
		degree := 0.0
		for i, v := range z.slope[k] {
			degree += v * t.Val[i]
		}
		for i := range z.slope[k] {
			z.slope[k][i] *= 2 / degree
		}
	}
}

// dressed is sum_a'b' G_l[a, a'] G_r[b, b'] T[c, a', b'] of a tensor as large as the node's, or the
// tensor itself; nil stands for 1.
func (t *node) dressed(values, l, r []float64) []float64 {
	wide := t.left * t.right
	one := values
	if r != nil {
		one = make([]float64, len(t.Val))
		tensor.Gemm(false, false, t.up*t.left, t.right, t.right, 1, values, t.right, r, t.right, 0, one, t.right)
	}
	if l == nil {
		return one
	}
	both := make([]float64, len(t.Val))
	for c := range t.up {
		tensor.Gemm(false, false, t.left, t.right, t.left, 1, l, t.left, one[c*wide:(c+1)*wide], t.right, 0, both[c*wide:(c+1)*wide], t.right)
	}
	return both
}
