package mongeampere

import (
	"math"
	"math/rand/v2"

	"github.com/helmholtz-physics/helmholtz/framework/engine/grad"
	"github.com/helmholtz-physics/helmholtz/framework/engine/ode"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
	"github.com/helmholtz-physics/helmholtz/framework/flow"
)

// potential is phi. Row f G + k of the matrix W of all w_h is image k of filter
// f. It implements flow.Field with the velocity grad phi.
type potential struct {
	d, filters int
	images     []flow.Image
	f          tensor.Ridge

	weights, amplitudes *grad.Param
	biases              *grad.Param // nil without
}

func newPotential(d, filters int, images []flow.Image, f tensor.Ridge) *potential {
	p := &potential{d: d, filters: filters, images: images, f: f, weights: grad.NewParam("filters", filters, d), amplitudes: grad.NewParam("amplitudes", filters)}
	if f != tensor.LogCosh {
		p.biases = grad.NewParam("biases", filters)
	}
	return p
}

// Params implements flow.Field. Filters start at random, of length 1 over the
// square root of 3, and amplitudes at zero, so that the flow is the identity.
func (p *potential) Params() []flow.Param {
	all := []flow.Param{{Param: p.weights, Start: func(w []float64, r *rand.Rand) {
		bound := 1 / math.Sqrt(float64(p.d))
		for i := range w {
			w[i] = bound * (2*r.Float64() - 1)
		}
	}}, {Param: p.amplitudes}}
	if p.biases != nil {
		all = append(all, flow.Param{Param: p.biases})
	}
	return all
}

// Chunk implements flow.Field: two tiles of 24 columns of tensor.MulAdd. Half as
// many cost a tenth more for each, twice as many leave the cache.
func (p *potential) Chunk() int { return 48 }

func (p *potential) hidden() int { return p.filters * len(p.images) }

// stages of the classical Runge-Kutta method: the columns of all go into one
// product for the gradient.
var stages = len(ode.RK4.B)

// keepBytes is the memory of a chunk for the hidden units of the last steps, in
// which the pull-back need not evaluate them again.
const keepBytes = 16 << 20

func (p *potential) keep() int {
	return max(1, keepBytes/(8*(p.hidden()+p.d)*stride(p.Chunk())))
}

// stride is the row stride of the matrices that have all stages of a step side
// by side: a little more than a power of 2, so that rows do not meet in the
// cache.
func stride(n int) int { return stages*n + 8 }

// On implements flow.Field.
func (p *potential) On(n, slots int) flow.FieldOn {
	hidden, ld := p.hidden(), stride(n)
	on := &potentialOn{potential: *p, n: n, ld: ld, wGrad: p.weights.Share(), aGrad: p.amplitudes.Share(),
		a: make([]float64, hidden), b: make([]float64, 1), c: make([]float64, hidden), norm: make([]float64, hidden),
		abar: make([]float64, hidden), bbar: make([]float64, hidden), cbar: make([]float64, hidden),
		g: make([]float64, hidden*n), ubar: make([]float64, hidden*ld), gs: make([]float64, hidden*ld), vbar: make([]float64, p.d*ld)}
	on.rows, on.rowsBar = p.weights.Val, on.wGrad.Grad
	if len(p.images) > 1 {
		on.rows, on.rowsBar = make([]float64, hidden*p.d), make([]float64, hidden*p.d)
	}
	if p.biases != nil {
		on.b, on.bGrad = make([]float64, hidden), p.biases.Share()
	}
	for range slots / stages {
		on.steps = append(on.steps, stepOn{make([]float64, hidden*ld), make([]float64, p.d*ld)})
	}
	return on
}

// potentialOn is the potential on n configurations.
type potentialOn struct {
	potential
	n, ld               int
	wGrad, aGrad, bGrad *grad.Param

	rows, rowsBar    []float64 // W and its gradient
	a, b, c, norm    []float64 // a_h, b_h (or one zero), a_h |w_h|^2, |w_h|^2
	abar, bbar, cbar []float64
	g                []float64 // a_h f'(u_h) of one stage
	ubar, gs, vbar   []float64 // of all stages of a step
	steps            []stepOn
}

