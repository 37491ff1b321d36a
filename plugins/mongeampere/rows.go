package mongeampere

import "github.com/helmholtz-physics/helmholtz/framework/engine/tensor"

// rows is the matrix W of all w_h on n configurations. Matrices have a common
// row stride, and the configurations of a stage, or of several side by side,
// along the rows. x and g may be replaced by what gradient asks for.
type rows[T tensor.Real] interface {
	// begin follows a change of the filters.
	begin()
	// mul writes u = W x + b; b is of all rows, or one zero.
	mul(u, x, b []T)
	// mulT writes y = W^T g, where y has row stride n.
	mulT(y, g []T)
	// hold replaces g as mulT does.
	hold(g []T)
	// gradient adds ubar x^T + g vbar^T to that of W, for columns
	// configurations; x, vbar were arguments of mul, and ubar and g of mulT or hold.
	gradient(ubar, x, g, vbar []T, columns int)
	// end adds the gradient of W to that of the filters.
	end()
}

// dense has filters as its rows.
type dense[T tensor.Real] struct {
	hidden, d, n, ld int
	w, wbar          []T
}

func (m *dense[T]) begin() {}
func (m *dense[T]) end()   {}

func (m *dense[T]) hold([]T) {}

func (m *dense[T]) mul(u, x, b []T) {
	tensor.MulSet(false, m.hidden, m.n, m.d, m.w, m.d, x, m.ld, u, m.ld, b)
}

func (m *dense[T]) mulT(y, g []T) {
	tensor.MulSet(true, m.d, m.n, m.hidden, m.w, m.d, g, m.ld, y, m.n, zero[T]())
}

func (m *dense[T]) gradient(ubar, x, g, vbar []T, columns int) {
	tensor.Gemm(false, true, m.hidden, m.d, columns, 1, ubar, m.ld, x, m.ld, 1, m.wbar, m.d)
	tensor.Gemm(false, true, m.hidden, m.d, columns, 1, g, m.ld, vbar, m.ld, 1, m.wbar, m.d)
}

// zero is the b of products without one.
func zero[T tensor.Real]() []T { return []T{0} }
