package ttn

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/grad"
	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
)

// Model is the network as a density.
type Model struct {
	config
	spec   core.ModelSpec
	nodes  []*node
	params *grad.Params[float64]
	states []float64 // numbers that stand for the states

	// Of the parameters that are loaded; nil until they are asked for.
	norm      *norm
	canonical []*node

	layout par.Layout
	rows   []float64 // gradients of the segments of a batch
}

var _ core.Completer = (*Model)(nil)

func newModel(c config, space core.Space, states []float64, nodes []*node, memory core.Memory) *Model {
	m := &Model{config: c, nodes: nodes, states: states}
	var params []*grad.Param[float64]
	for _, n := range nodes {
		if !n.leaf() {
			params = append(params, n.Param)
			m.spec.Blocks = append(m.spec.Blocks, core.Block{Name: n.Name, Shape: n.Shape})
		}
	}
	m.params = grad.NewParams(params...)
	m.spec.Space, m.spec.Parameters, m.spec.Memory, m.spec.Powers = space, m.params.Size(), memory, powers
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
	m.norm, m.canonical = nil, nil
	return nil
}

// prepare makes Z.
func (m *Model) prepare(op string) error {
	if m.norm != nil {
		return nil
	}
	z := &norm{}
	if !z.make(m.nodes) {
		return &core.Error{Kind: core.Numeric, Op: op, Subject: name, Err: fmt.Errorf("Z is not a positive number"),
			Hint: "a parameter ran away: try a smaller learning rate"}
	}
	m.norm = z
	return nil
}

// prepareDraws makes the canonical nodes too.
func (m *Model) prepareDraws(op string) error {
	err := m.prepare(op)
	if err == nil && m.canonical == nil {
		m.canonical = canonical(m.nodes)
	}
	return err
}

// chunk is how many configurations a task has.
const chunk = 64

// each runs a task on chunks of n configurations.
func each(n int, task func(from, to int)) {
	par.For((n+chunk-1)/chunk, func(k int) { task(k*chunk, min(n, (k+1)*chunk)) })
}

// Sample implements core.Density. Configuration i reads its own stream, a number for each site.
func (m *Model) Sample(dst *core.Batch, seed uint64, n int) error {
	d := m.spec.Space.Size()
	dst.Reset(n, d)
	if err := m.prepareDraws("draw"); err != nil {
		return err
	}
	each(n, func(from, to int) {
		var stream rand.PCG
		u, states := make([]float64, d), make([]int32, d)
		for i := from; i < to; i++ {
			core.SeedStream(&stream, seed, uint64(dst.From+i))
			random := rand.New(&stream)
			for j := range u {
				u[j] = random.Float64()
			}
			one := drawing{nodes: m.canonical, states: states, u: func(site int) float64 { return u[site] }}
			one.run()
			dst.LogP[i] = one.logP
			m.write(dst.X[i*d:(i+1)*d], states)
		}
	})
	dst.ID = rand.Uint64() | 1
	return nil
}

func (m *Model) write(x []float64, states []int32) {
	for i, s := range states {
		x[i] = m.states[s]
	}
}

// read finds the states of configurations.
func (m *Model) read(op string, x []float64) ([]int32, error) {
	states, sites := make([]int32, len(x)), m.spec.Space.Size()
	for i, v := range x {
		s := slices.Index(m.states, v)
		if s < 0 {
			return nil, core.Errorf(core.Invalid, op, name, "site %d of configuration %d is %v, which is no state", i%sites, i/sites, v)
		}
		states[i] = int32(s)
	}
	return states, nil
}

// LogProb implements core.Density.
func (m *Model) LogProb(dst, x []float64) error {
	const op = "evaluate ln p"
	if err := m.prepare(op); err != nil {
		return err
	}
	states, err := m.read(op, x)
	if err != nil {
		return err
	}
	d := m.spec.Space.Size()
	each(len(dst), func(from, to int) {
		var p pass
		p.forward(m.nodes, states[from*d:to*d], to-from)
		for i, l := range p.logPsi {
			dst[from+i] = 2*l - m.norm.logZ
		}
	})
	return nil
}

// Pull implements core.Model: one way up and down the tree for each share of the batch.
func (m *Model) Pull(dst []float64, b *core.Batch, w []float64) error {
	const op = "differentiate ln p"
	if err := m.prepare(op); err != nil {
		return err
	}
	states, err := m.read(op, b.X)
	if err != nil {
		return err
	}
	par.CutBy(par.RowsOf(b.Place()), math.MaxInt32).Lay(&m.layout)
	segments, d := m.layout.Segments, m.spec.Space.Size()
	m.rows = core.Resize(m.rows, len(segments)*len(dst))
	clear(m.rows)
	par.For(len(segments), func(s int) {
		from := m.layout.Chunks[segments[s].Chunk].From + segments[s].From
		to := from + segments[s].N
		var p pass
		p.forward(m.nodes, states[from*d:to*d], to-from)
		grad, total := m.rows[s*len(dst):(s+1)*len(dst)], 0.0
		p.pull(grad, w[from:to])
		for _, v := range w[from:to] {
			total += v
		}
		for k, n := range m.nodes {
			if n.leaf() {
				continue
			}
			g := n.In(grad)
			for i, v := range m.norm.slope[k] {
				g[i] -= total * v
			}
		}
	})
	m.params.SumRows(dst, m.rows, segments)
	return nil
}

// Complete implements core.Completer.
func (m *Model) Complete(y, x []float64, known []int32, u []float64) error {
	const op = "complete"
	if err := m.prepareDraws(op); err != nil {
		return err
	}
	given := slices.Clone(x)
	for i := range given {
		if known[i] == 0 { // what stands there means nothing
			given[i] = m.states[0]
		}
	}
	states, err := m.read(op, given)
	if err != nil {
		return err
	}
	d := m.spec.Space.Size()
	impossible := make([]bool, len(x)/d)
	each(len(impossible), func(from, to int) {
		for i := from; i < to; i++ {
			at, end := i*d, (i+1)*d
			one := drawing{nodes: m.canonical, states: states[at:end], known: known[at:end], u: func(site int) float64 { return u[at+site] }}
			impossible[i] = !one.run()
			m.write(y[at:end], states[at:end])
		}
	})
	if i := slices.Index(impossible, true); i >= 0 {
		return &core.Error{Kind: core.Invalid, Op: op, Subject: name, Err: fmt.Errorf("what is given of configuration %d has probability zero", i)}
	}
	return nil
}
