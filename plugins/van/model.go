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
	net     network
	weights []weight
	spec    core.ModelSpec
	z2      bool
	budget  int // bytes of hidden states kept: memoryBudget

	full []*chunk // passes of full chunks; chunk i of a batch uses full[i % slab]
	rest *chunk   // passes of the last chunk, where it is shorter
	held uint64   // ID of the batch whose hidden states the passes hold, 0 if none

	// The call in progress: what the parallel tasks read.
	cut   cut
	first int // first chunk of the slab
	seed  uint64
	x     []float64
	logP  []float64
	w     []float64
	theta []float64 // parameters read by Load, gradients written by Pull
	errs  []error   // by chunk of the slab
	tasks []task

	pieces []piece

	// The tasks as values, made once, so that a step does not allocate.
	draw, score, back, add, load, clear, unload func(int)
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

// cut says how a batch is cut. It depends on the network and the batch only,
// never on the number of threads, and so do all results.
type cut struct {
	n, width, count int // samples, samples per full chunk, chunks
	slab            int // chunks held at once
}

// task is one tile of the gradient of one op of the tape.
type task struct{ op, tile int }

// piece is one part of so many of a Param, which stands at off in theta.
type piece struct {
	param            *grad.Param
	part, parts, off int
}

// pieceSize is the number of parameters that one task copies.
const pieceSize = 1 << 14

func newModel(net network, space core.Space, z2 bool) *model {
	m := &model{net: net, weights: net.weights(), z2: z2, budget: memoryBudget, spec: core.ModelSpec{Space: space}}
	if z2 {
		m.spec.Symmetries = []core.Symmetry{core.Z2}
	}
	for _, w := range m.weights {
		parts := 1 + w.Size()/pieceSize
		for k := range parts {
			m.pieces = append(m.pieces, piece{w.Param, k, parts, m.spec.Parameters})
		}
		m.spec.Parameters += w.Size()
		m.spec.Blocks = append(m.spec.Blocks, core.Block{Name: w.Name, Shape: w.Shape})
	}
	m.draw, m.score, m.back = m.drawChunk, m.scoreChunk, m.backChunk
	m.add, m.load, m.clear, m.unload = m.addTile, m.loadPiece, m.clearPiece, m.unloadPiece
	return m
}

// Spec implements core.Model.
func (m *model) Spec() core.ModelSpec { return m.spec }

// Init draws every parameter from its starting rule.
func (m *model) Init(theta []float64, seed uint64) error {
	mustLen("Init: theta", len(theta), m.spec.Parameters)
	var r rand.PCG
	for k, w := range m.weights {
		core.SeedStream(&r, seed, uint64(k))
		for i := range w.Size() {
			theta[i] = w.centre + w.bound*(2*uniform(&r)-1)
		}
		theta = theta[w.Size():]
	}
	return nil
}

