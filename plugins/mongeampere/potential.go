package mongeampere

import (
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/engine/grad"
	"github.com/helmholtz-physics/helmholtz/framework/engine/kernels"
	"github.com/helmholtz-physics/helmholtz/framework/engine/ode"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
	"github.com/helmholtz-physics/helmholtz/framework/flow"
)

// potential is phi. It implements flow.Field with the velocity grad phi. A filter
// has images under a group, and all translations of these if shape is not nil:
// row (f G + k) N + r of the matrix W of all w_h is image k of filter f, moved by
// r.
type potential[T tensor.Real] struct {
	d, filters int
	images     []flow.Image
	shape      []int // of the lattice
	f          kernels.Ridge

	weights, amplitudes *grad.Param[T]
	biases              *grad.Param[T] // nil without
	local               *local[T]      // nil without
}

// newPotential returns a potential of d numbers, whose filters start within the bounds.
func newPotential[T tensor.Real](d int, bounds []float64, filters int, images []flow.Image, shape []int, f kernels.Ridge) *potential[T] {
	p := &potential[T]{d: d, filters: filters, images: images, shape: shape, f: f,
		weights: grad.NewParam[T]("filters", filters, d), amplitudes: grad.NewParam[T]("amplitudes", filters)}
	if f != kernels.LogCosh {
		p.biases = grad.NewParam[T]("biases", filters)
	}
	// Filters and amplitudes start at random. With amplitudes of zero, filters would
	// have no gradient at first; with those of the authors' program, at most
	// 1/sqrt(hidden), the flow is near the identity.
	p.weights.Start, p.amplitudes.Start = uniform(bounds...), uniform(1/math.Sqrt(float64(p.hidden())))
	return p
}

// Params implements flow.Field.
func (p *potential[T]) Params() []*grad.Param[T] {
	params := []*grad.Param[T]{p.weights, p.amplitudes}
	if p.biases != nil {
		params = append(params, p.biases)
	}
	if p.local != nil {
		params = append(params, p.local.params()...)
	}
	return params
}

// Chunk implements flow.Field: two tiles of 24 columns of tensor.MulAdd, at 70
// GFLOP/s where 64 columns, which leave the first cache, make 55.
func (p *potential[T]) Chunk() int { return 48 }

// moved is the number of translations of an image, hidden that of the rows of all numbers, and
// all that of these and the local rows.
func (p *potential[T]) moved() int {
	if p.shape == nil {
		return 1
	}
	return p.d
}

func (p *potential[T]) hidden() int { return p.filters * len(p.images) * p.moved() }

func (p *potential[T]) all() int {
	if p.local == nil {
		return p.hidden()
	}
	return p.hidden() + p.local.each*p.d
}

// stages of the classical Runge-Kutta method: the columns of all go into one
// product for the gradient.
var stages = len(ode.RK4.B)

// stride is the row stride of the matrices that have all stages of a step side
// by side: a little more than a power of 2, so that rows do not meet in the
// cache.
func stride(n int) int { return stages*n + 8 }

// On implements flow.Field.
func (p *potential[T]) On(n, slots int) flow.FieldOn[T] {
	hidden, all, images, ld := p.hidden(), p.all(), p.filters*len(p.images), stride(n)
	on := &potentialOn[T]{potential: *p, n: n, ld: ld, wGrad: p.weights.Share(), aGrad: p.amplitudes.Share(),
		a: make([]T, all), b: zero[T](), c: make([]T, all), norm: make([]float64, images),
		abar: make([]T, all), bbar: make([]T, all), cbar: make([]T, all),
		g: make([]T, all*ld), ubar: make([]T, all*ld), vbar: make([]T, p.d*ld),
		lap: make([]float64, n), zeros: make([]float64, n), spare: make([]T, p.d*n), none: zero[T]()}
	on.w, on.wbar = p.weights.Val, on.wGrad.Grad
	if len(p.images) > 1 {
		on.w, on.wbar = make([]T, images*p.d), make([]T, images*p.d)
	}
	if p.biases != nil {
		on.b, on.bGrad = make([]T, all), p.biases.Share()
	}
	if p.shape == nil {
		on.rows = &dense[T]{hidden: hidden, d: p.d, n: n, ld: ld, w: on.w, wbar: on.wbar}
	} else {
		m := newCirculant[T](p.shape, images, n, ld)
		m.w, m.wbar = on.w, on.wbar
		on.rows = m
	}
	if p.local != nil {
		on.potential.local = p.local.share()
		on.rows = &withLocal[T]{rows: on.rows, local: on.potential.local, above: hidden, d: p.d, n: n, ld: ld}
	}
	for range max(1, slots/stages) {
		s := stepOn[T]{p: make([]T, all*ld), x: make([]T, p.d*ld), g: on.g}
		if p.shape != nil {
			s.g = make([]T, all*ld)
		}
		on.steps = append(on.steps, s)
	}
	return on
}

