package mongeampere

import (
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/grad"
	"github.com/helmholtz-physics/helmholtz/framework/engine/kernels"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// local is a part of the potential that knows each number alone, some ridge functions for each,
//
//	sum_ik a_ik f(w_ik x_i + b_ik),
//
// by which the flow changes what each number is distributed like. Ridge functions of all
// numbers can do it too, but they learn late that all weights but one should vanish: the
// noise of so many gradients is larger than what they say.
type local[T tensor.Real] struct {
	each                        int // ridge functions of a number
	weights, amplitudes, biases *grad.Param[T]
}

// newLocal is the part with so many ridge functions for each of d numbers.
func newLocal[T tensor.Real](d, each int, f kernels.Ridge) *local[T] {
	l := &local[T]{each: each, weights: grad.NewParam[T]("local_filters", d, each), amplitudes: grad.NewParam[T]("local_amplitudes", d, each)}
	l.weights.Start, l.amplitudes.Start = uniform(1), uniform(1/math.Sqrt(float64(d*each)))
	if f != kernels.LogCosh {
		l.biases = grad.NewParam[T]("local_biases", d, each)
	}
	return l
}

// fitsLocal refuses symmetries that would have to be shared.
func (c config) fitsLocal() error {
	if c.Local > 0 && (c.Translation || c.Reflection || c.Shuffle || c.Z2 && c.ridge() != kernels.LogCosh) {
		return core.Errorf(core.Invalid, "build model", "mongeampere", "local has ridge functions of each number by itself, which none of translation, reflection, shuffle and z2 (but with log_cosh) is a symmetry of")
	}
	return nil
}

func (l *local[T]) params() []*grad.Param[T] {
	if l.biases == nil {
		return []*grad.Param[T]{l.weights, l.amplitudes}
	}
	return []*grad.Param[T]{l.weights, l.amplitudes, l.biases}
}

// share has gradients of its own.
func (l *local[T]) share() *local[T] {
	twin := &local[T]{each: l.each, weights: l.weights.Share(), amplitudes: l.amplitudes.Share()}
	if l.biases != nil {
		twin.biases = l.biases.Share()
	}
	return twin
}

// spread writes a, b (where it has biases) and c = a w^2 of its rows.
func (l *local[T]) spread(a, b, c []T) {
	copy(a, l.amplitudes.Val)
	for r, w := range l.weights.Val {
		c[r] = a[r] * w * w
	}
	if l.biases != nil {
		copy(b, l.biases.Val)
	}
}

// gather is the adjoint of spread.
func (l *local[T]) gather(abar, bbar, cbar []T) {
	for r, w := range l.weights.Val {
		l.amplitudes.Grad[r] += abar[r] + cbar[r]*w*w
		l.weights.Grad[r] += 2 * l.amplitudes.Val[r] * w * cbar[r]
	}
	if l.biases != nil {
		tensor.Add(l.biases.Grad, l.biases.Grad, bbar)
	}
}

// withLocal puts the local rows below those of all numbers.
type withLocal[T tensor.Real] struct {
	rows[T]
	local *local[T]
	above int // rows of all numbers
	d, n  int
	ld    int
}

// of are the row and the local weights of number i.
func (m *withLocal[T]) of(i int) (row int, w, wbar []T) {
	from, to := i*m.local.each, (i+1)*m.local.each
	return m.above + from, m.local.weights.Val[from:to], m.local.weights.Grad[from:to]
}

func (m *withLocal[T]) mul(u, x, b []T) {
	local := b
	if len(b) > 1 {
		b, local = b[:m.above], b[m.above:]
	}
	m.rows.mul(u, x, b)
	for i := range m.d {
		row, w, _ := m.of(i)
		own := local
		if len(local) > 1 {
			own = local[row-m.above:][:len(w)]
		}
		tensor.MulSet(false, len(w), m.n, 1, w, 1, x[i*m.ld:], m.ld, u[row*m.ld:], m.ld, own)
	}
}

func (m *withLocal[T]) mulT(y, g []T) {
	m.rows.mulT(y, g)
	for i := range m.d {
		row, w, _ := m.of(i)
		tensor.MulAdd(true, 1, m.n, len(w), w, 1, g[row*m.ld:], m.ld, y[i*m.n:], m.n)
	}
}

func (m *withLocal[T]) gradient(ubar, x, g, vbar []T, columns int) {
	m.rows.gradient(ubar, x, g, vbar, columns)
	for i := range m.d {
		row, w, wbar := m.of(i)
		tensor.MulAdd(false, len(w), 1, columns, ubar[row*m.ld:], m.ld, x[i*m.ld:], 1, wbar, 1)
		tensor.MulAdd(false, len(w), 1, columns, g[row*m.ld:], m.ld, vbar[i*m.ld:], 1, wbar, 1)
	}
}
