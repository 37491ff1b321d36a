package flow

import (
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/engine/grad"
	"github.com/helmholtz-physics/helmholtz/framework/engine/ode"
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
type Continuous struct {
	Field Field
	Dim   int // components of a configuration
	Time  float64
	Scale float64
	ode.Options
}

// Field is a velocity field, as a Bijection is a map: one value serves all
// threads.
type Field interface {
	Params() []*grad.Param[float64]
	// Chunk is Bijection.Chunk.
	Chunk() int
	// On returns the field on n configurations, with so many slots, used by one
	// goroutine at a time.
	On(n, slots int) FieldOn
}

// FieldOn is an ode.Field that has gradients, as a Workspace has, and gives its
// velocity without its divergence: in Eval div alone may be nil, and in the Pull that
// follows divbar and xbar are, for zeros and for what is not wanted.
type FieldOn interface {
	ode.Field
	// Begin comes before each path: parameters may have changed.
	Begin()
	// End comes after each pull-back of a path with theta: the gradients have to
	// be complete.
	End()
	Grads() []*grad.Param[float64]
}

// Params implements Bijection.
func (c *Continuous) Params() []*grad.Param[float64] { return c.Field.Params() }

// Chunk implements Bijection.
func (c *Continuous) Chunk() int { return c.Field.Chunk() }

// On implements Bijection.
func (c *Continuous) On(n int) Workspace {
	f := c.Field.On(n, c.Slots())
	return &continuousOn{FieldOn: f, flow: c, solver: ode.NewSolver(c.Options, f, c.Dim, n),
		scaled: make([]float64, c.Dim*n), minus: make([]float64, n)}
}

type continuousOn struct {
	FieldOn
	flow   *Continuous
	solver *ode.Solver
	scaled []float64 // x/Scale or its cotangent
	minus  []float64 // -lbar
}

func (w *continuousOn) Forward(x, l, z []float64) error {
	w.Begin()
	w.solver.Solve(x, l, z, 0, w.flow.Time)
	w.scale(x, x, w.flow.Scale)
	for j := range l {
		l[j] += w.lnScale()
	}
	return nil
}

func (w *continuousOn) Inverse(z, l, x []float64) error {
	w.scale(w.scaled, x, 1/w.flow.Scale)
	w.Begin()
	w.solver.Solve(z, l, w.scaled, w.flow.Time, 0)
	for j := range l {
		l[j] = w.lnScale() - l[j]
	}
	return nil
}

func (w *continuousOn) PullForward(zbar, xbar, lbar []float64, theta bool) {
	w.scale(w.scaled, xbar, w.flow.Scale)
	w.pull(zbar, w.scaled, lbar, theta)
}

func (w *continuousOn) PullInverse(xbar, zbar, lbar []float64, theta bool) {
	for j, v := range lbar {
		w.minus[j] = -v
	}
	w.pull(xbar, zbar, w.minus, theta)
	w.scale(xbar, xbar, 1/w.flow.Scale)
}

func (w *continuousOn) pull(start, end, lbar []float64, theta bool) {
	w.solver.Pull(start, end, lbar, theta)
	if theta {
		w.End()
	}
}

func (w *continuousOn) lnScale() float64 { return float64(w.flow.Dim) * math.Log(w.flow.Scale) }

func (w *continuousOn) scale(dst, x []float64, by float64) {
	for i, v := range x {
		dst[i] = v * by
	}
}
