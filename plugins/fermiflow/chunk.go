package fermiflow

import (
	"fmt"
	"math/rand/v2"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/grad"
	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
	"github.com/helmholtz-physics/helmholtz/framework/flow"
)

// chunks are the workspaces of a kind and the number of configurations in each.
type chunks struct {
	par.Pool[*chunk]
	width int
}

// slab is how many workspaces sum gradients: more than the processors of one
// machine.
const slab = 32

// set says what workspaces are made: so many that keep what they sum, or with 0
// those that keep nothing.
func (c *chunks) set(width, slab int, open func() *chunk) {
	c.width, c.Slab, c.Padded = width, slab, true
	c.Open = func(int) *chunk { return open() }
}

// chunk is the workspace of some configurations: matrices have one column for
// each. Those of a path carry configurations through the flow, those that are
// lifted carry derivatives too.
type chunk struct {
	width int
	wave  *wave
	one   []float64 // the coordinates of one configuration

	// of a path
	work             flow.Workspace[float64]
	grads            []*grad.Param[float64]
	x, z, xbar, zbar []float64
	l, lbar          []float64
	dpp              *dpp
	pcg              rand.PCG
	random           *rand.Rand // reads pcg

	lifted *lifted
}

func (m *Model) newPath(f *flow.Continuous[float64]) *chunk {
	c := &chunk{width: m.paths.width, one: make([]float64, m.d), wave: newWave(m.orbitals, m.n), dpp: newDPP(m.orbitals, m.n, m.lines)}
	c.work = f.On(c.width)
	c.grads = c.work.Grads()
	for _, rows := range []*[]float64{&c.x, &c.z, &c.xbar, &c.zbar} {
		*rows = make([]float64, m.d*c.width)
	}
	c.l, c.lbar = make([]float64, c.width), make([]float64, c.width)
	c.random = rand.New(&c.pcg)
	return c
}

// job works on the configurations of a chunk: those of the call in progress at.
type job func(m *Model, c *chunk, at par.Span) error

// run calls a job on the chunks of n configurations, in parallel. op names the
// call in errors.
func (m *Model) run(on *chunks, op string, n int, job job) error {
	m.job = job
	if err := on.Each(on.cut(par.All(n)), m.task); err != nil {
		return failed(op, err)
	}
	return nil
}

// cut cuts configurations into chunks.
func (c *chunks) cut(rows par.Rows) par.Cut { return par.Cut{Rows: rows, Width: c.width, Full: true} }

// pathSum is run on paths, which write the sum of their gradients to dst.
func (m *Model) pathSum(dst []float64, op string, rows par.Rows, job job) error {
	m.job = job
	m.paths.Prepare(m.paths.cut(rows))
	for s := range m.paths.Slabs() {
		_, segments := m.paths.Of(s)
		shares := m.shares(segments)
		m.params.Clear(shares...)
		if err := m.paths.Run(s, 1, m.task); err != nil {
			m.params.Sum() // of some chunks, which nobody wants
			return failed(op, err)
		}
		m.params.Add(segments, shares...)
	}
	m.params.Sum()
	m.params.Unload(dst)
	return nil
}

// failed names the call in an error of a chunk.
func failed(op string, err error) error {
	return &core.Error{Kind: core.Numeric, Op: op, Subject: name, Err: err,
		Hint: "a parameter ran away, or x lies far outside or on a node: try a smaller learning rate"}
}

func (m *Model) runTask(c *chunk, at par.Span) error { return m.job(m, c, at) }

// shares are the gradients that the paths of segments sum, one chunk each.
func (m *Model) shares(segments []par.Segment) [][]*grad.Param[float64] {
	m.grads = m.grads[:0]
	for _, s := range segments {
		m.grads = append(m.grads, m.paths.Work(s.Chunk).grads)
	}
	return m.grads
}

// load writes the configurations of x that are at to the columns of rows. Columns
// beyond repeat the last one.
func (c *chunk) load(rows, x []float64, at par.Span) {
	d := len(c.one)
	for i := range d {
		row := rows[i*c.width : (i+1)*c.width]
		for j := range row {
			row[j] = x[(at.From+min(j, at.N-1))*d+i]
		}
	}
}

// column writes column j of d rows to c.one.
func (c *chunk) column(rows []float64, j int) []float64 {
	for i := range c.one {
		c.one[i] = rows[i*c.width+j]
	}
	return c.one
}

// notFinite names a configuration.
func notFinite(what string, i int, v any) error {
	return fmt.Errorf("%s of configuration %d is %v", what, i, v)
}