// Load implements core.Model.
func (m *model) Load(theta []float64) error {
	mustLen("Load: theta", len(theta), m.spec.Parameters)
	m.held = 0
	m.theta = theta
	defer m.release()
	par.For(len(m.pieces), m.load)
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
	if m.cut.count <= m.cut.slab {
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
	m.x, m.logP, m.w, m.theta = b.X, nil, w, dst
	defer m.release()
	par.For(len(m.pieces), m.clear)
	if m.held != 0 && b.ID == m.held {
		m.pullSlab()
	} else if err := m.slabs(b.N, m.score, passing); err != nil {
		return err
	}
	par.For(len(m.pieces), m.unload)
	return nil
}

// slabs runs the task on all chunks of n samples, slab by slab of at most
// largest chunks; a pull-back follows each slab if weights are set.
func (m *model) slabs(n int, task func(int), largest int) error {
	m.held = 0
	m.prepare(n, largest)
	for m.first = 0; m.first < m.cut.count; m.first += m.cut.slab {
		size := m.slabSize()
		clear(m.errs)
		par.For(size, task)
		for _, err := range m.errs[:size] {
			if err != nil {
				return err
			}
		}
		if m.w != nil {
			m.pullSlab()
		}
	}
	m.first = 0
	return nil
}

// pullSlab adds the slab's share to the gradients: Backward in parallel over
// the chunks, then Accumulate in parallel over tiles, chunks in order.
func (m *model) pullSlab() {
	if m.cut.count == 0 {
		return
	}
	par.For(m.slabSize(), m.back)
	par.For(len(m.tasks), m.add)
}

func (m *model) slabSize() int { return min(m.cut.slab, m.cut.count-m.first) }

// chunkOf returns the passes of chunk k of the slab, and its first sample.
func (m *model) chunkOf(k int) (*chunk, int) {
	i := m.first + k
	if i == m.cut.count-1 && m.rest != nil {
		return m.rest, i * m.cut.width
	}
	return m.full[k], i * m.cut.width
}

func (m *model) drawChunk(k int) {
	c, first := m.chunkOf(k)
	c.sample(m.net.block(), m.seed, first)
	m.errs[k] = c.finish(m.logP[first : first+c.n])
	c.store(m.x[first*m.sites():])
}

func (m *model) scoreChunk(k int) {
	c, first := m.chunkOf(k)
	if err := c.load(m.x[first*m.sites():], first); err != nil {
		m.errs[k] = err
		return
	}
	c.pass[0].forward()
	var logP []float64 // a pull-back does not ask for it
	if m.logP != nil {
		logP = m.logP[first : first+c.n]
	}
	m.errs[k] = c.finish(logP)
}

func (m *model) backChunk(k int) {
	c, first := m.chunkOf(k)
	c.backward(m.w[first : first+c.n])
}

func (m *model) addTile(i int) {
	t := m.tasks[i]
	for k := range m.slabSize() {
		c, _ := m.chunkOf(k)
		c.accumulate(t)
	}
}

// thetaOf is the piece's Param in the caller's slice.
func (m *model) thetaOf(p piece) []float64 { return m.theta[p.off : p.off+p.param.Size()] }

func (m *model) loadPiece(k int) {
	p := m.pieces[k]
	p.param.LoadPart(m.thetaOf(p), p.part, p.parts)
}

func (m *model) clearPiece(k int) { m.pieces[k].param.ClearPart(m.pieces[k].part, m.pieces[k].parts) }

func (m *model) unloadPiece(k int) {
	p := m.pieces[k]
	p.param.UnloadPart(m.thetaOf(p), p.part, p.parts)
}

// release forgets the caller's slices.
func (m *model) release() { m.x, m.logP, m.w, m.theta = nil, nil, nil, nil }

func (m *model) sites() int { return m.spec.Space.Size() }

func mustLen(what string, got, want int) {
	if got != want {
		panic(fmt.Sprintf("van: %s has length %d, want %d", what, got, want))
	}
}

// prepare cuts n samples into chunks and makes sure that the passes of a slab
// exist.
func (m *model) prepare(n, largest int) {
	width, count := chunks(n, m.net.chunk())
	if width != m.cut.width {
		m.full, m.rest = nil, nil
	}
	m.cut = cut{n: n, width: width, count: count}
	if n == 0 {
		return
	}
	if len(m.full) == 0 {
		m.full = append(m.full, newChunk(m.net, width, m.z2))
		m.tasks = m.full[0].tasks()
	}
	m.cut.slab = max(1, min(count, largest, m.budget/m.full[0].bytes()))
	for len(m.full) < min(m.cut.slab, n/width) {
		m.full = append(m.full, newChunk(m.net, width, m.z2))
	}
	m.errs = append(m.errs, make([]error, max(0, m.cut.slab-len(m.errs)))...)
	switch last := n - (count-1)*width; {
	case last == width:
		m.rest = nil
	case m.rest == nil || m.rest.n != last:
		m.rest = newChunk(m.net, last, m.z2)
	}
}

// chunks cuts n samples into an even number of about equal chunks of at most
// largest samples: width each, but for the last. Full vectors of eight where
// that costs little.
func chunks(n, largest int) (width, count int) {
	if n == 0 {
		return 0, 0
	}
	count = (n + largest - 1) / largest
	count += count % 2
	width = (n + count - 1) / count
	if width > 64 {
		width = (width + 7) / 8 * 8
	}
	return width, (n + width - 1) / width
}

// uniform is a number in [0, 1) with 53 random bits.
func uniform(r *rand.PCG) float64 { return float64(r.Uint64()>>11) * 0x1p-53 }

// logMeanExp is ln[(exp(a) + exp(b)) / 2].
func logMeanExp(a, b float64) float64 {
	return max(a, b) + math.Log1p(math.Exp(-math.Abs(a-b))) - math.Ln2
}
