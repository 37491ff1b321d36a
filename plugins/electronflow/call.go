package electronflow

import (
	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
)

// call has the arguments of the call in progress; those that a method does not
// have are nil.
type call struct {
	b           *core.Batch
	logPsi, lap []complex128
	slope       []complex128 // d numbers for each configuration
	v           []complex128
	seed        uint64
	u           []float64 // uniform numbers in place of the seed
	fresh       bool      // the chains are new
	rows        par.Rows  // of a sum; without one there are no shares
	scoring     scoring
	job         job
}

// job works on the configurations of a batch that are at, up to eight. Which wave
// it gets must not matter.
type job func(m *Model, w *wave, at par.Span) error

// run calls a job for all configurations of the call, in parallel. op names the
// call in errors.
func (m *Model) run(op string, c call, job job) error {
	c.job = job
	if c.rows.Shares == 0 {
		c.rows = par.All(c.b.N)
	}
	m.call = c
	defer func() { m.call = call{} }()
	if err := m.waves.Each(par.Cut{Rows: c.rows, Width: width, Full: true}, m.task); err != nil {
		return &core.Error{Kind: core.Numeric, Op: op, Subject: name, Err: err, Hint: "a parameter ran away: try a smaller learning rate"}
	}
	return nil
}

func (m *Model) runTask(w *wave, at par.Span) error { return m.call.job(m, w, at) }

// load sets the states and configurations that are at.
func (m *Model) load(w *wave, at par.Span) {
	m.loadStates(w, at)
	w.configurations(m.call.b.X[at.From*w.size : (at.From+at.N)*w.size])
}

func (m *Model) loadStates(w *wave, at par.Span) {
	n := m.net.Particles
	w.states(w.k, m.call.b.K[at.From*n:(at.From+at.N)*n])
}
