package mps

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/grad"
	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
)

// Model is the state as a density.
type Model struct {
	config
	spec   core.ModelSpec
	cores  []site
	params *grad.Params[float64]
	states []float64 // numbers that stand for the states

	norm      norm
	canonical [][]float64
	made      made // of the parameters that are loaded
	pool      par.Pool[*worker]

	// The call in progress.
	call  call
	task  par.Task[*worker]
	grads [][]*grad.Param[float64]
}

// made tells what has been made of the parameters.
type made struct{ norm, slope, canonical bool }

// call has the slices of the caller.
type call struct {
	op      string
	x, logP []float64
	w       []float64
	seed    uint64
	first   int
	draws   bool
}

// worker has n configurations and what belongs to them.
type worker struct {
	*chain
	states []int32
}

// A batch goes through workspaces of chunk configurations, slab of them at a time: the
// products have some dozen columns for each state of a site, and the gradients of the
// workspaces stay few.
const (
	chunk = 256
	slab  = 8
)

func newModel(c config, space core.Space, states []float64, bonds []int, bytes float64) *Model {
	m := &Model{config: c, states: states, cores: cores(len(states), bonds)}
	var blocks []*grad.Param[float64]
	each := 0
	for _, c := range m.cores {
		blocks = append(blocks, c.Param)
		m.canonical = append(m.canonical, make([]float64, len(c.Val)))
		each += c.right + 8
	}
	m.params = grad.NewParams(blocks...)
	m.norm = norm{q: len(states), cores: m.cores}
	m.spec = core.ModelSpec{Space: space, Parameters: m.params.Size(), Memory: core.Memory{Fixed: bytes, PerConfiguration: 16 * float64(each)}}
	m.spec.Powers = []core.Power{core.PowerComplete}
	if len(m.cores) > 1 {
		m.spec.Powers = append(m.spec.Powers, core.PowerSweep)
	}
	for _, b := range blocks {
		m.spec.Blocks = append(m.spec.Blocks, core.Block{Name: b.Name, Shape: b.Shape})
	}
	m.pool = par.Pool[*worker]{Slab: slab, Open: func(n int) *worker {
		return &worker{newChain(len(states), n, m.cores), make([]int32, n*space.Size())}
	}}
	m.task = m.work
	return m
}

// Spec implements core.Model.
func (m *Model) Spec() core.ModelSpec { return m.spec }

// Init implements core.Model.
func (m *Model) Init(theta []float64, seed uint64) error {
	m.params.Start(theta, core.Streams(seed))
	return nil
}

// Load implements core.Model.
func (m *Model) Load(theta []float64) error {
	m.params.Load(theta)
	m.made = made{}
	return nil
}

// prepare makes what a call needs of the parameters.
func (m *Model) prepare(needs made) error {
	if needs.norm && !m.made.norm || needs.slope && !m.made.slope {
		if !m.norm.make(needs.slope) {
			return &core.Error{Kind: core.Numeric, Op: m.call.op, Subject: name, Err: fmt.Errorf("Z is not a positive number"),
				Hint: "a parameter ran away: try a smaller learning rate"}
		}
		m.made.norm, m.made.slope = true, needs.slope
	}
	if needs.canonical && !m.made.canonical {
		canonical(m.canonical, m.cores, len(m.states))
		m.made.canonical = true
	}
	return nil
}

// Sample implements core.Density.
func (m *Model) Sample(dst *core.Batch, seed uint64, n int) error {
	dst.Reset(n, len(m.cores))
	m.call = call{op: "draw", draws: true, x: dst.X, logP: dst.LogP, seed: seed, first: dst.From}
	if err := m.prepare(made{norm: true, canonical: true}); err != nil { // the norm finds what is not finite
		return err
	}
	dst.ID = rand.Uint64() | 1
	return m.run(par.RowsOf(dst.Place()))
}

// LogProb implements core.Density.
func (m *Model) LogProb(dst, x []float64) error {
	m.call = call{op: "evaluate ln p", x: x, logP: dst}
	if err := m.prepare(made{norm: true}); err != nil {
		return err
	}
	return m.run(par.All(len(dst)))
}

// Pull implements core.Model. The derivative of ln Z comes with the configurations, in
// each workspace by the sum of their weights.
func (m *Model) Pull(dst []float64, b *core.Batch, w []float64) error {
	m.call = call{op: "differentiate ln p", x: b.X, w: w}
	if err := m.prepare(made{norm: true, slope: true}); err != nil {
		return err
	}
	err := m.run(par.RowsOf(b.Place()))
	m.params.Sum()
	m.params.Unload(dst)
	return err
}

// run makes the call on all configurations.
func (m *Model) run(rows par.Rows) error {
	defer func() { m.call = call{} }()
	m.pool.Prepare(par.CutBy(rows, chunk))
	for s := range m.pool.Slabs() {
		var segments []par.Segment
		if m.call.w != nil {
			_, segments = m.pool.Of(s)
			m.grads = m.grads[:0]
			for _, segment := range segments {
				m.grads = append(m.grads, m.pool.Work(segment.Chunk).grads())
			}
			m.params.Clear(m.grads...)
		}
		if err := m.pool.Run(s, 1, m.task); err != nil {
			return err
		}
		if m.call.w != nil {
			m.params.Add(segments, m.grads...)
		}
	}
	return nil
}

// work is the task of a chunk.
func (m *Model) work(w *worker, at par.Span) error {
	sites, c := len(m.cores), m.call
	x := c.x[at.From*sites : (at.From+at.N)*sites]
	if c.draws {
		w.draw(w.states, c.logP[at.From:at.From+at.N], m.canonical, c.seed, c.first+at.From)
		for i, s := range w.states {
			x[i] = m.states[s]
		}
		return nil
	}
	if err := m.read(w.states, x, at.From); err != nil {
		return err
	}
	w.forward(w.states)
	if c.w == nil {
		for i, log := range w.log {
			c.logP[at.From+i] = 2*log - m.norm.logZ
		}
		return nil
	}
	weights := c.w[at.From : at.From+at.N]
	w.pull(weights)
	total := 0.0
	for _, v := range weights {
		total += v
	}
	for k, slope := range m.norm.slope {
		g := w.cores[k].Grad
		for i, v := range slope {
			g[i] -= total * v
		}
	}
	return nil
}

// read finds the states of configurations, of which first is the number of the first.
func (m *Model) read(states []int32, x []float64, first int) error {
	step := m.states[1] - m.states[0]
	for i, v := range x {
		s := (v - m.states[0]) / step
		if !(s >= 0 && s < float64(len(m.states))) || s != math.Trunc(s) {
			return core.Errorf(core.Invalid, m.call.op, name, "site %d of configuration %d is %v, which is no state", i%len(m.cores), first+i/len(m.cores), v)
		}
		states[i] = int32(s)
	}
	return nil
}
