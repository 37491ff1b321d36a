package flow

import (
	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/grad"
	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// The velocity of a continuous flow as a model has it, from z at t = 0 to x at t = 1.
// With y(tau) the path of the field v, T its time and
//
//	x(t) = s(t) y(T t),   s(t) = 1 - t + t Scale,
//
// it is, by the chain rule,
//
//	dx/dt = (Scale - 1) y + s(t) T v(T t, y),   y = x/s(t).
//
// s is linear, so that paths are straight where v is zero. That of a field whose
// components are relabelled on the way is not the velocity of a path, and such a flow
// does not have the power.

// carries tells that a bijection moves z to x by a velocity, and returns its flow.
func carries[T tensor.Real](b Bijection[T]) (*Continuous[T], bool) {
	c, ok := b.(*Continuous[T])
	return c, ok && c.Relabel == nil
}

// movingSlab is how many workspaces keep a velocity for its pull-back, and
// movingWidth how many configurations each has: two shares of a batch, for products
// with many columns.
const (
	movingSlab  = 32
	movingWidth = 128
)

// movement is what a model has to make velocities. Without a field, all is empty.
type movement[T tensor.Real] struct {
	pool   par.Pool[*moving[T]]
	loaded int // calls of Load
	call   velocityCall
	task   par.Task[*moving[T]] // made once, so that a step does not allocate

	segments []par.Segment // of the slab
	tiled    tiledSums[T]
}

// openMovement prepares for the velocity of a flow.
func (m *Model[T]) openMovement(c *Continuous[T]) {
	v := &m.moving
	v.pool = par.Pool[*moving[T]]{Open: m.newMoving, Slab: movingSlab}
	v.task = m.move
	v.tiled.open(m, c.Field)
	m.openTurns(c)
}

// moving is the velocity on n configurations, d x n matrices.
type moving[T tensor.Real] struct {
	flow       *Continuous[T]
	field      FieldOn[T]
	grads      []*grad.Param[T] // none of a tiled field
	n          int
	y, v, ybar []T // ybar is spare memory for y too
	s, t, tau  []float64
	loaded     int // movement.loaded when the field made its velocity at y and tau
}

func (m *Model[T]) newMoving(n int) *moving[T] {
	c, _ := carries(m.bijection)
	w := &moving[T]{flow: c, field: c.Field.On(n, 1), n: n, loaded: none}
	if _, ok := w.field.(Tiled[T]); !ok {
		w.grads = w.field.Grads()
	}
	for _, s := range []*[]T{&w.y, &w.v, &w.ybar} {
		*s = make([]T, c.Dim*n)
	}
	for _, s := range []*[]float64{&w.s, &w.t, &w.tau} {
		*s = make([]float64, n)
	}
	return w
}

const none = -1

// evaluate makes the field's velocity at x and t, unless it has done so with these
// parameters.
func (w *moving[T]) evaluate(x, t []float64, loaded int) {
	c := w.flow
	transpose(w.ybar, w.n, x, w.n, c.Dim, c.Dim)
	for j, at := range t {
		w.s[j] = 1 + at*(c.Scale-1)
	}
	if c.Scale != 1 {
		for i := range w.ybar {
			w.ybar[i] = T(float64(w.ybar[i]) / w.s[i%w.n])
		}
	}
	if w.loaded == loaded && sameBits(t, w.t) && sameBits(w.ybar, w.y) {
		return
	}
	w.y, w.ybar, w.loaded = w.ybar, w.y, loaded
	copy(w.t, t)
	for j, at := range t {
		w.tau[j] = c.Time * at
	}
	w.field.Begin()
	w.field.Eval(0, w.v, nil, w.tau, w.y)
}

// velocity writes that of the model to dst, configuration by configuration.
func (w *moving[T]) velocity(dst []float64) {
	c := w.flow
	v := w.ybar
	for i, field := range w.v {
		v[i] = T((c.Scale-1)*float64(w.y[i]) + w.s[i%w.n]*c.Time*float64(field))
	}
	transpose(dst, c.Dim, v, c.Dim, w.n, w.n)
}

// pull adds the gradient of sum_j vbar_j . v_j.
func (w *moving[T]) pull(vbar []float64) {
	c := w.flow
	transpose(w.ybar, w.n, vbar, w.n, c.Dim, c.Dim)
	if c.Scale != 1 || c.Time != 1 {
		for i := range w.ybar {
			w.ybar[i] *= T(w.s[i%w.n] * c.Time)
		}
	}
	if _, ok := w.field.(Tiled[T]); ok {
		w.field.Pull(0, nil, w.ybar, nil, false)
		return
	}
	w.field.Pull(0, nil, w.ybar, nil, true)
	w.field.PullParams(0, 1)
	w.field.End()
}

// Velocity implements core.VelocityField. Chunks are those of the pull-back of the
// same configurations as one whole batch, which finds them evaluated.
func (m *Model[T]) Velocity(v, x, t []float64) error {
	if m.moving.pool.Open == nil {
		return core.RowVelocity.Lacks(m.subject)
	}
	mustLen("x", len(x), len(t)*m.size())
	mustLen("v", len(v), len(x))
	m.moving.call = velocityCall{v: v, x: x, t: t}
	m.runMoving(par.RowsOf(0, len(t), len(t), core.SharesOf(len(t), 0)))
	return nil
}

// VelocityPull implements core.VelocityField.
func (m *Model[T]) VelocityPull(dst []float64, b *core.Batch, vbar []float64) error {
	if m.moving.pool.Open == nil {
		return core.RowVelocityPull.Lacks(m.subject)
	}
	t := core.Time.Of(b)
	m.mustFit(dst, b, t)
	mustLen("vbar", len(vbar), len(b.X))
	m.moving.call = velocityCall{vbar: vbar, x: b.X, t: t, grad: dst, sum: true}
	m.runMoving(par.RowsOf(b.Place()))
	return nil
}

// velocityCall has the slices of the caller: v, or with a sum of gradients vbar and grad.
type velocityCall struct {
	v, x, t, vbar, grad []float64
	sum                 bool
}

// runMoving makes the call on all chunks, slab by slab. Those of a tiled field have
// configurations of several shares.
func (m *Model[T]) runMoving(rows par.Rows) {
	c := &m.moving
	defer func() { c.call, c.segments = velocityCall{}, nil }()
	cut := par.CutBy(rows, movingWidth)
	cut.Across = c.tiled.tiles != nil
	c.pool.Prepare(cut)
	for s := range c.pool.Slabs() {
		_, c.segments = c.pool.Of(s)
		switch {
		case !c.call.sum:
			_ = c.pool.Run(s, 1, c.task) // tasks have no errors
		case c.tiled.tiles == nil:
			shares := m.movingShares()
			m.params.Clear(shares...)
			_ = c.pool.Run(s, 1, c.task)
			m.params.Add(c.segments, shares...)
		default:
			_ = c.pool.Run(s, 1, c.task)
			m.sumTiles()
		}
	}
	switch {
	case !c.call.sum:
	case c.tiled.tiles == nil:
		m.takeSum(c.call.grad)
	case c.pool.Slabs() != 1:
		par.For(len(c.tiled.tiles), c.tiled.finish)
	}
}

// movingShares are the gradients of the slab's workspaces.
func (m *Model[T]) movingShares() [][]*grad.Param[T] {
	m.grads = m.grads[:0]
	for _, s := range m.moving.segments {
		m.grads = append(m.grads, m.moving.pool.Work(s.Chunk).grads)
	}
	return m.grads
}

// move is the task of a chunk.
func (m *Model[T]) move(w *moving[T], at par.Span) error {
	c, d, to := &m.moving.call, m.size(), at.From+at.N
	w.evaluate(c.x[at.From*d:to*d], c.t[at.From:to], m.moving.loaded)
	if c.sum {
		w.pull(c.vbar[at.From*d : to*d])
	} else {
		w.velocity(c.v[at.From*d : to*d])
	}
	return nil
}
