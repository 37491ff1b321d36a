// Package coupling is the bijection made of affine couplings (RealNVP; Dinh,
// Sohl-Dickstein and Bengio, arXiv:1605.08803). Each changes some components,
// the active ones b, by numbers computed from others, the passive ones a:
//
//	x_a = z_a,   x_b = z_b exp(s) + t,   s = scale tanh(u),   (u, t) = network(z_a)
//	z_b = (x_b - t) exp(-s),             ln|det dx/dz| = sum_b s
//
// The inverse needs no inverse of the network. The scales start at zero, so that
// a fresh flow changes no volume.
package coupling

import (
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/engine/grad"
	"github.com/helmholtz-physics/helmholtz/framework/engine/kernels"
	"github.com/helmholtz-physics/helmholtz/framework/engine/nn"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
	"github.com/helmholtz-physics/helmholtz/framework/flow"
)

// Coupling is one step of a flow. It acts at many places at once, with the same
// parameters; no active row may be a passive one, of any place.
type Coupling[T tensor.Real] struct {
	// Network reads passive rows, and for each place writes as many rows of u,
	// and then of t, as the place has active rows.
	Network *nn.Chain[T]
	// Scale has one number for each active row of a place.
	Scale *grad.Param[T]
	// Active are the rows that are changed, place after place.
	Active []int64
}

// New returns the coupling with one scale for each of width active rows of a
// place, called name.scale.
func New[T tensor.Real](name string, network *nn.Chain[T], width int, active []int64) Coupling[T] {
	return Coupling[T]{network, grad.NewParam[T](name+".scale", width), active}
}

// Flow is x = f(z) by couplings, the first one first.
type Flow[T tensor.Real] struct {
	dim, chunk int
	couplings  []Coupling[T]
}

// NewFlow returns the flow of dim components. chunk is flow.Bijection.Chunk.
func NewFlow[T tensor.Real](dim, chunk int, couplings []Coupling[T]) *Flow[T] {
	return &Flow[T]{dim, chunk, couplings}
}

// Chunk implements flow.Bijection.
func (f *Flow[T]) Chunk() int { return f.chunk }

// Params implements flow.Bijection: of each coupling the network, then the scale.
func (f *Flow[T]) Params() (all []*grad.Param[T]) {
	for _, c := range f.couplings {
		all = append(append(all, c.Network.Params()...), c.Scale)
	}
	return all
}

// On implements flow.Bijection.
func (f *Flow[T]) On(n int) flow.Workspace[T] {
	w := &workspace[T]{n: n, end: make([]T, f.dim*n), x: make([]T, f.dim*n)}
	most, scratch := 0, 0
	for _, c := range f.couplings {
		size := len(c.Active) * n
		w.steps = append(w.steps, step[T]{Coupling[T]{c.Network.Share(), c.Scale.Share(), c.Active}, make([]T, size), make([]T, size)})
		most, scratch = max(most, 2*size), max(scratch, c.Network.Scratch(n))
	}
	w.st, w.scratch = make([]T, most), make([]T, scratch)
	return w
}

// Scratch is how many bytes a workspace takes for each of its configurations.
func (f *Flow[T]) Scratch() float64 {
	kept, most, scratch := 2*f.dim, 0, 0
	for _, c := range f.couplings {
		kept += 2 * len(c.Active)
		most, scratch = max(most, 2*len(c.Active)), max(scratch, c.Network.Scratch(f.Chunk())/f.Chunk())
	}
	return float64(grad.Bytes[T]() * (kept + most + scratch))
}

// step is a coupling on one chunk, with what its pull needs.
type step[T tensor.Real] struct {
	Coupling[T]
	was, tanh []T // the active rows before the step, tanh(u)
}

type workspace[T tensor.Real] struct {
	n       int
	steps   []step[T]
	end     []T // the result of the last Forward or Inverse
	x       []T // what PullForward and PullInverse take back step by step
	st      []T // u and t of one step, or their adjoints
	scratch []T
}

var _ flow.Bijection[float64] = (*Flow[float64])(nil)

// Forward implements flow.Workspace.
func (w *workspace[T]) Forward(x []T, l []float64, z []T) error {
	copy(x, z)
	clear(l)
	for _, s := range w.steps {
		w.run(s, false, x, l)
	}
	copy(w.end, x)
	return nil
}

// Inverse implements flow.Workspace.
func (w *workspace[T]) Inverse(z []T, l []float64, x []T) error {
	copy(z, x)
	clear(l)
	for _, s := range slices.Backward(w.steps) {
		w.run(s, true, z, l)
	}
	copy(w.end, z)
	return nil
}

func (w *workspace[T]) run(s step[T], inverse bool, x []T, l []float64) {
	st := w.st[:2*len(s.was)]
	s.Network.Forward(st, x, w.n, w.scratch)
	kernels.Couple(inverse, x, l, s.Active, st, s.Scale.Val, s.was, s.tanh)
}

// PullForward implements flow.Workspace.
func (w *workspace[T]) PullForward(zbar, xbar []T, lbar []float64, theta bool) {
	copy(w.x, w.end)
	copy(zbar, xbar)
	for _, s := range slices.Backward(w.steps) {
		w.pull(s, false, zbar, lbar, theta)
	}
}

// PullInverse implements flow.Workspace.
func (w *workspace[T]) PullInverse(xbar, zbar []T, lbar []float64, theta bool) {
	copy(w.x, w.end)
	copy(xbar, zbar)
	for _, s := range w.steps {
		w.pull(s, true, xbar, lbar, theta)
	}
}

func (w *workspace[T]) pull(s step[T], inverse bool, bar []T, lbar []float64, theta bool) {
	dst := w.st[:2*len(s.was)]
	var scalebar []T
	if theta {
		scalebar = s.Scale.Grad
	}
	kernels.CoupleBackward(inverse, w.x, bar, lbar, s.Active, dst, s.Scale.Val, scalebar, s.was, s.tanh)
	s.Network.Backward(bar, dst, w.x, w.n, w.scratch, theta)
}

// Grads implements flow.Workspace.
func (w *workspace[T]) Grads() (all []*grad.Param[T]) {
	for _, s := range w.steps {
		all = append(append(all, s.Network.Params()...), s.Scale)
	}
	return all
}
