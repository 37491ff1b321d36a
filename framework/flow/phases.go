package flow

import (
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// phase is one parallel step of a call: a task for some of the views of every
// chunk. at is the chunk's first configuration.
type phase struct {
	views views
	run   func(m *Model, c *chunk, k, at int) error
}

type views int

const (
	firstView views = iota
	otherViews
	allViews
)

var (
	// drawFirst draws z and maps it to y.
	drawFirst = phase{firstView, func(m *Model, c *chunk, k, at int) error {
		c.noise(m.call.seed, m.call.first+at)
		v := c.views[0]
		return v.density(v.work.Forward(v.x, v.l, v.z), at)
	}}
	// invertOthers evaluates ln q at the images of y.
	invertOthers = phase{otherViews, func(m *Model, c *chunk, k, at int) error {
		v := c.views[k]
		m.images[k].apply(v.x, c.views[0].x, c.n)
		return v.density(v.work.Inverse(v.z, v.l, v.x), at)
	}}
	// invertAll evaluates ln q at the images of given x.
	invertAll = phase{allViews, func(m *Model, c *chunk, k, at int) error {
		v := c.views[k]
		tensor.Transpose(v.xbar, c.n, m.call.x[at*c.d:], c.n, c.d, c.d)
		m.images[k].apply(v.x, v.xbar, c.n)
		return v.density(v.work.Inverse(v.z, v.l, v.x), at)
	}}
	// mixture computes ln p and the shares of the images.
	mixture = phase{firstView, func(m *Model, c *chunk, k, at int) error {
		c.mix()
		if m.call.logP != nil {
			copy(m.call.logP[at:], c.logP)
		}
		return nil
	}}
	// finish is mixture where ln p has to be finite.
	finish = phase{firstView, func(m *Model, c *chunk, k, at int) error {
		mixture.run(m, c, k, at)
		return c.finite(at)
	}}
	// storeDraw writes x = g^-1 y.
	storeDraw = phase{firstView, func(m *Model, c *chunk, k, at int) error {
		return c.store(m.call.x[at*c.d:], m.images, at)
	}}
	// pullAll pulls sum_j w_j ln p(x_j) back through all inverses, at fixed x.
	pullAll = phase{allViews, func(m *Model, c *chunk, k, at int) error {
		c.views[k].pullDensity(m.weights(c, at), true)
		return nil
	}}
	// slopeAll is pullAll of sum_j ln p(x_j), in x alone.
	slopeAll = phase{allViews, func(m *Model, c *chunk, k, at int) error {
		c.views[k].pullDensity(nil, false)
		return nil
	}}
	// storeSlope sums the slopes of the images.
	storeSlope = phase{firstView, func(m *Model, c *chunk, k, at int) error {
		v := c.views[0]
		for k := 1; k < len(c.views); k++ {
			m.images[k].addInverse(v.xbar, c.views[k].xbar, c.n)
		}
		tensor.Transpose(m.call.xbar[at*c.d:], c.d, v.xbar, c.d, c.n, c.n)
		return nil
	}}
	// pullOthers is pullAll for the images that were not drawn. They have no part
	// in a path gradient, whose weights are zero.
	pullOthers = phase{otherViews, func(m *Model, c *chunk, k, at int) error {
		if slices.ContainsFunc(m.weights(c, at), func(w float64) bool { return w != 0 }) {
			return pullAll.run(m, c, k, at)
		}
		clear(c.views[k].xbar)
		return nil
	}}
	// pullFirst collects the cotangents of y and pulls them through the draw.
	pullFirst = phase{firstView, func(m *Model, c *chunk, k, at int) error {
		v := c.views[0]
		c.loadCotangent(v.xbar, m.call.xbar[at*c.d:], m.images)
		for k := 1; k < len(c.views); k++ {
			m.images[k].addInverse(v.xbar, c.views[k].xbar, c.n)
		}
		for j, w := range m.weights(c, at) {
			v.lbar[j] = -w * v.share[j]
		}
		v.work.PullForward(v.zbar, v.xbar, v.lbar, true)
		return nil
	}}
)

// weights are the caller's for the chunk, nil if there are none.
func (m *Model) weights(c *chunk, at int) []float64 {
	if m.call.w == nil {
		return nil
	}
	return m.call.w[at : at+c.n]
}

// run runs the phases on n configurations, slab by slab. op names the call in
// errors.
func (m *Model) run(on *chunks, op string, rows par.Rows, phases ...phase) error {
	m.prepare(on, rows)
	return m.runSlabs(on, op, phases...)
}

// prepare cuts configurations. What the chunks held is lost.
func (m *Model) prepare(on *chunks, rows par.Rows) {
	if on == &m.drawn {
		m.last.held = false
	} else {
		m.mapped = 0
	}
	on.Prepare(par.CutBy(rows, m.bijection.Chunk()))
}

// runSlabs is run on chunks that are prepared. With m.call.sum the gradients of all
// chunks are added up.
func (m *Model) runSlabs(on *chunks, op string, phases ...phase) error {
	defer m.release()
	for s := range on.Slabs() {
		first, segments := on.Of(s)
		if err := m.runSome(on, op, first, len(segments), segments, 0, phases...); err != nil {
			return err
		}
	}
	return nil
}

// runSome runs the phases on n chunks, from number first on. The segments of a sum
// are theirs, with their numbers counted from chunk skip on.
func (m *Model) runSome(on *chunks, op string, first, n int, segments []par.Segment, skip int, phases ...phase) error {
	if m.call.sum {
		m.params.Clear(m.shares(on, segments, skip)...)
	}
	for _, p := range phases {
		m.phase = p
		if err := on.RunSome(first, n, m.parts(), m.task); err != nil {
			return &core.Error{Kind: core.Numeric, Op: op, Subject: m.subject, Err: err,
				Hint: "a parameter ran away, or x lies far outside: try a smaller learning rate"}
		}
	}
	if m.call.sum {
		m.params.Add(segments, m.shares(on, segments, skip)...)
	}
	return nil
}

// runHeld runs the phases on the chunks of some of the configurations that were
// drawn last; held is false where the chunks do not hold them.
func (m *Model) runHeld(op string, rows par.Rows, phases ...phase) (held bool, err error) {
	from := rows.From - m.last.rows.From
	chunks := m.drawn.Layout().Chunks
	par.CutBy(rows, m.bijection.Chunk()).Lay(&m.part)
	at := slices.IndexFunc(chunks, func(c par.Chunk) bool { return c.From == from })
	if !m.last.held || at < 0 || at+len(m.part.Chunks) > len(chunks) {
		return false, nil
	}
	for k, c := range m.part.Chunks {
		if of := chunks[at+k]; of.From != from+c.From || of.N != c.N {
			return false, nil
		}
	}
	defer m.release()
	m.call.skip = from
	return true, m.runSome(&m.drawn, op, at, len(m.part.Chunks), m.part.Segments, at, phases...)
}

// release forgets the caller's slices.
func (m *Model) release() { m.call = call{} }

// parts is the number of views that the phase has tasks for.
func (m *Model) parts() int {
	switch m.phase.views {
	case firstView:
		return 1
	case otherViews:
		return len(m.images) - 1
	}
	return len(m.images)
}

func (m *Model) runTask(c *chunk, at par.Span) error {
	k := at.Part
	if m.phase.views == otherViews {
		k++
	}
	return m.phase.run(m, c, k, at.From-m.call.skip)
}
