package perceptron

import "github.com/helmholtz-physics/helmholtz/framework/engine/tensor"

// jacobian makes div v = tr dv/dx by the Jacobians J_l = dh_l/dx of all layers, in
// forward mode. With p_l = f'(u_l), which multiplies rows,
//
//	K_1 = (W_1)_x,   K_l = W_l J_(l-1),   J_l = p_l K_l,   div v = tr W_(L+1) J_L
//
// which is L - 1 products of all d columns. Backwards, from the cotangent c of div v,
//
//	Jbar_L = c W_(L+1)^T,   pbar_l = sum_columns Jbar_l K_l,   Kbar_l = p_l Jbar_l,   Jbar_(l-1) = W_l^T Kbar_l
//	Wbar_(L+1) = c J_L^T,   Wbar_l = Kbar_l J_(l-1)^T,   (Wbar_1)_x = Kbar_1
//
// K_l are not kept from the evaluation, which would be most of the memory of a path,
// but made once more. A matrix has the d columns of one configuration side by side,
// and the configurations behind each other.
type jacobian[T tensor.Real] struct {
	on      *workspace[T]
	columns int   // d n
	k       [][]T // K_l of the layers but the first, which is W_1
	j       []T   // the J_l made last
	bar     []T   // Jbar_l, and Kbar_l in its place
	spare   []T
	out     []T // W_(L+1)^T
	pbar    [][]T
}

// jacobians is the memory for them, made when it is first needed.
func (on *workspace[T]) jacobians() *jacobian[T] {
	if on.jacobian == nil {
		m := &jacobian[T]{on: on, columns: on.d * on.n, out: make([]T, on.width*on.d)}
		size := on.width * m.columns
		m.j, m.bar, m.spare = make([]T, size), make([]T, size), make([]T, size)
		for l := range on.depth() {
			m.pbar = append(m.pbar, on.hidden())
			if l > 0 {
				m.k = append(m.k, make([]T, size))
			}
		}
		on.jacobian = m
	}
	return on.jacobian
}

// of is row r of K_l for configuration i; of the first layer it is the same for all.
func (m *jacobian[T]) of(l, r, i int) []T {
	d := m.on.d
	if l == 0 {
		y := m.on.layers[0]
		return y.W.Val[r*y.Stride : r*y.Stride+d]
	}
	return m.k[l-1][r*m.columns+i*d:][:d]
}

// scale writes J_l.
func (m *jacobian[T]) scale(l int, p []T) {
	d, n := m.on.d, m.on.n
	for r := range m.on.width {
		for i := range n {
			by, k, j := p[r*m.on.ld+i], m.of(l, r, i), m.j[r*m.columns+i*d:][:d]
			for a, v := range k {
				j[a] = by * v
			}
		}
	}
}

// forward makes all K_l and J_L, and W_(L+1)^T.
func (m *jacobian[T]) forward(s *slot[T]) {
	on := m.on
	last := on.layers[on.depth()]
	tensor.Transpose(m.out, on.d, last.W.Val, on.d, on.width, last.Stride)
	m.scale(0, s.p[0])
	for l := 1; l < on.depth(); l++ {
		y := on.layers[l]
		tensor.MulSet(false, on.width, m.columns, on.width, y.W.Val, y.Stride, m.j, m.columns, m.k[l-1], m.columns, zero[T]())
		m.scale(l, s.p[l])
	}
}

// divergence writes div v at what the slot keeps.
func (m *jacobian[T]) divergence(div []float64, s *slot[T]) {
	m.forward(s)
	clear(div)
	d := m.on.d
	for r := range m.on.width {
		w := m.out[r*d : (r+1)*d]
		for i := range div {
			div[i] += float64(dot(w, m.j[r*m.columns+i*d:]))
		}
	}
}

func dot[T tensor.Real](a, b []T) (sum T) {
	b = b[:len(a)]
	for i, v := range a {
		sum += v * b[i]
	}
	return sum
}

// pull returns pbar and, with theta, adds to the gradient.
func (m *jacobian[T]) pull(s *slot[T], divbar []float64, theta bool) [][]T {
	on, d, n := m.on, m.on.d, m.on.n
	m.forward(s)
	for r := range on.width {
		w := m.out[r*d : (r+1)*d]
		for i, c := range divbar {
			bar := m.bar[r*m.columns+i*d:][:d]
			for a, v := range w {
				bar[a] = T(c) * v
			}
		}
	}
	if theta {
		m.pullOut(divbar)
	}
	for l := on.depth() - 1; l >= 0; l-- {
		for r := range on.width {
			for i := range n {
				bar, by := m.bar[r*m.columns+i*d:][:d], s.p[l][r*on.ld+i]
				m.pbar[l][r*on.ld+i] = dot(bar, m.of(l, r, i))
				for a := range bar {
					bar[a] *= by
				}
			}
		}
		if l == 0 {
			break
		}
		y := on.layers[l]
		if theta {
			m.scale(l-1, s.p[l-1])
			tensor.Gemm(false, true, on.width, on.width, m.columns, 1, m.bar, m.columns, m.j, m.columns, 1, y.W.Grad, y.Stride)
		}
		tensor.MulSet(true, on.width, m.columns, on.width, y.W.Val, y.Stride, m.bar, m.columns, m.spare, m.columns, zero[T]())
		m.bar, m.spare = m.spare, m.bar
	}
	if theta {
		m.pullFirst()
	}
	return m.pbar
}

// pullOut adds c J_L^T to the gradient of the last layer.
func (m *jacobian[T]) pullOut(divbar []float64) {
	on := m.on
	last := on.layers[on.depth()]
	for r := range on.width {
		for i, c := range divbar {
			for a, v := range m.j[r*m.columns+i*on.d:][:on.d] {
				last.W.Grad[a*last.Stride+r] += T(c) * v
			}
		}
	}
}

// pullFirst adds Kbar_1 to the gradient of the first layer.
func (m *jacobian[T]) pullFirst() {
	on, y := m.on, m.on.layers[0]
	for r := range on.width {
		row := y.W.Grad[r*y.Stride : r*y.Stride+on.d]
		for i := range on.n {
			tensor.Add(row, row, m.bar[r*m.columns+i*on.d:][:on.d])
		}
	}
}
