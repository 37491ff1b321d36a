package ttn

import (
	"math"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// A sweep fits one tensor at a time, on a walk through the tree (arXiv:1901.02217, section III). All
// others are orthonormal towards it, so that with its length 1 and e the vector that comes from
// the rest of the tree
//
//	Psi(x) = sum e[c] T[c, a, b] v_l[a] v_r[b],   Z = 1,
//	d/dT sum_i w_i ln p(x_i) = sum_i 2 w_i e_i v_l,i v_r,i/Psi(x_i) - 2 T sum_i w_i.
//
// Then the centre moves along an edge: T = L Q with the edge's index as the row, Q stays, and L
// goes to the tensor at the other end.

var _ core.Sweeper = (*Model)(nil)

// sweep is a network on its way, for n configurations.
type sweep struct {
	config
	nodes []*node
	pass  pass
	w     []float64
	total float64
	e     [][]float64 // of each node, relative to its largest number

	half, psi, trial, slope []float64
}

// Sweep implements core.Sweeper.
func (m *Model) Sweep(grad, step []float64, b *core.Batch, w []float64) error {
	if err := m.Pull(grad, b, w); err != nil {
		return err
	}
	states, err := m.read("sweep", b.X)
	if err != nil {
		return err
	}
	s := &sweep{config: m.config, nodes: canonical(m.nodes), w: w, e: make([][]float64, len(m.nodes))}
	for _, v := range w {
		s.total += v
	}
	s.pass.forward(s.nodes, states, b.N)
	root := len(s.nodes) - 1
	normalise(s.nodes[root].Val)
	s.e[root] = slices.Repeat([]float64{1}, b.N)
	s.visit(root)
	for k, n := range m.nodes {
		if n.leaf() {
			continue
		}
		for i, v := range n.Val {
			n.In(step)[i] = v - s.nodes[k].Val[i]
		}
	}
	return nil
}

// visit fits the node, which is the centre, and those below it.
func (s *sweep) visit(k int) {
	s.fit(k)
	t := s.nodes[k]
	for _, branch := range []int{t.l, t.r} {
		if s.nodes[branch].leaf() {
			continue
		}
		s.down(k, branch)
		s.visit(branch)
		s.up(k, branch)
		s.fit(k)
	}
}

// fit descends some times.
func (s *sweep) fit(k int) {
	t := s.nodes[k]
	value, rate := s.value(k, t.Val), s.Rate
	for range s.Descents {
		s.slopes(k)
		for !s.descend(k, &value, rate) {
			if rate *= 0.5; rate < 1e-6*s.Rate {
				return
			}
		}
	}
}

// value is sum_i w_i ln Psi(x_i)^2 of a tensor, up to a constant; it leaves Psi in s.psi.
func (s *sweep) value(k int, tensors []float64) (sum float64) {
	t, n := s.nodes[k], s.pass.n
	wide := t.left * t.right
	s.half, s.psi = core.Resize(s.half, n*t.up), core.Resize(s.psi, n)
	tensor.Gemm(false, true, n, t.up, wide, 1, s.pass.pairs[k], wide, tensors, wide, 0, s.half, t.up)
	for i := range n {
		psi := 0.0
		for c, v := range s.half[i*t.up : (i+1)*t.up] {
			psi += v * s.e[k][i*t.up+c]
		}
		s.psi[i] = psi
		if s.w[i] != 0 {
			sum += 2 * s.w[i] * math.Log(math.Abs(psi))
		}
	}
	return sum
}

// slopes is the derivative in T, with the Psi that value left.
func (s *sweep) slopes(k int) {
	t, n := s.nodes[k], s.pass.n
	wide := t.left * t.right
	for i, psi := range s.psi {
		for c := i * t.up; c < (i+1)*t.up; c++ {
			s.half[c] = 0
			if psi != 0 {
				s.half[c] = 2 * s.w[i] / psi * s.e[k][c]
			}
		}
	}
	s.slope = core.Resize(s.slope, len(t.Val))
	tensor.Gemm(true, false, t.up, wide, n, 1, s.half, t.up, s.pass.pairs[k], wide, 0, s.slope, wide)
	tensor.Axpy(-2*s.total, t.Val, s.slope)
}

// descend takes a step if the value becomes smaller, and changes the value with it.
func (s *sweep) descend(k int, value *float64, rate float64) bool {
	t := s.nodes[k]
	s.trial = append(s.trial[:0], t.Val...)
	tensor.Axpy(-rate, s.slope, s.trial)
	normalise(s.trial)
	next := s.value(k, s.trial)
	if !(next < *value) {
		return false
	}
	*value = next
	copy(t.Val, s.trial)
	return true
}

// down moves the centre from the node k to a branch of it.
func (s *sweep) down(k, branch int) {
	t, b, n := s.nodes[k], s.nodes[branch], s.pass.n
	d, rest := b.up, len(t.Val)/b.up
	q, l := t.edgeFirst(branch), make([]float64, d*d)
	tensor.LQ(d, rest, q, rest, l)
	t.setEdgeFirst(branch, q)
	was := slices.Clone(b.Val)
	tensor.Gemm(true, false, d, len(was)/d, d, 1, l, d, was, len(was)/d, 0, b.Val, len(was)/d)
	normalise(b.Val)
	// e of the branch: that of the node, with v of the other branch.
	other := t.l + t.r - branch
	width := s.nodes[other].up
	with := make([]float64, n*rest)
	for i := range n {
		outer(with[i*rest:(i+1)*rest], s.e[k][i*t.up:(i+1)*t.up], s.pass.v[other][i*width:(i+1)*width])
	}
	s.e[branch] = core.Resize(s.e[branch], n*d)
	tensor.Gemm(false, true, n, d, rest, 1, with, rest, q, rest, 0, s.e[branch], d)
	for i := range n {
		unit(s.e[branch][i*d : (i+1)*d])
	}
}

// up moves it back.
func (s *sweep) up(k, branch int) {
	t, b := s.nodes[k], s.nodes[branch]
	d, rest := b.up, len(t.Val)/b.up
	l := make([]float64, d*d)
	tensor.LQ(d, len(b.Val)/d, b.Val, len(b.Val)/d, l)
	q := t.edgeFirst(branch)
	was := slices.Clone(q)
	tensor.Gemm(true, false, d, rest, d, 1, l, d, was, rest, 0, q, rest)
	t.setEdgeFirst(branch, q)
	normalise(t.Val)
	s.pass.node(branch)
	s.pass.pair(k)
}

// edgeFirst is the tensor as a matrix whose row is the index of an edge to a branch, and whose
// columns are [c, the other branch].
func (t *node) edgeFirst(branch int) []float64 {
	m := make([]float64, len(t.Val))
	t.along(branch, func(i, j int) { m[i] = t.Val[j] })
	return m
}

func (t *node) setEdgeFirst(branch int, m []float64) {
	t.along(branch, func(i, j int) { t.Val[j] = m[i] })
}

// along calls f with the places in that matrix and in T.
func (t *node) along(branch int, f func(i, j int)) {
	for c := range t.up {
		for a := range t.left {
			for b := range t.right {
				row, other, width := a, b, t.right
				if branch == t.r {
					row, other, width = b, a, t.left
				}
				f((row*t.up+c)*width+other, (c*t.left+a)*t.right+b)
			}
		}
	}
}

// normalise divides by the length.
func normalise(m []float64) {
	unit(m) // so that no square is lost
	sum := 0.0
	for _, v := range m {
		sum += v * v
	}
	length := math.Sqrt(sum)
	for i := range m {
		m[i] /= length
	}
}