// stepOn keeps f'(u) and x of the stages of one step.
type stepOn struct{ p, x []float64 }

// Grads implements flow.FieldOn.
func (on *potentialOn) Grads() []*grad.Param {
	if on.bGrad == nil {
		return []*grad.Param{on.wGrad, on.aGrad}
	}
	return []*grad.Param{on.wGrad, on.aGrad, on.bGrad}
}

// Begin implements flow.FieldOn.
func (on *potentialOn) Begin() {
	on.spread()
	for h := range on.a {
		square := 0.0
		for _, w := range on.row(on.rows, h) {
			square += w * w
		}
		on.norm[h], on.c[h] = square, on.a[h]*square
	}
}

// Eval implements ode.Field.
func (on *potentialOn) Eval(slot int, v, div, t, x []float64) {
	s, at := on.steps[slot/stages], slot%stages*on.n
	copyRows(s.x[at:], on.ld, x, on.n, on.n)
	tensor.MulSet(false, on.hidden(), on.n, on.d, on.rows, on.d, x, on.n, s.p[at:], on.ld, on.b)
	tensor.RidgeForward(on.f, s.p[at:], on.g, div, on.a, on.c, on.n, on.ld)
	if v != nil {
		tensor.MulSet(true, on.d, on.n, on.hidden(), on.rows, on.d, on.g, on.n, v, on.n, zero)
	}
}

// Pull implements ode.Field: with s = W vbar,
//
//	ubar_h = a_h f'' s_h + divbar c_h f''',   xbar = W^T ubar
func (on *potentialOn) Pull(slot int, xbar, vbar, divbar []float64) {
	s, at := on.steps[slot/stages], slot%stages*on.n
	copyRows(on.vbar[at:], on.ld, vbar, on.n, on.n)
	tensor.MulSet(false, on.hidden(), on.n, on.d, on.rows, on.d, vbar, on.n, on.ubar[at:], on.ld, zero)
	tensor.RidgeBackward(on.f, on.ubar[at:], on.gs[at:], s.p[at:], divbar, on.a, on.c, on.abar, on.bbar, on.cbar, on.ld)
	tensor.MulSet(true, on.d, on.n, on.hidden(), on.rows, on.d, on.ubar[at:], on.ld, xbar, on.n, zero)
}

// PullParams implements ode.Field: Wbar += ubar x^T + a f' vbar^T, summed over
// the configurations of all stages.
func (on *potentialOn) PullParams(from, to int) {
	s, at, columns := on.steps[from/stages], from%stages*on.n, (to-from)*on.n
	tensor.Gemm(false, true, on.hidden(), on.d, columns, 1, on.ubar[at:], on.ld, s.x[at:], on.ld, 1, on.rowsBar, on.d)
	tensor.Gemm(false, true, on.hidden(), on.d, columns, 1, on.gs[at:], on.ld, on.vbar[at:], on.ld, 1, on.rowsBar, on.d)
}

// End implements flow.FieldOn: c_h = a_h |w_h|^2 is pulled back to a and W.
func (on *potentialOn) End() {
	for h, cbar := range on.cbar {
		on.abar[h] += cbar * on.norm[h]
		tensor.Axpy(2*on.a[h]*cbar, on.row(on.rows, h), on.row(on.rowsBar, h))
	}
	on.gather()
	for _, s := range [][]float64{on.abar, on.bbar, on.cbar} {
		clear(s)
	}
}

func (on *potentialOn) row(m []float64, h int) []float64 { return m[h*on.d : (h+1)*on.d] }

var zero = []float64{0}

func copyRows(dst []float64, ldd int, src []float64, lds, n int) {
	for r := range len(src) / lds {
		copy(dst[r*ldd:r*ldd+n], src[r*lds:r*lds+n])
	}
}
