package velocity

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/helmholtz-physics/helmholtz/framework/engine/grad"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
	"github.com/helmholtz-physics/helmholtz/framework/flow"
)

// field is the velocity, a flow.Field:
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
type field struct {
	d, width, frequencies int
	f                     activation
	layers                []layer
}

type layer struct {
	w, b    *grad.Param
	in, out int
}

func newField(d int, c config) *field {
	f := &field{d: d, width: c.Width, frequencies: c.Frequencies, f: activations[c.Activation]}
	for l := range c.Depth + 1 {
		y := layer{in: c.Width, out: c.Width}
		if l == 0 {
			y.in = f.inputs()
		}
		if l == c.Depth {
			y.out = d
		}
		y.w, y.b = grad.NewParam(fmt.Sprintf("layer%d.weight", l+1), y.out, y.in), grad.NewParam(fmt.Sprintf("layer%d.bias", l+1), y.out)
		if l < c.Depth { // the last starts at zero: the flow as the identity
			y.w.Start, y.b.Start = uniform(y.in), uniform(y.in)
		}
		f.layers = append(f.layers, y)
	}
	return f
}

// uniform is the starting rule of PyTorch's linear layers, U(-b, b) with b =
// 1/sqrt(inputs).
func uniform(inputs int) func([]float64, *rand.Rand) {
	bound := 1 / math.Sqrt(float64(inputs))
	return func(values []float64, r *rand.Rand) {
		for i := range values {
			values[i] = bound * (2*r.Float64() - 1)
		}
	}
}

// inputs is the number of components of h_0.
func (f *field) inputs() int { return f.d + 1 + 2*f.frequencies }

// depth is L.
func (f *field) depth() int { return len(f.layers) - 1 }

// Params implements flow.Field.
func (f *field) Params() []*grad.Param { return params(f.layers) }

func params(layers []layer) (all []*grad.Param) {
	for _, y := range layers {
		all = append(all, y.w, y.b)
	}
	return all
}

// columns of the products that make the Jacobians of a chunk: enough for their full
// speed. More would cost memory only.
const columns = 256

// Chunk implements flow.Field.
func (f *field) Chunk() int { return min(64, max(1, columns/f.d)) }

// On implements flow.Field.
func (f *field) On(n, slots int) flow.FieldOn {
	on := &fieldOn{field: *f, n: n, hbar: make([]float64, f.width*n), spare: make([]float64, f.width*n)}
	on.layers = nil
	for _, y := range f.layers {
		y.w, y.b = y.w.Share(), y.b.Share()
		on.layers = append(on.layers, y)
	}
	for range slots {
		s := slot{h: [][]float64{make([]float64, f.inputs()*n)}}
		for range f.depth() {
			s.h, s.p = append(s.h, make([]float64, f.width*n)), append(s.p, make([]float64, f.width*n))
		}
		on.slots = append(on.slots, s)
	}
	return on
}

// fieldOn is the velocity on n configurations.
type fieldOn struct {
	field
	n           int
	slots       []slot
	hbar, spare []float64
	jacobian    *jacobian // made when a divergence is first asked for
}

// slot keeps h_l, f'(u_l) and, where a divergence may be pulled back, f”(u_l).
type slot struct{ h, p, q [][]float64 }

var zero = []float64{0}

// Grads implements flow.FieldOn.
func (on *fieldOn) Grads() []*grad.Param { return params(on.layers) }

// Begin implements flow.FieldOn.
func (on *fieldOn) Begin() {}

// End implements flow.FieldOn.
func (on *fieldOn) End() {}

// Eval implements ode.Field.
func (on *fieldOn) Eval(slot int, v, div, t, x []float64) {
	s, n := &on.slots[slot], on.n
	alone := v != nil && div == nil
	if !alone && s.q == nil {
		for range on.depth() {
			s.q = append(s.q, make([]float64, on.width*n))
		}
	}
	on.read(s.h[0], t, x)
	for l, y := range on.layers[:on.depth()] {
		tensor.MulSet(false, y.out, n, y.in, y.w.Val, y.in, s.h[l], n, s.p[l], n, y.b.Val)
		var q []float64
		if !alone {
			q = s.q[l]
		}
		on.f.apply(s.h[l+1], s.p[l], q)
	}
	if v != nil {
		y := on.layers[on.depth()]
		tensor.MulSet(false, y.out, n, y.in, y.w.Val, y.in, s.h[on.depth()], n, v, n, y.b.Val)
	}
	if div != nil {
		on.jacobians().divergence(div, s)
	}
}

// read writes h_0.
func (on *fieldOn) read(h, t, x []float64) {
	copy(h, x)
	rows := h[on.d*on.n:]
	copy(rows, t)
	for k := range on.frequencies {
		c, s := rows[(2*k+1)*on.n:], rows[(2*k+2)*on.n:]
		for j, at := range t {
			s[j], c[j] = math.Sincos(2 * math.Pi * float64(k+1) * at)
		}
	}
}

// Pull implements ode.Field.
func (on *fieldOn) Pull(slot int, xbar, vbar, divbar []float64, theta bool) {
	s, n, last := &on.slots[slot], on.n, on.depth()
	var pbar [][]float64
	if divbar != nil {
		pbar = on.jacobians().pull(s, divbar, theta)
	}
	if theta {
		on.layers[last].gradient(vbar, s.h[last], n)
	}
	on.layers[last].back(on.hbar, vbar, on.width, n)
	for l := last - 1; l >= 0; l-- {
		ubar, p := on.hbar, s.p[l]
		for i, v := range p {
			ubar[i] *= v
		}
		if divbar != nil {
			for i, v := range s.q[l] {
				ubar[i] += v * pbar[l][i]
			}
		}
		y := on.layers[l]
		if theta {
			y.gradient(ubar, s.h[l], n)
		}
		switch {
		case l > 0:
			y.back(on.spare, ubar, on.width, n)
			on.hbar, on.spare = on.spare, on.hbar
		case xbar != nil:
			y.back(xbar, ubar, on.d, n)
		}
	}
}

// PullParams implements ode.Field: Pull has done all.
func (on *fieldOn) PullParams(int, int) {}

// back writes the first rows of W^T ubar.
func (y layer) back(hbar, ubar []float64, rows, n int) {
	tensor.MulSet(true, rows, n, y.out, y.w.Val, y.in, ubar, n, hbar, n, zero)
}

// gradient adds ubar h^T, and the sums of ubar.
func (y layer) gradient(ubar, h []float64, n int) {
	tensor.Gemm(false, true, y.out, y.in, n, 1, ubar, n, h, n, 1, y.w.Grad, y.in)
	tensor.AddRowSums(y.b.Grad, ubar, y.out, n, n)
}
