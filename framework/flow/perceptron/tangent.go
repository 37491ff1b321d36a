package perceptron

import (
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
	"github.com/helmholtz-physics/helmholtz/framework/flow"
)

var _ flow.Directed[float64] = (*workspace[float64])(nil)

// tangent makes e . (dv/dx) e of a direction e of each configuration, one column of the
// Jacobians in the place of d (Song, Garg, Shi and Ermon, "Sliced score matching",
// arXiv:1905.07088). With j_l = (dh_l/dx) e and p_l = f'(u_l),
//
//	k_1 = (W_1)_x e,   k_l = W_l j_(l-1),   j_l = p_l k_l,   a = W_(L+1) j_L,   e . a.
//
// Backwards, from the cotangent c of e . a,
//
//	abar = c e,   jbar_L = W_(L+1)^T abar,   pbar_l = jbar_l k_l,   kbar_l = p_l jbar_l,   jbar_(l-1) = W_l^T kbar_l
//	Wbar_(L+1) = abar j_L^T,   Wbar_l = kbar_l j_(l-1)^T,   (Wbar_1)_x = kbar_1 e^T.
type tangent[T tensor.Real] struct {
	on      *workspace[T]
	e, a    []T   // d x n
	k, j    [][]T // of each hidden layer
	bar     []T   // jbar_l, and kbar_l in its place
	further []T
	pbar    [][]T
}

func (on *workspace[T]) tangents() *tangent[T] {
	if on.tangent == nil {
		m := &tangent[T]{on: on, e: make([]T, on.d*on.n), a: make([]T, on.d*on.n), bar: on.hidden(), further: on.hidden()}
		for range on.depth() {
			m.k, m.j, m.pbar = append(m.k, on.hidden()), append(m.j, on.hidden()), append(m.pbar, on.hidden())
		}
		on.tangent = m
	}
	return on.tangent
}

// EvalAlong implements flow.Directed.
func (on *workspace[T]) EvalAlong(slot int, v []T, along, t []float64, x, e []T) {
	s, m := &on.slots[slot], on.tangents()
	on.forward(s, v, t, x, false)
	copy(m.e, e)
	from, ld, in := m.e, on.n, on.d
	for l := range on.depth() {
		y := on.layers[l]
		tensor.MulSet(false, on.width, on.n, in, y.W.Val, y.Stride, from, ld, m.k[l], on.ld, zero[T]())
		for i, p := range s.p[l] {
			m.j[l][i] = p * m.k[l][i]
		}
		from, ld, in = m.j[l], on.ld, on.width
	}
	y := on.layers[on.depth()]
	tensor.MulSet(false, on.d, on.n, in, y.W.Val, y.Stride, from, ld, m.a, on.n, zero[T]())
	clear(along)
	for i, a := range m.a {
		along[i%on.n] += float64(a) * float64(m.e[i])
	}
}

// PullAlong implements flow.Directed.
func (on *workspace[T]) PullAlong(slot int, vbar []T, alongbar []float64) {
	on.Grads()
	s, m := &on.slots[slot], on.tangents()
	for i, e := range m.e {
		m.a[i] = T(alongbar[i%on.n]) * e
	}
	last := on.layers[on.depth()]
	tensor.Gemm(false, true, on.d, on.width, on.n, 1, m.a, on.n, m.j[on.depth()-1], on.ld, 1, last.W.Grad, last.Stride)
	last.Back(m.bar, on.ld, on.width, m.a, on.n, on.n)
	for l := on.depth() - 1; l >= 0; l-- {
		for i, p := range s.p[l] {
			m.pbar[l][i] = m.bar[i] * m.k[l][i]
			m.bar[i] *= p
		}
		y := on.layers[l]
		if l == 0 {
			tensor.Gemm(false, true, on.width, on.d, on.n, 1, m.bar, on.ld, m.e, on.n, 1, y.W.Grad, y.Stride)
			break
		}
		tensor.Gemm(false, true, on.width, on.width, on.n, 1, m.bar, on.ld, m.j[l-1], on.ld, 1, y.W.Grad, y.Stride)
		y.Back(m.further, on.ld, on.width, m.bar, on.ld, on.n)
		m.bar, m.further = m.further, m.bar
	}
	on.pull(s, nil, vbar, m.pbar, true)
}
