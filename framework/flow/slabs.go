package flow

import (
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
)

// weights are the caller's for the chunk, nil if there are none.
func (m *Model[T]) weights(c *chunk[T], at int) []float64 {
	if m.call.w == nil {
		return nil
	}
	return m.call.w[at : at+c.n]
}

// run runs the phases on n configurations, slab by slab. op names the call in
// errors.
func (m *Model[T]) run(on *chunks[T], op string, rows par.Rows, phases ...phase[T]) error {
	m.prepare(on, rows)
	return m.runSlabs(on, op, phases...)
}

// prepare cuts configurations. What the chunks held is lost.
func (m *Model[T]) prepare(on *chunks[T], rows par.Rows) {
	if on == &m.drawn {
		m.last.held = false
	} else {
		m.mapped = 0
	}
	on.Prepare(par.CutBy(rows, m.bijection.Chunk()))
}

// runSlabs is run on chunks that are prepared. With m.call.sum the gradients of all
// chunks are added up.
func (m *Model[T]) runSlabs(on *chunks[T], op string, phases ...phase[T]) error {
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
func (m *Model[T]) runSome(on *chunks[T], op string, first, n int, segments []par.Segment, skip int, phases ...phase[T]) error {
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
func (m *Model[T]) runHeld(op string, rows par.Rows, phases ...phase[T]) (held bool, err error) {
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
func (m *Model[T]) release() { m.call = call{} }

// parts is the number of views that the phase has tasks for.
func (m *Model[T]) parts() int {
	switch m.phase.views {
	case firstView:
		return 1
	case otherViews:
		return len(m.images) - 1
	}
	return len(m.images)
}

func (m *Model[T]) runTask(c *chunk[T], at par.Span) error {
	k := at.Part
	if m.phase.views == otherViews {
		k++
	}
	return m.phase.run(m, c, k, at.From-m.call.skip)
}
