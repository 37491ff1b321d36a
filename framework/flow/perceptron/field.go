package perceptron

import (
	"fmt"
	"math"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/engine/grad"
	"github.com/helmholtz-physics/helmholtz/framework/engine/kernels"
	"github.com/helmholtz-physics/helmholtz/framework/engine/nn"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
	"github.com/helmholtz-physics/helmholtz/framework/flow"
)

// Field is the velocity, a flow.Field:
//
//	h_0 = (x, t, cos 2 pi t, sin 2 pi t, cos 4 pi t, ...)
//	u_l = W_l h_(l-1) + b_l,   h_l = f(u_l),   l = 1, ..., L
//	v   = W_(L+1) h_L + b_(L+1)
//
// Of cotangents vbar of v and, where the divergence has one, pbar_l of f'(u_l)
// (jacobian.go),
//
//	hbar_L = W_(L+1)^T vbar,   ubar_l = f'(u_l) hbar_l + f''(u_l) pbar_l,   hbar_(l-1) = W_l^T ubar_l
//	Wbar_l = ubar_l h_(l-1)^T
//
// Layer l is layers[l-1] here.
type Field[T tensor.Real] struct {
	d, width, frequencies int
	f                     kernels.Smooth
	layers                []*nn.Dense[T]
}

func newField[T tensor.Real](d int, c Config) *Field[T] {
	f := &Field[T]{d: d, width: c.Width, frequencies: c.Frequencies, f: activations[c.Activation]}
	for l := range c.Depth + 1 {
		in, out := c.Width, c.Width
		if l == 0 {
			in = f.inputs()
		}
		if l == c.Depth {
			out = d
		}
		y := nn.NewDense[T](fmt.Sprintf("layer%d", l+1), in, out)
		if l == c.Depth { // it starts at zero, and so does the velocity
			y.W.Start, y.B.Start = nil, nil
		}
		f.layers = append(f.layers, y)
	}
	return f
}

// inputs is the number of components of h_0.
func (f *Field[T]) inputs() int { return f.d + 1 + 2*f.frequencies }

// depth is L.
func (f *Field[T]) depth() int { return len(f.layers) - 1 }

// Params implements flow.Field.
func (f *Field[T]) Params() []*grad.Param[T] { return params(f.layers) }

func params[T tensor.Real](layers []*nn.Dense[T]) (all []*grad.Param[T]) {
	for _, y := range layers {
		all = append(all, y.W, y.B)
	}
	return all
}

// columns of the products that make the Jacobians of a chunk: enough for their full
// speed. More would cost memory only.
const columns = 256

// Chunk implements flow.Field.
func (f *Field[T]) Chunk() int { return min(64, max(1, columns/f.d)) }

// On implements flow.Field.
func (f *Field[T]) On(n, slots int) flow.FieldOn[T] {
	on := &workspace[T]{Field: *f, n: n, ld: stride(n)}
	on.layers = slices.Clone(f.layers)
	for _, y := range on.layers {
		on.ubar = append(on.ubar, make([]T, y.Out*on.ld))
	}
	for range slots {
		s := slot[T]{h: [][]T{make([]T, f.inputs()*on.ld)}}
		for range f.depth() {
			s.h, s.p = append(s.h, on.hidden()), append(s.p, on.hidden())
		}
		on.slots = append(on.slots, s)
	}
	return on
}

// stride is the distance of rows of n configurations. Of many it is a little more, as
// that of weights.
func stride(n int) int {
	if n < 32 {
		return n
	}
	return (n+7)/8*8 + 8
}

// workspace is the velocity on n configurations. What hidden units have between the rows
// is computed along and used by nobody.
type workspace[T tensor.Real] struct {
	Field[T]
	n, ld    int
	slots    []slot[T]
	ubar     [][]T        // of each layer, vbar the last
	jacobian *jacobian[T] // made when a divergence is first asked for
	tangent  *tangent[T]  // made when a slope along directions is
	grads    []*grad.Param[T]
}

// slot keeps h_l, f'(u_l) and, where a divergence may be pulled back, f”(u_l).
type slot[T tensor.Real] struct{ h, p, q [][]T }

