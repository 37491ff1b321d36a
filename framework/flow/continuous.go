package flow

import (
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/engine/grad"
	"github.com/helmholtz-physics/helmholtz/framework/engine/ode"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// Continuous is the flow of a velocity field, from z at time 0 to x at Time, with
// lengths in units of Scale (Chen, Rubanova, Bettencourt and Duvenaud,
// arXiv:1806.07366):
//
//	dy/dt = v(t, y; theta),   y(0) = z,   x = Scale y(Time),
//	l = int div v dt + Dim ln Scale
//
// Inverse integrates back in time. It is the inverse, and l is ln|det dx/dz|, up
// to the error of the integration. Derivatives are those of the numbers that
// were computed, exactly.
type Continuous[T tensor.Real] struct {
	Field Field[T]
	Dim   int // components of a configuration
	Time  float64
	Scale float64
	ode.Options
	// KeepOf, where it is not nil, is Options.Keep of a workspace of n configurations, asked
	// for once for each.
	KeepOf func(n int) int
}

// Field is a velocity field, as a Bijection is a map: one value serves all
// threads.
type Field[T tensor.Real] interface {
	Params() []*grad.Param[T]
	// Chunk is Bijection.Chunk.
	Chunk() int
	// On returns the field on n configurations, with so many slots, used by one
	// goroutine at a time.
	On(n, slots int) FieldOn[T]
}

// FieldOn is an ode.Field that has gradients, as a Workspace has, and gives its
// velocity without its divergence: in Eval div alone may be nil, and in the Pull that
// follows divbar and xbar are, for zeros and for what is not wanted.
type FieldOn[T tensor.Real] interface {
	ode.Field[T]
	// Begin comes before each path: parameters may have changed.
	Begin()
	// End comes after each pull-back of a path with theta: the gradients have to
	// be complete.
	End()
	Grads() []*grad.Param[T]
}

// Params implements Bijection.
func (c *Continuous[T]) Params() []*grad.Param[T] { return c.Field.Params() }

// Chunk implements Bijection.
func (c *Continuous[T]) Chunk() int { return c.Field.Chunk() }

// On implements Bijection.
func (c *Continuous[T]) On(n int) Workspace[T] {
	o := c.Options
	if c.KeepOf != nil {
		o.Keep = c.KeepOf(n)
	}
	f := c.Field.On(n, o.Slots())
	return &continuousOn[T]{FieldOn: f, flow: c, solver: ode.NewSolver[T](o, f, c.Dim, n),
		scaled: make([]T, c.Dim*n), minus: make([]float64, n)}
}

type continuousOn[T tensor.Real] struct {
	FieldOn[T]
	flow   *Continuous[T]
	solver *ode.Solver[T]
	scaled []T       // x/Scale or its cotangent
	minus  []float64 // -lbar
}

func (w *continuousOn[T]) Forward(x []T, l []float64, z []T) error {
	w.Begin()
	w.solver.Solve(x, l, z, 0, w.flow.Time)
	w.scale(x, x, w.flow.Scale)
	for j := range l {
		l[j] += w.lnScale()
	}
	return nil
}

func (w *continuousOn[T]) Inverse(z []T, l []float64, x []T) error {
	w.scale(w.scaled, x, 1/w.flow.Scale)
	w.Begin()
	w.solver.Solve(z, l, w.scaled, w.flow.Time, 0)
	for j := range l {
		l[j] = w.lnScale() - l[j]
	}
	return nil
}

func (w *continuousOn[T]) PullForward(zbar, xbar []T, lbar []float64, theta bool) {
	w.scale(w.scaled, xbar, w.flow.Scale)
	w.pull(zbar, w.scaled, lbar, theta)
}

func (w *continuousOn[T]) PullInverse(xbar, zbar []T, lbar []float64, theta bool) {
	for j, v := range lbar {
		w.minus[j] = -v
	}
	w.pull(xbar, zbar, w.minus, theta)
	w.scale(xbar, xbar, 1/w.flow.Scale)
}

func (w *continuousOn[T]) pull(start, end []T, lbar []float64, theta bool) {
	w.solver.Pull(start, end, lbar, theta)
	if theta {
		w.End()
	}
}

func (w *continuousOn[T]) lnScale() float64 { return float64(w.flow.Dim) * math.Log(w.flow.Scale) }

func (w *continuousOn[T]) scale(dst, x []T, by float64) {
	for i, v := range x {
		dst[i] = v * T(by)
	}
}
