package fermiflow

import (
	"fmt"
	"math/rand/v2"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/det"
	"github.com/helmholtz-physics/helmholtz/framework/engine/grad"
	"github.com/helmholtz-physics/helmholtz/framework/engine/kernels"
	"github.com/helmholtz-physics/helmholtz/framework/engine/kernels/lanes"
	"github.com/helmholtz-physics/helmholtz/framework/engine/ode"
	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
	"github.com/helmholtz-physics/helmholtz/framework/flow/manybody"
)

// chunk is the workspace of some configurations, for each of which matrices have one
// column. It keeps their path.
type chunk struct {
	width, steps int
	wave         *wave
	one          []float64 // the coordinates of one configuration

	field  *manybody.VelocityOn
	solver *ode.Solver[float64]
	grads  []*grad.Param[float64]
	dpp    *det.Process[float64]
	pcg    rand.PCG
	random *rand.Rand // reads pcg

	// the path: that of the first n configurations at parameters theta, 0 for none
	n, theta  int
	x, z, end []float64 // end is x as it follows from z
	l         []float64
	// of a path that is turned, J^-1 = dz/dx and grad_z l
	turned                  bool
	lift                    *manybody.Lift
	state, inverse, gradL   []float64
	eight, eightInverse     []float64
	lnDet, sign             [lanes.Width]float64
	jacobian, metric, slope []float64 // of one configuration
	// of a search for z: what is known of the start, and how far the end is
	known []bool
	left  []float64

	xbar, zbar []float64
	lbar       []float64
}

// keepBytes is the memory for the stages of paths, of all workspaces: those of a draw are
// kept for the Laplacian and the pull-back. What is not kept is evaluated again, with the same
// bits. 1 GiB has the paths of 10 000 configurations of 6 fermions with 20 steps.
const keepBytes = 1 << 30

// leastSlab is how many workspaces there are at least: more than the processors of one
// machine. They keep fewer steps where they are large.
const leastSlab = 32

// mostSlab bounds them where they are small.
const mostSlab = 1 << 12

// keep sets how many steps a workspace keeps, and how many workspaces there are, in so much
// memory.
func (m *Model) keep(bytes int) {
	width := liftWidth(m.d)
	step := len(ode.RK4.B) * m.velocity.SlotBytes() * width
	m.kept = max(1, min(m.steps, bytes/leastSlab/step))
	rows := float64(m.steps*m.d + liftedRows(m.d))
	m.chunkBytes = float64(m.kept*step) + 8*float64(width)*rows
	m.paths = par.Pool[*chunk]{Open: m.newChunk, Padded: true, Slab: max(leastSlab, min(mostSlab, int(float64(bytes)/m.chunkBytes)))}
}

func (m *Model) newChunk(n int) *chunk {
	d := m.d
	c := &chunk{width: n, steps: m.steps, one: make([]float64, d), wave: newWave(m.orbitals, m.n), dpp: det.NewProcess(newPlaces(m.orbitals, m.lines), m.n, m.orbitals.dim), known: make([]bool, n)}
	o := ode.Options{Method: ode.RK4, Steps: m.steps, Keep: m.kept}
	c.field = m.velocity.Open(n, o.Slots())
	c.solver = ode.NewSolver(o, c.field, d, n)
	c.lift = manybody.NewLift(c.field, o.Method)
	c.grads = c.field.Grads()
	c.random = rand.New(&c.pcg)
	for _, s := range []struct {
		to   *[]float64
		size int
	}{
		{&c.x, d * n}, {&c.z, d * n}, {&c.end, d * n}, {&c.xbar, d * n}, {&c.zbar, d * n}, {&c.gradL, d * n},
		{&c.l, n}, {&c.lbar, n}, {&c.left, n},
		{&c.state, c.lift.Rows() * n}, {&c.inverse, d * d * n},
		{&c.eight, d * d * lanes.Width}, {&c.eightInverse, d * d * lanes.Width},
		{&c.jacobian, d * d}, {&c.metric, d * d}, {&c.slope, d},
	} {
		*s.to = make([]float64, s.size)
	}
	return c
}

// job works on the configurations of a chunk: those of the call in progress at.
type job func(m *Model, c *chunk, at par.Span) error

// run calls a job on the chunks of a batch, in parallel. op names the call in errors.
func (m *Model) run(op string, rows par.Rows, job job) error {
	m.job = job
	if err := m.paths.Each(m.cut(rows), m.task); err != nil {
		return failed(op, err)
	}
	return nil
}

// cut cuts configurations into chunks, of a width that leaves few places unused. Those of all
// calls with a batch are the same, so that a workspace finds the path that another call has
// left there.
func (m *Model) cut(rows par.Rows) par.Cut {
	share := (rows.Total + rows.Shares - 1) / rows.Shares
	chunks := max(1, (share+m.width-1)/m.width)
	width := (share + chunks - 1) / chunks
	return par.Cut{Rows: rows, Width: max(1, (width+kernels.Lanes-1)/kernels.Lanes) * kernels.Lanes, Full: true}
}

// runSum is run, and writes the sum of the gradients of the workspaces to dst.
func (m *Model) runSum(dst []float64, op string, rows par.Rows, job job) error {
	m.job = job
	m.paths.Prepare(m.cut(rows))
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

// setColumn writes c.one to column j of d rows.
func (c *chunk) setColumn(rows []float64, j int) {
	for i, v := range c.one {
		rows[i*c.width+j] = v
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
