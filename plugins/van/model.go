package van

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/grad"
	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
)

// model is a network as a density. It cuts a batch into chunks of samples and
// keeps, for every chunk, what the network computed (its passes), so that the
// pull-back of a batch just drawn needs no forward pass. Batches too large for
// memoryBudget go through the same chunks slab by slab and are recomputed.
type model struct {
	net    network
	params *grad.Params
	spec   core.ModelSpec
	z2     bool

	chunks par.Pool[*chunk]
	held   uint64 // ID of the batch whose hidden states the chunks hold, 0 if none
	bytes  int    // of the hidden states of one sample
	budget int    // bytes of hidden states kept: memoryBudget
	tiles  []tile // of all gradients

	// The call in progress: what the parallel tasks read.
	slab []*chunk
	seed uint64
	x    []float64
	logP []float64
	w    []float64

	// The tasks as values, made once, so that a step does not allocate.
	draw, score, back par.Task[*chunk]
	add               func(int)
}

// memoryBudget bounds the hidden states kept and their adjoints, in bytes; the
// transposed copies that layers make for their gradients add up to a quarter.
// It holds 1000 samples of the paper's networks on 16x16 sites: 0.14 GB for
// MADE, 2.1 GB for PixelCNN. A constant, because a gradient from states that
// were kept and one from spins differ in the last digits: results must not
// depend on the machine's memory.
const memoryBudget = 2 << 30

// passing is the slab of a batch whose hidden states nobody will ask for: chunks
// enough for the processors of one machine.
const passing = 64

// narrow is the number of samples above which a chunk has full vectors.
const narrow = 64

func newModel(net network, space core.Space, z2 bool) *model {
	m := &model{net: net, params: grad.NewParams(net.weights()...), z2: z2, budget: memoryBudget}
	m.spec = core.ModelSpec{Space: space, Parameters: m.params.Size()}
	if z2 {
		m.spec.Symmetries = []core.Symmetry{core.Z2}
	}
	for _, p := range m.params.Blocks() {
		m.spec.Blocks = append(m.spec.Blocks, core.Block{Name: p.Name, Shape: p.Shape})
	}
	one := newChunk(net, 1, z2)
	m.bytes, m.tiles = one.bytes(), one.tiles()
	m.chunks.Open = func(n int) *chunk { return newChunk(net, n, z2) }
	m.draw, m.score, m.back, m.add = m.drawChunk, m.scoreChunk, m.backChunk, m.addTile
	return m
}

// Spec implements core.Model.
func (m *model) Spec() core.ModelSpec { return m.spec }

// Init draws every parameter from its starting rule.
func (m *model) Init(theta []float64, seed uint64) error {
	mustLen("Init: theta", len(theta), m.spec.Parameters)
	m.params.Start(theta, func(k int) *rand.Rand {
		var r rand.PCG
		core.SeedStream(&r, seed, uint64(k))
		return rand.New(&r)
	})
	return nil
}

// Load implements core.Model.
func (m *model) Load(theta []float64) error {
	mustLen("Load: theta", len(theta), m.spec.Parameters)
	m.held = 0
	m.params.Load(theta)
	return nil
}

// Sample implements core.Density. Sample i reads its own random stream: one
// number per site, and one for the global flip with z2.
func (m *model) Sample(dst *core.Batch, seed uint64, n int) error {
	dst.Reset(n, m.sites())
	m.seed, m.x, m.logP = seed, dst.X, dst.LogP
	defer m.release()
	if err := m.slabs(n, m.draw, n); err != nil {
		return err
	}
	// The ID is a name, no result depends on it; random, so that two models do
	// not take each other's batches for their own.
	dst.ID = rand.Uint64() | 1
	if m.chunks.Slabs() <= 1 {
		m.held = dst.ID
	}
	return nil
}

// LogProb implements core.Density. It returns an Invalid error if a component
// of x is not +1 or -1.
func (m *model) LogProb(dst, x []float64) error {
	mustLen("LogProb: x", len(x), len(dst)*m.sites())
	m.x, m.logP = x, dst
	defer m.release()
	return m.slabs(len(dst), m.score, passing)
}

// Pull implements core.Model.
func (m *model) Pull(dst []float64, b *core.Batch, w []float64) error {
	mustLen("Pull: w", len(w), b.N)
	mustLen("Pull: dst", len(dst), m.spec.Parameters)
	mustLen("Pull: b.X", len(b.X), b.N*m.sites())
	m.x, m.logP, m.w = b.X, nil, w
	defer m.release()
	m.params.Clear()
	if m.held != 0 && b.ID == m.held {
		if err := m.pullSlab(0); err != nil {
			return err
		}
	} else if err := m.slabs(b.N, m.score, passing); err != nil {
		return err
	}
	m.params.Unload(dst)
	return nil
}

// cut says how n samples are cut into chunks.
func (m *model) cut(n int) par.Cut { return par.CutEvenly(n, m.net.chunk(), narrow) }

// slabs runs the task on all chunks of n samples, slab by slab of at most
// largest chunks; a pull-back follows each slab if weights are set.
func (m *model) slabs(n int, task par.Task[*chunk], largest int) error {
	m.held = 0
	cut := m.cut(n)
	m.chunks.Slab = max(1, min(largest, m.budget/max(1, m.bytes*cut.Width)))
	m.chunks.Prepare(cut)
	for s := range m.chunks.Slabs() {
		if err := m.chunks.Run(s, 1, task); err != nil {
			return err
		}
		if m.w == nil {
			continue
		}
		if err := m.pullSlab(s); err != nil {
			return err
		}
	}
	return nil
}

// pullSlab adds the slab's share to the gradients: Backward in parallel over
// the chunks, then Accumulate in parallel over tiles, chunks in order.
func (m *model) pullSlab(s int) error {
	if err := m.chunks.Run(s, 1, m.back); err != nil {
		return err
	}
	m.slab = m.chunks.Of(s)
	par.For(len(m.tiles), m.add)
	return nil
}

func (m *model) drawChunk(c *chunk, at par.Span) error {
	c.sample(m.net.block(), m.seed, at.From)
	err := c.finish(m.logP[at.From : at.From+at.N])
	c.store(m.x[at.From*m.sites():])
	return err
}

func (m *model) scoreChunk(c *chunk, at par.Span) error {
	if err := c.load(m.x[at.From*m.sites():], at.From); err != nil {
		return err
	}
	c.pass[0].forward()
	var logP []float64 // a pull-back does not ask for it
	if m.logP != nil {
		logP = m.logP[at.From : at.From+at.N]
	}
	return c.finish(logP)
}

func (m *model) backChunk(c *chunk, at par.Span) error {
	c.backward(m.w[at.From : at.From+at.N])
	return nil
}

func (m *model) addTile(i int) {
	for _, c := range m.slab {
		c.accumulate(m.tiles[i])
	}
}

// release forgets the caller's slices.
func (m *model) release() { m.x, m.logP, m.w = nil, nil, nil }

func (m *model) sites() int { return m.spec.Space.Size() }

func mustLen(what string, got, want int) {
	if got != want {
		panic(fmt.Sprintf("van: %s has length %d, want %d", what, got, want))
	}
}

// unit is the number in [0, 1) of 53 random bits.
func unit(bits uint64) float64 { return float64(bits>>11) * 0x1p-53 }

// logMeanExp is ln[(exp(a) + exp(b)) / 2].
func logMeanExp(a, b float64) float64 {
	return max(a, b) + math.Log1p(math.Exp(-math.Abs(a-b))) - math.Ln2
}
