package perceptron

import (
	"fmt"
	"math"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/engine/grad"
	"github.com/helmholtz-physics/helmholtz/framework/engine/kernels"
	"github.com/helmholtz-physics/helmholtz/framework/engine/nn"
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
type Field struct {
	d, width, frequencies int
	f                     kernels.Smooth
	layers                []*nn.Dense[float64]
}

func newField(d int, c Config) *Field {
	f := &Field{d: d, width: c.Width, frequencies: c.Frequencies, f: activations[c.Activation]}
	for l := range c.Depth + 1 {
		in, out := c.Width, c.Width
		if l == 0 {
			in = f.inputs()
		}
		if l == c.Depth {
			out = d
		}
		y := nn.NewDense[float64](fmt.Sprintf("layer%d", l+1), in, out)
		if l == c.Depth { // it starts at zero, and so does the velocity
			y.W.Start, y.B.Start = nil, nil
		}
		f.layers = append(f.layers, y)
	}
	return f
}

// inputs is the number of components of h_0.
func (f *Field) inputs() int { return f.d + 1 + 2*f.frequencies }

// depth is L.
func (f *Field) depth() int { return len(f.layers) - 1 }

// Params implements flow.Field.
func (f *Field) Params() []*grad.Param[float64] { return params(f.layers) }

func params(layers []*nn.Dense[float64]) (all []*grad.Param[float64]) {
	for _, y := range layers {
		all = append(all, y.W, y.B)
	}
	return all
}

// columns of the products that make the Jacobians of a chunk: enough for their full
// speed. More would cost memory only.
const columns = 256

// Chunk implements flow.Field.
func (f *Field) Chunk() int { return min(64, max(1, columns/f.d)) }

// On implements flow.Field.
func (f *Field) On(n, slots int) flow.FieldOn {
	on := &workspace{Field: *f, n: n, ld: stride(n)}
	on.layers = slices.Clone(f.layers)
	for _, y := range on.layers {
		on.ubar = append(on.ubar, make([]float64, y.Out*on.ld))
	}
	for range slots {
		s := slot{h: [][]float64{make([]float64, f.inputs()*on.ld)}}
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
type workspace struct {
	Field
	n, ld    int
	slots    []slot
	ubar     [][]float64 // of each layer, vbar the last
	jacobian *jacobian   // made when a divergence is first asked for
	tangent  *tangent    // made when a slope along directions is
	grads    []*grad.Param[float64]
}

// slot keeps h_l, f'(u_l) and, where a divergence may be pulled back, f”(u_l).
type slot struct{ h, p, q [][]float64 }

func (on *workspace) hidden() []float64 { return make([]float64, on.width*on.ld) }

var zero = []float64{0}

// Grads implements flow.FieldOn. They are made when first asked for: the pull-back of
// velocities alone goes by tiles, and needs none.
func (on *workspace) Grads() []*grad.Param[float64] {
	if on.grads == nil {
		for l, y := range on.layers {
			on.layers[l] = y.Share()
		}
		on.grads = params(on.layers)
	}
	return on.grads
}

// Begin implements flow.FieldOn.
func (on *workspace) Begin() {}

// End implements flow.FieldOn.
func (on *workspace) End() {}

// Eval implements ode.Field.
func (on *workspace) Eval(slot int, v, div, t, x []float64) {
	s := &on.slots[slot]
	on.forward(s, v, t, x, v != nil && div == nil)
	if div != nil {
		on.jacobians().divergence(div, s)
	}
}

// forward fills a slot, with f” unless v is wanted alone, and writes v unless it is nil.
func (on *workspace) forward(s *slot, v, t, x []float64, alone bool) {
	if !alone && s.q == nil {
		for range on.depth() {
			s.q = append(s.q, on.hidden())
		}
	}
	on.read(s.h[0], t, x)
	for l := range on.depth() {
		on.layers[l].Forward(s.p[l], on.ld, s.h[l], on.ld, on.n)
		var q []float64
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
func (on *workspace) read(h, t, x []float64) {
	for i := range on.d {
		copy(h[i*on.ld:], x[i*on.n:(i+1)*on.n])
	}
	rows := h[on.d*on.ld:]
	copy(rows, t)
	for k := range on.frequencies {
		c, s := rows[(2*k+1)*on.ld:], rows[(2*k+2)*on.ld:]
		for j, at := range t {
			s[j], c[j] = math.Sincos(2 * math.Pi * float64(k+1) * at)
		}
	}
}

// Pull implements ode.Field.
func (on *workspace) Pull(slot int, xbar, vbar, divbar []float64, theta bool) {
	s := &on.slots[slot]
	if theta {
		on.Grads()
	}
	var pbar [][]float64
	if divbar != nil {
		pbar = on.jacobians().pull(s, divbar, theta)
	}
	on.pull(s, xbar, vbar, pbar, theta)
}

// pull goes back through the values; pbar are cotangents of f'(u_l), nil for zeros.
func (on *workspace) pull(s *slot, xbar, vbar []float64, pbar [][]float64, theta bool) {
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
func (on *workspace) PullParams(int, int) {}