// potentialOn is the potential on n configurations.
type potentialOn[T tensor.Real] struct {
	potential[T]
	n, ld               int
	wGrad, aGrad, bGrad *grad.Param[T]

	rows             rows[T]
	w, wbar          []T       // the images of all filters
	norm             []float64 // their |w|^2
	a, b, c          []T       // a_h, b_h (or one zero) and a_h |w_h|^2
	abar, bbar, cbar []T
	g, ubar, vbar    []T       // a_h f'(u_h) and cotangents, of all stages of a step
	lap, zeros       []float64 // a Laplacian that nobody wants, and cotangents of it
	spare            []T       // a cotangent of x that nobody wants
	none             []T       // no b
	steps            []stepOn[T]
}

// stepOn keeps f'(u) and x of the stages of one step, and with translations the transforms
// of a_h f'(u). Without, these are made anew, in memory that all steps share.
type stepOn[T tensor.Real] struct{ p, x, g []T }

// Grads implements flow.FieldOn.
func (on *potentialOn[T]) Grads() []*grad.Param[T] {
	grads := []*grad.Param[T]{on.wGrad, on.aGrad}
	if on.bGrad != nil {
		grads = append(grads, on.bGrad)
	}
	if on.local != nil {
		grads = append(grads, on.local.params()...)
	}
	return grads
}

// Begin implements flow.FieldOn.
func (on *potentialOn[T]) Begin() {
	on.spread()
	on.rows.begin()
}

// Eval implements ode.Field.
func (on *potentialOn[T]) Eval(slot int, v []T, div, t []float64, x []T) {
	s, at := on.steps[slot/stages], slot%stages*on.n
	if div == nil && (v != nil || on.shape != nil) { // without div there is no a f'
		div = on.lap
	}
	copyRows(s.x[at:], on.ld, x, on.n, on.n)
	on.rows.mul(s.p[at:], s.x[at:], on.b)
	kernels.RidgeForward(on.f, s.p[at:], s.g[at:], div, on.a, on.c, on.n, on.ld)
	if v != nil {
		on.rows.mulT(v, s.g[at:])
	} else {
		on.rows.hold(s.g[at:])
	}
}

// Pull implements ode.Field: with s = W vbar,
//
//	ubar_h = a_h f'' s_h + divbar c_h f''',   xbar = W^T ubar
func (on *potentialOn[T]) Pull(slot int, xbar, vbar []T, divbar []float64, theta bool) {
	s, at := on.steps[slot/stages], slot%stages*on.n
	if divbar == nil {
		divbar = on.zeros
	}
	copyRows(on.vbar[at:], on.ld, vbar, on.n, on.n)
	on.rows.mul(on.ubar[at:], on.vbar[at:], on.none)
	var abar, bbar, cbar []T
	if theta {
		abar, bbar, cbar = on.abar, on.bbar, on.cbar
	}
	kernels.RidgeBackward(on.f, on.ubar[at:], on.g[at:], s.p[at:], divbar, on.a, on.c, abar, bbar, cbar, on.ld)
	if xbar == nil {
		xbar = on.spare // what gradient needs of mulT is needed
	}
	on.rows.mulT(xbar, on.ubar[at:])
}

// PullParams implements ode.Field: Wbar += ubar x^T + a f' vbar^T, summed over
// the configurations of all stages.
func (on *potentialOn[T]) PullParams(from, to int) {
	s, at := on.steps[from/stages], from%stages*on.n
	on.rows.gradient(on.ubar[at:], s.x[at:], s.g[at:], on.vbar[at:], (to-from)*on.n)
}

// End implements flow.FieldOn.
func (on *potentialOn[T]) End() {
	on.rows.end()
	on.gather()
}

func (on *potentialOn[T]) filter(m []T, k int) []T { return m[k*on.d : (k+1)*on.d] }

func copyRows[T tensor.Real](dst []T, ldd int, src []T, lds, n int) {
	for r := range (len(src) + lds - 1) / lds {
		copy(dst[r*ldd:r*ldd+n], src[r*lds:r*lds+n])
	}
}
