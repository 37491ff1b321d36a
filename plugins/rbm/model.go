package rbm

import (
	"math/rand/v2"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/grad"
	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// Model is a machine as a density that is known up to Z.
type Model struct {
	name            string
	spec            core.ModelSpec
	config          config
	langevin        langevinKeys
	logZBy          string // exact, annealed or reversed
	layer           layer
	units           units // hidden ones
	visible, hidden int

	theta []float64
	b, w  []float64 // pieces of theta behind those of the layer; w has a row for each visible unit
	logZ  *estimate // of theta, nil before it is asked for

	kept   kept
	chains core.State // the row of each is v
	pool   par.Pool[*workspace]
	cut    par.Layout
	sums   []grad.Stack[float64] // of the tiles of the gradient
	call   call

	// Tasks.
	weigh, average, draw, move par.Task[*workspace]
	sumTile                    func(int)
}

// kept is what the log-weights of a batch leave for their pull-back.
type kept struct {
	x, y   []float64 // the configurations, and as the weights see them
	fields []float64 // of the hidden units
	means  []float64 // <h>, times the cotangent
}

// call has the slices of the caller.
type call struct {
	x, dst, bar, grad []float64
	accept            []float64
	seed              uint64
	first, sweeps     int
	fresh             bool
}

// workspace is for a chunk of configurations.
type workspace struct {
	y, h, work []float64
	random     []rand.PCG
	moves      []moves
	replicas   []replica
	// Of exchanges and Langevin steps, a number or a row for each chain.
	gain, free                     []float64
	drift, nextDrift, nextV, nextU []float64
}

// chunk is how many configurations go through a product at a time, a multiple of what
// the product is fast with.
const chunk = 128

// workspaceBytes is the memory of one: y and work, h, six numbers of each chain, what replicas
// remember, v and u of a path of annealing, and what steps of Langevin's do.
func (c *keys) workspaceBytes(visible, hidden float64) float64 {
	row := visible + 2*max(visible, hidden) + hidden + 6 + float64(c.Replicas+1)*(visible+hidden)
	switch c.Chains {
	case gibbsLangevin:
		row += visible
	case langevin:
		row += 3*visible + hidden
	}
	return 8 * chunk * row
}

func newModel(name string, c keys, space core.Space, u units, l layer, bytes float64) *Model {
	m := &Model{name: name, config: c.config, langevin: c.langevinKeys, logZBy: c.LogZ, layer: l, units: u, visible: space.Size(), hidden: c.Hidden}
	blocks := append(l.blocks(), core.Block{Name: "hidden", Shape: []int{m.hidden}}, core.Block{Name: "weights", Shape: []int{m.visible, m.hidden}})
	size := 0
	for _, b := range blocks {
		size += b.Size()
	}
	m.theta = make([]float64, size)
	own := m.own()
	l.bind(m.theta[:own])
	m.b, m.w = m.theta[own:own+m.hidden], m.theta[own+m.hidden:]
	m.sums = make([]grad.Stack[float64], (m.visible+tileUnits-1)/tileUnits+1)
	m.spec = core.ModelSpec{Space: space, Parameters: size, Powers: powers, Blocks: blocks,
		Memory: core.Memory{Fixed: bytes, PerConfiguration: 8 * float64((2+c.Replicas)*m.visible+2*m.hidden)}}
	m.pool.Open = func(n int) *workspace {
		return &workspace{y: make([]float64, n*m.visible), h: make([]float64, n*m.hidden), work: make([]float64, 2*n*max(m.hidden, m.visible)), random: make([]rand.PCG, n),
			moves: make([]moves, n), replicas: make([]replica, c.Replicas), gain: make([]float64, n), free: make([]float64, n)}
	}
	m.weigh, m.average, m.draw, m.move, m.sumTile = m.weighChunk, m.averageChunk, m.drawChunk, m.moveChunk, m.tile
	return m
}

// own is how many parameters of theta are the visible layer's.
func (m *Model) own() int { return len(m.theta) - m.hidden*(m.visible+1) }

// Spec implements core.Model.
func (m *Model) Spec() core.ModelSpec { return m.spec }

// Init implements core.Model.
func (m *Model) Init(theta []float64, seed uint64) error {
	var r rand.PCG
	core.SeedStream(&r, seed, 0)
	random := rand.New(&r)
	biases := m.own() + m.hidden
	clear(theta[:biases])
	for i := range theta[biases:] {
		theta[biases+i] = m.config.Start * random.NormFloat64()
	}
	return nil
}

// Load implements core.Model.
func (m *Model) Load(theta []float64) error {
	if !slices.Equal(theta, m.theta) {
		copy(m.theta, theta)
		m.logZ, m.kept.x = nil, m.kept.x[:0]
	}
	return nil
}

// LogProb implements core.Density: ln p is w - ln Z.
func (m *Model) LogProb([]float64, []float64) error { return core.RowLogProb.Lacks(m.name) }

// Pull implements core.Model, likewise.
func (m *Model) Pull([]float64, *core.Batch, []float64) error { return core.RowPull.Lacks(m.name) }

// LogWeight implements core.Weigher.
func (m *Model) LogWeight(dst, x []float64) error {
	k := &m.kept
	k.x = append(k.x[:0], x...)
	k.y, k.fields = core.Resize(k.y, len(x)), core.Resize(k.fields, len(dst)*m.hidden)
	m.call = call{x: x, dst: dst}
	defer func() { m.call = call{} }()
	return m.pool.Each(par.CutBy(par.All(len(dst)), chunk), m.weigh)
}

// weighChunk makes the fields of the hidden units, and w.
func (m *Model) weighChunk(w *workspace, at par.Span) error {
	x, y := m.rows(m.call.x, at, m.visible), m.rows(m.kept.y, at, m.visible)
	g, dst := m.rows(m.kept.fields, at, m.hidden), m.call.dst[at.From:at.From+at.N]
	copy(y, m.layer.input(y, x))
	m.upward(g, y)
	m.units.fields(g, m.b)
	m.units.free(dst, g, w.work)
	alone := w.h[:at.N]
	m.layer.alone(alone, x)
	tensor.Add(dst, dst, alone)
	return nil
}

// rows are those of a chunk.
func (m *Model) rows(x []float64, at par.Span, each int) []float64 {
	return x[at.From*each : (at.From+at.N)*each]
}

// upward writes yW of each configuration.
func (m *Model) upward(u, y []float64) {
	tensor.Gemm(false, false, len(y)/m.visible, m.hidden, m.visible, 1, y, m.visible, m.w, m.hidden, 0, u, m.hidden)
}

// downward writes t W h of each configuration.
func (m *Model) downward(u, h []float64, t float64) {
	tensor.Gemm(false, true, len(h)/m.hidden, m.visible, m.hidden, t, h, m.hidden, m.w, m.hidden, 0, u, m.visible)
}
