package flow

import (
	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// How the velocity of a model changes in space, of batches: its divergence, and its slope
// e . (dv/dx) e along a direction e. With the field of velocity.go,
//
//	d(dx/dt)/dx = (Scale - 1)/s + T dv/dy.

// Directed is a FieldOn that gives the slope of its velocity along a direction of each
// configuration.
type Directed[T tensor.Real] interface {
	FieldOn[T]
	// EvalAlong writes v and e . (dv/dx) e at x, d x n matrices, and times t.
	EvalAlong(slot int, v []T, along, t []float64, x, e []T)
	// PullAlong follows EvalAlong of the slot: it adds to the gradient that of
	// sum_j [vbar_j . v_j + alongbar_j e_j . (dv/dx) e_j].
	PullAlong(slot int, vbar []T, alongbar []float64)
}

// turning is a workspace for slopes of as many configurations as a Jacobian is made for.
type turning[T tensor.Real] struct {
	*moving[T]
	e          []T
	slope, bar []float64
}

// turns is what a model has to make slopes.
type turns[T tensor.Real] struct {
	pool     par.Pool[*turning[T]]
	call     turnCall
	task     par.Task[*turning[T]]
	directed bool
}

// openTurns prepares for the slopes of a flow.
func (m *Model[T]) openTurns(c *Continuous[T]) {
	m.turns = turns[T]{pool: par.Pool[*turning[T]]{Open: m.newTurning, Slab: passingSlab}, task: m.turnTask}
	_, m.turns.directed = c.Field.On(1, 1).(Directed[T])
}

// turnCall has the slices of the caller: v and slope, or of a pull-back vbar, bar and grad.
// Without e the slope is the divergence.
type turnCall struct{ x, t, e, v, slope, vbar, bar, grad []float64 }

func (m *Model[T]) newTurning(n int) *turning[T] {
	w := m.newMoving(n)
	w.grads = w.field.Grads()
	return &turning[T]{w, make([]T, len(w.y)), make([]float64, n), make([]float64, n)}
}

// evaluate makes the field's velocity and slope at x and t.
func (w *turning[T]) evaluate(x, t, e []float64) {
	c := w.flow
	transpose(w.y, w.n, x, w.n, c.Dim, c.Dim)
	for j, at := range t {
		w.s[j], w.tau[j] = 1+at*(c.Scale-1), c.Time*at
	}
	for i := range w.y {
		w.y[i] = T(float64(w.y[i]) / w.s[i%w.n])
	}
	w.field.Begin()
	if e == nil {
		w.field.Eval(0, w.v, w.slope, w.tau, w.y)
		return
	}
	transpose(w.e, w.n, e, w.n, c.Dim, c.Dim)
	w.field.(Directed[T]).EvalAlong(0, w.v, w.slope, w.tau, w.y, w.e)
}

// write gives the caller velocities and slopes.
func (w *turning[T]) write(v, slope []float64, along bool) {
	c := w.flow
	w.velocity(v)
	for j := range slope {
		norm := float64(c.Dim)
		if along {
			norm = 0
			for i := j; i < len(w.e); i += w.n {
				norm += float64(w.e[i]) * float64(w.e[i])
			}
		}
		slope[j] = c.Time*w.slope[j] + norm*(c.Scale-1)/w.s[j]
	}
}

// pull adds the gradient of sum_j [vbar_j . v_j + bar_j slope_j].
func (w *turning[T]) pull(vbar, bar []float64, along bool) {
	c := w.flow
	transpose(w.ybar, w.n, vbar, w.n, c.Dim, c.Dim)
	for i := range w.ybar {
		w.ybar[i] *= T(w.s[i%w.n] * c.Time)
	}
	for j, b := range bar {
		w.bar[j] = b * c.Time
	}
	if along {
		w.field.(Directed[T]).PullAlong(0, w.ybar, w.bar)
	} else {
		w.field.Pull(0, nil, w.ybar, w.bar, true)
		w.field.PullParams(0, 1)
	}
	w.field.End()
}

// VelocityDivergence writes the velocity of a flow that has one, and its divergence in
// space.
func (m *Model[T]) VelocityDivergence(v, div, x, t []float64) error {
	return m.turn(par.RowsOf(0, len(t), len(t), core.SharesOf(len(t), 0)), turnCall{x: x, t: t, v: v, slope: div})
}

// VelocityDivergencePull writes the gradient of sum_i [vbar_i . v_i + divbar_i div_i] at b.X
// and the times of b's column [core.Time].
func (m *Model[T]) VelocityDivergencePull(dst []float64, b *core.Batch, vbar, divbar []float64) error {
	return m.turn(par.RowsOf(b.Place()), turnCall{x: b.X, t: core.Time.Of(b), vbar: vbar, bar: divbar, grad: dst})
}

// VelocityAlong writes the velocity of a flow that has one, by a Directed field, and its
// slope along e.
func (m *Model[T]) VelocityAlong(v, along, x, t, e []float64) error {
	return m.turn(par.RowsOf(0, len(t), len(t), core.SharesOf(len(t), 0)), turnCall{x: x, t: t, e: e, v: v, slope: along})
}

// VelocityAlongPull is VelocityDivergencePull of that slope.
func (m *Model[T]) VelocityAlongPull(dst []float64, b *core.Batch, e, vbar, alongbar []float64) error {
	return m.turn(par.RowsOf(b.Place()), turnCall{x: b.X, t: core.Time.Of(b), e: e, vbar: vbar, bar: alongbar, grad: dst})
}

// turn makes the call on all chunks, slab by slab.
func (m *Model[T]) turn(rows par.Rows, call turnCall) error {
	c := &m.turns
	if c.pool.Open == nil {
		return core.RowVelocity.Lacks(m.subject)
	}
	if call.e != nil && !c.directed {
		return core.Errorf(core.Unsupported, "slope along a direction", m.subject, "its velocity has a divergence alone")
	}
	c.call = call
	defer func() { c.call = turnCall{} }()
	c.pool.Prepare(par.CutBy(rows, m.bijection.Chunk()))
	for s := range c.pool.Slabs() {
		_, segments := c.pool.Of(s)
		if call.grad == nil {
			_ = c.pool.Run(s, 1, c.task) // tasks have no errors
			continue
		}
		m.grads = m.grads[:0]
		for _, of := range segments {
			m.grads = append(m.grads, c.pool.Work(of.Chunk).grads)
		}
		m.params.Clear(m.grads...)
		_ = c.pool.Run(s, 1, c.task)
		m.params.Add(segments, m.grads...)
	}
	if call.grad != nil {
		m.takeSum(call.grad)
	}
	return nil
}

// turnTask is the task of a chunk.
func (m *Model[T]) turnTask(w *turning[T], at par.Span) error {
	c, d, to := &m.turns.call, m.size(), at.From+at.N
	var e []float64
	if c.e != nil {
		e = c.e[at.From*d : to*d]
	}
	w.evaluate(c.x[at.From*d:to*d], c.t[at.From:to], e)
	if c.grad != nil {
		w.pull(c.vbar[at.From*d:to*d], c.bar[at.From:to], e != nil)
	} else {
		w.write(c.v[at.From*d:to*d], c.slope[at.From:to], e != nil)
	}
	return nil
}
