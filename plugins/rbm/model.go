package rbm

import (
	"math/rand/v2"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/grad"
	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// Model is the machine as a density that is known up to Z.
type Model struct {
	units
	spec            core.ModelSpec
	visible, hidden int
	sweeps, burnIn  int
	start           float64
	LogZBy          string // exact, annealed or reversed
	temperatures    int
	paths           int

	theta   []float64
	a, b, w []float64 // pieces of theta; w has a row for each visible unit
	logZ    *estimate // of theta, nil before it is asked for

	kept     kept
	chains   core.State // the row of each is v
	pool     par.Pool[*workspace]
	layout   par.Layout
	stacks   []grad.Stack // of the tiles of the gradient
	call     call
	fieldsOf par.Task[*workspace]
	meansOf  par.Task[*workspace]
	move     par.Task[*workspace]
	tile     func(int)
}

// kept is what the log-weights of a batch leave for their pull-back.
type kept struct {
	x      []float64
	fields []float64 // step (b + vW) of every configuration
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
	h, v, minus []float64
	random      []rand.PCG
}

// chunk is how many configurations go through a product at a time, a multiple of what
// the product is fast with; tileRows is how many rows of W have their gradient in a task.
const (
	chunk    = 128
	tileRows = 64
)

func newModel(c config, space core.Space, u units, bytes float64) *Model {
	visible, hidden := space.Size(), c.Hidden
	m := &Model{units: u, visible: visible, hidden: hidden, sweeps: c.Sweeps, burnIn: c.BurnIn, start: c.Start, LogZBy: c.LogZ, temperatures: c.Temperatures, paths: c.Paths,
		theta: make([]float64, visible+hidden+visible*hidden), stacks: make([]grad.Stack, (visible+tileRows-1)/tileRows+1)}
	m.a, m.b, m.w = m.theta[:visible], m.theta[visible:visible+hidden], m.theta[visible+hidden:]
	each := 8 * float64(2*visible+3*hidden)
	m.spec = core.ModelSpec{Space: space, Parameters: len(m.theta), Powers: powers,
		Blocks: []core.Block{{Name: "visible", Shape: []int{visible}}, {Name: "hidden", Shape: []int{hidden}}, {Name: "weights", Shape: []int{visible, hidden}}},
		Memory: core.Memory{Fixed: bytes, PerConfiguration: each}}
	m.pool.Open = func(n int) *workspace {
		w := &workspace{h: make([]float64, n*hidden), v: make([]float64, n*visible), minus: make([]float64, n*hidden), random: make([]rand.PCG, n)}
		for i := range w.minus {
			w.minus[i] = -1
		}
		return w
	}
	m.fieldsOf, m.meansOf, m.move, m.tile = m.chunkFields, m.chunkMeans, m.chunkMove, m.gradTile
	return m
}

// Spec implements core.Model.
func (m *Model) Spec() core.ModelSpec { return m.spec }

// Init implements core.Model.
func (m *Model) Init(theta []float64, seed uint64) error {
	var r rand.PCG
	core.SeedStream(&r, seed, 0)
	random := rand.New(&r)
	clear(theta[:m.visible+m.hidden])
	for i := m.visible + m.hidden; i < len(theta); i++ {
		theta[i] = m.start * random.NormFloat64()
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
func (m *Model) LogProb([]float64, []float64) error { return core.RowLogProb.Lacks(name) }

// Pull implements core.Model, likewise.
func (m *Model) Pull([]float64, *core.Batch, []float64) error { return core.RowPull.Lacks(name) }

// LogWeight implements core.Weigher.
func (m *Model) LogWeight(dst, x []float64) error {
	k := &m.kept
	k.x = append(k.x[:0], x...)
	k.fields = core.Resize(k.fields, len(dst)*m.hidden)
	m.call = call{x: x, dst: dst}
	defer func() { m.call = call{} }()
	return m.pool.Each(par.CutBy(par.All(len(dst)), chunk), m.fieldsOf)
}

// chunkFields makes the fields of the hidden units, and w.
func (m *Model) chunkFields(w *workspace, at par.Span) error {
	x := m.call.x[at.From*m.visible : (at.From+at.N)*m.visible]
	g := m.kept.fields[at.From*m.hidden : (at.From+at.N)*m.hidden]
	m.upward(g, x)
	dst := m.call.dst[at.From : at.From+at.N]
	m.free(dst, g, w.h, w.minus)
	for i := range dst {
		for j, v := range x[i*m.visible : (i+1)*m.visible] {
			dst[i] += m.a[j] * v
		}
	}
	return nil
}

// upward writes step (b + vW) of each configuration.
func (m *Model) upward(g, v []float64) {
	n := len(v) / m.visible
	for i := range n {
		for j, b := range m.b {
			g[i*m.hidden+j] = m.step * b
		}
	}
	tensor.Gemm(false, false, n, m.hidden, m.visible, m.step, v, m.visible, m.w, m.hidden, 1, g, m.hidden)
}

// downward writes step (a + W h) of each configuration, of hidden units times a scale.
func (m *Model) downward(g, h []float64, scale float64) {
	n := len(h) / m.hidden
	for i := range n {
		for j, a := range m.a {
			g[i*m.visible+j] = m.step * a
		}
	}
	tensor.Gemm(false, true, n, m.visible, m.hidden, scale*m.step, h, m.hidden, m.w, m.hidden, 1, g, m.visible)
}