func (on *workspace[T]) hidden() []T { return make([]T, on.width*on.ld) }

// zero is the bias of products without one.
func zero[T tensor.Real]() []T { return []T{0} }

// Grads implements flow.FieldOn. They are made when first asked for: the pull-back of
// velocities alone goes by tiles, and needs none.
func (on *workspace[T]) Grads() []*grad.Param[T] {
	if on.grads == nil {
		for l, y := range on.layers {
			on.layers[l] = y.Share()
		}
		on.grads = params(on.layers)
	}
	return on.grads
}

// Begin implements flow.FieldOn.
func (on *workspace[T]) Begin() {}

// End implements flow.FieldOn.
func (on *workspace[T]) End() {}

// Eval implements ode.Field.
func (on *workspace[T]) Eval(slot int, v []T, div, t []float64, x []T) {
	s := &on.slots[slot]
	on.forward(s, v, t, x, v != nil && div == nil)
	if div != nil {
		on.jacobians().divergence(div, s)
	}
}

// forward fills a slot, with f” unless v is wanted alone, and writes v unless it is nil.
func (on *workspace[T]) forward(s *slot[T], v []T, t []float64, x []T, alone bool) {
	if !alone && s.q == nil {
		for range on.depth() {
			s.q = append(s.q, on.hidden())
		}
	}
	on.read(s.h[0], t, x)
	for l := range on.depth() {
		on.layers[l].Forward(s.p[l], on.ld, s.h[l], on.ld, on.n)
		var q []T
		if !alone {
			q = s.q[l]
		}
		kernels.SmoothForward(on.f, s.h[l+1], s.p[l], q)
	}
	if v != nil {
		on.layers[on.depth()].Forward(v, on.n, s.h[on.depth()], on.ld, on.n)
	}
}

// read writes h_0.
func (on *workspace[T]) read(h []T, t []float64, x []T) {
	for i := range on.d {
		copy(h[i*on.ld:], x[i*on.n:(i+1)*on.n])
	}
	rows := h[on.d*on.ld:]
	for j, at := range t {
		rows[j] = T(at)
	}
	for k := range on.frequencies {
		c, s := rows[(2*k+1)*on.ld:], rows[(2*k+2)*on.ld:]
		for j, at := range t {
			sine, cosine := math.Sincos(2 * math.Pi * float64(k+1) * at)
			s[j], c[j] = T(sine), T(cosine)
		}
	}
}

// Pull implements ode.Field.
func (on *workspace[T]) Pull(slot int, xbar, vbar []T, divbar []float64, theta bool) {
	s := &on.slots[slot]
	if theta {
		on.Grads()
	}
	var pbar [][]T
	if divbar != nil {
		pbar = on.jacobians().pull(s, divbar, theta)
	}
	on.pull(s, xbar, vbar, pbar, theta)
}

// pull goes back through the values; pbar are cotangents of f'(u_l), nil for zeros.
func (on *workspace[T]) pull(s *slot[T], xbar, vbar []T, pbar [][]T, theta bool) {
	for i := range on.d {
		copy(on.ubar[on.depth()][i*on.ld:], vbar[i*on.n:(i+1)*on.n])
	}
	for l := on.depth(); l >= 0; l-- {
		y, ubar := on.layers[l], on.ubar[l]
		if theta {
			y.Accumulate(ubar, s.h[l], on.ld, on.n)
		}
		if l == 0 {
			if xbar != nil {
				y.Back(xbar, on.n, on.d, ubar, on.ld, on.n)
			}
			return
		}
		hbar := on.ubar[l-1]
		y.Back(hbar, on.ld, on.width, ubar, on.ld, on.n)
		if pbar == nil {
			kernels.SmoothBackward(hbar, s.p[l-1], nil, nil)
		} else {
			kernels.SmoothBackward(hbar, s.p[l-1], s.q[l-1], pbar[l-1])
		}
	}
}

// PullParams implements ode.Field: Pull has done all.
func (on *workspace[T]) PullParams(int, int) {}
