package autoregressive

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/grad"
	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// Options of a Model.
type Options[T tensor.Real] struct {
	Name    string // of the model, in errors
	Network Network[T]
	Space   core.Space // spins or levels
	Z2      bool       // symmetrised under the flip of all spins
	Budget  int        // bytes of hidden states that are kept; 0 for the constant Budget
}

// Model is a network as a density. It cuts a batch into chunks of samples and
// keeps, for every chunk, what the network computed (its passes), so that the
// pull-back of a batch just drawn needs no forward pass. Batches too large for
// the budget go through the same chunks slab by slab and are recomputed.
type Model[T tensor.Real] struct {
	o      Options[T]
	params *grad.Params[T]
	spec   core.ModelSpec

	chunks par.Pool[*chunk[T]]
	held   held
	scored []float64 // the configurations of a batch that is held without an ID
	bytes  int       // of the hidden states of one sample
	tiles  []tile    // of all gradients

	sums   par.Pool[*grad.Stack[T]] // for tiles, where one slab has the whole batch
	stacks []grad.Stack[T]          // one for each tile, where it has not

	// The call in progress: what the parallel tasks read.
	pieces []piece    // whose sum is made
	part   par.Layout // of some of the batch that is held
	seed   uint64
	first  int // number of the batch's first draw
	skip   int // samples that are held before the batch begins
	x      []float64
	logP   []float64
	w      []float64
	given  given

	// The tasks as values, made once, so that a step does not allocate.
	draw, score, back, head par.Task[*chunk[T]]
	sum                     par.Task[*grad.Stack[T]]
	add, take               func(int)
}

// piece is a segment, and its number in its chunk.
type piece struct {
	par.Segment
	number int
}

// held is the batch whose hidden states the chunks hold: its ID, 0 if there is no batch or
// LogProb was given it, and its place.
type held struct {
	id uint64
	par.Rows
}

// Budget bounds the hidden states kept and their adjoints, in bytes; the
// transposed copies that layers make for their gradients, and with Z2 what the first one keeps,
// add up to a third.
// It holds 1000 samples of the networks of arXiv:1809.10606 on 16x16 sites: 0.14 GB
// for MADE, 2.1 GB for PixelCNN. A constant, because a gradient from states that
// were kept and one from spins differ in the last digits: results must not
// depend on the machine's memory.
const Budget = 2 << 30

// passing is the slab of a batch whose hidden states nobody will ask for: chunks
// enough for the processors of one machine.
const passing = 64

// New makes the model. Z2 is for spins: levels have no flip, and New panics.
func New[T tensor.Real](o Options[T]) *Model[T] {
	if o.Z2 && o.Space.Kind != core.Spins {
		panic(fmt.Sprintf("autoregressive: %s: Z2 flips spins, the space has %v", o.Name, o.Space))
	}
	if o.Budget == 0 {
		o.Budget = Budget
	}
	m := &Model[T]{o: o, params: grad.NewParams(o.Network.Params()...)}
	m.spec = core.ModelSpec{Space: o.Space, Parameters: m.params.Size()}
	if grad.Bytes[T]() < grad.Bytes[float64]() {
		m.spec.Precision = core.SinglePrecision
	}
	if o.Z2 {
		m.spec.Symmetries = []core.Symmetry{core.Z2}
	} else {
		m.spec.Powers = []core.Power{core.PowerComplete}
	}
	for _, p := range m.params.Blocks() {
		m.spec.Blocks = append(m.spec.Blocks, core.Block{Name: p.Name, Shape: p.Shape})
	}
	one := newChunk(o, 1)
	m.bytes, m.tiles = one.bytes(), one.tiles()
	m.spec.Memory = m.memory(len(one.pass))
	m.chunks.Open = func(n int) *chunk[T] { return newChunk(o, n) }
	m.sums.Open = func(int) *grad.Stack[T] { return &grad.Stack[T]{} }
	m.draw, m.score, m.back, m.head = m.drawChunk, m.scoreChunk, m.backPass, m.backHead
	m.sum, m.add, m.take = m.sumTile, m.addTile, m.takeTile
	return m
}

// ParameterBytes are the value and the gradient of a parameter.
func ParameterBytes[T tensor.Real]() float64 { return float64(grad.Bytes[T]() + grad.Bytes[float64]()) }

// memory is that of the weights with their gradients, and of the hidden states of a batch
// with their adjoints, of which the budget or one chunk are kept.
func (m *Model[T]) memory(passes int) core.Memory {
	each := float64(m.bytes + grad.Bytes[T]()*passes*m.sites())
	chunk, _ := m.o.Network.Chunk()
	return core.Memory{Fixed: ParameterBytes[T]() * float64(m.spec.Parameters), PerConfiguration: each, Most: max(float64(m.o.Budget), each*float64(chunk))}
}

// Spec implements core.Model.
func (m *Model[T]) Spec() core.ModelSpec { return m.spec }

// Init draws every parameter from its starting rule.
func (m *Model[T]) Init(theta []float64, seed uint64) error {
	mustLen("Init: theta", len(theta), m.spec.Parameters)
	m.params.Start(theta, core.Streams(seed))
	return nil
}

// Load implements core.Model.
func (m *Model[T]) Load(theta []float64) error {
	mustLen("Load: theta", len(theta), m.spec.Parameters)
	m.held = held{}
	m.params.Load(theta)
	return nil
}

// Sample implements core.Density. Sample i reads its own random stream: one
// number per site, and one for the flip of all spins with Z2.
func (m *Model[T]) Sample(dst *core.Batch, seed uint64, n int) error {
	dst.Reset(n, m.sites())
	m.seed, m.first, m.x, m.logP = seed, dst.From, dst.X, dst.LogP
	defer m.release()
	rows := par.RowsOf(dst.Place())
	if err := m.slabs(rows, m.draw, n); err != nil {
		return err
	}
	// The ID is a name, no result depends on it; random, so that two models do
	// not take each other's batches for their own.
	dst.ID = rand.Uint64() | 1
	if m.fits(rows) {
		m.held = held{dst.ID, rows}
	}
	return nil
}

// LogProb implements core.Density. It returns an Invalid error if a component
// of x is no state. A pull-back of the same configurations needs no forward pass either.
func (m *Model[T]) LogProb(dst, x []float64) error {
	mustLen("LogProb: x", len(x), len(dst)*m.sites())
	m.x, m.logP = x, dst
	defer m.release()
	rows := par.RowsOf(0, len(dst), len(dst), core.SharesOf(len(dst), 0)) // as of a pull-back
	if !m.fits(rows) {
		return m.slabs(rows, m.score, passing)
	}
	if err := m.slabs(rows, m.score, rows.N); err != nil {
		return err
	}
	m.held, m.scored = held{0, rows}, append(m.scored[:0], x...)
	return nil
}

// Pull implements core.Model.
func (m *Model[T]) Pull(dst []float64, b *core.Batch, w []float64) error {
	mustLen("Pull: w", len(w), b.N)
	mustLen("Pull: dst", len(dst), m.spec.Parameters)
	mustLen("Pull: b.X", len(b.X), b.N*m.sites())
	m.x, m.logP, m.w = b.X, nil, w
	defer m.release()
	m.params.Clear()
	rows := par.RowsOf(b.Place())
	if !m.pullHeld(b.ID, rows) && !m.pullScored(b.X, rows) {
		if err := m.slabs(rows, m.score, passing); err != nil {
			return err
		}
	}
	m.params.Unload(dst)
	return nil
}

// cut says how samples are cut into chunks.
func (m *Model[T]) cut(rows par.Rows) par.Cut {
	width, across := m.o.Network.Chunk()
	return par.Cut{Rows: rows, Width: width, Across: across}
}

// fits tells whether the hidden states are kept, which is decided for the whole that
// a batch is part of.
func (m *Model[T]) fits(rows par.Rows) bool { return m.bytes*rows.Total <= m.o.Budget }

// slabs runs the task on all chunks of samples, slab by slab of at most
// largest chunks; a pull-back follows each slab if weights are set.
func (m *Model[T]) slabs(rows par.Rows, task par.Task[*chunk[T]], largest int) error {
	m.held = held{}
	for i := range m.stacks {
		m.stacks[i].Reset() // an error may have left some of a gradient there
	}
	cut := m.cut(rows)
	m.chunks.Slab = max(1, min(largest, m.o.Budget/max(1, m.bytes*cut.Width)))
	if largest == rows.N && m.fits(rows) {
		m.chunks.Slab = largest
	}
	m.chunks.Prepare(cut)
	for s := range m.chunks.Slabs() {
		if err := m.chunks.Run(s, 1, task); err != nil {
			return err
		}
		if m.w == nil {
			continue
		}
		m.setPieces(m.chunks.Of(s))
		m.backward()
		m.sumTiles(m.chunks.Slabs() > 1)
	}
	if m.w != nil && m.chunks.Slabs() > 1 {
		par.For(len(m.tiles), m.take)
	}
	return nil
}

// pullHeld pulls the batch drawn last back, or some of it, from the hidden states
// that are kept; false if they are not.
func (m *Model[T]) pullHeld(id uint64, rows par.Rows) bool {
	h := m.held
	from := rows.From - h.From
	if rows.N == 0 || id == 0 || id != h.id || rows.Total != h.Total || rows.Shares != h.Shares || from < 0 || from+rows.N > h.N {
		return false
	}
	m.cut(rows).Lay(&m.part)
	layout := m.chunks.Layout()
	place := func(l par.Layout, s par.Segment) int { return l.Chunks[s.Chunk].From + s.From }
	at := slices.IndexFunc(layout.Segments, func(s par.Segment) bool { return place(layout, s) == from })
	if at < 0 || at+len(m.part.Segments) > len(layout.Segments) {
		return false
	}
	m.setPieces(at, layout.Segments[at:][:len(m.part.Segments)])
	for k, s := range m.part.Segments {
		p := &m.pieces[k]
		if place(layout, p.Segment) != from+place(m.part, s) || p.N != s.N {
			return false
		}
		p.Opens, p.Merges = s.Opens, s.Merges
	}
	m.skip = from
	m.backward()
	m.sumTiles(false)
	return true
}

// pullScored pulls back the batch that LogProb was given last, if its rows are cut into
// the same chunks; the segments may be others.
func (m *Model[T]) pullScored(x []float64, rows par.Rows) bool {
	if m.held.id != 0 || rows.N == 0 || rows.N != m.held.N || !slices.Equal(x, m.scored) {
		return false
	}
	cut := m.cut(rows)
	cut.Lay(&m.part)
	if !slices.EqualFunc(m.part.Chunks, m.chunks.Layout().Chunks, func(a, b par.Chunk) bool { return a.From == b.From && a.N == b.N }) {
		return false
	}
	m.chunks.Prepare(cut) // the chunks keep their workspaces
	m.setPieces(m.chunks.Of(0))
	m.backward()
	m.sumTiles(false)
	return true
}

// backward computes the adjoints of the chunks that have the pieces: the passes of a
// chunk are tasks of their own, which join in their first layers.
func (m *Model[T]) backward() {
	first, last := m.pieces[0].Chunk, m.pieces[len(m.pieces)-1].Chunk
	passes := 1
	if m.o.Z2 {
		passes = 2
	}
	_ = m.chunks.RunSome(first, last-first+1, passes, m.back) // going back does not fail
	_ = m.chunks.RunSome(first, last-first+1, 1, m.head)
}

// sumTiles adds the chunks of a slab to the gradients, in parallel over tiles: of
// all chunks there are, or as one slab of several.
func (m *Model[T]) sumTiles(several bool) {
	if !several {
		_ = m.sums.Each(par.CutBy(par.All(len(m.tiles)), 1), m.sum) // sums do not fail
		return
	}
	if m.stacks == nil {
		m.stacks = make([]grad.Stack[T], len(m.tiles))
	}
	par.For(len(m.tiles), m.add)
}

func (m *Model[T]) sumTile(s *grad.Stack[T], at par.Span) error {
	t := m.tiles[at.From]
	m.stackTile(s, t)
	m.chunks.Work(0).addTile(t, s.Take(t.size))
	return nil
}

func (m *Model[T]) addTile(i int) { m.stackTile(&m.stacks[i], m.tiles[i]) }

func (m *Model[T]) takeTile(i int) {
	m.chunks.Work(0).addTile(m.tiles[i], m.stacks[i].Take(m.tiles[i].size))
}

// stackTile adds the slab to a tile.
func (m *Model[T]) stackTile(s *grad.Stack[T], t tile) {
	for _, p := range m.pieces {
		m.chunks.Work(p.Chunk).accumulate(t, p.number, s.Top(p.Segment, t.size))
		s.Merge(p.Segment, t.size)
	}
}

// setPieces takes segments of the chunks, from number first on.
func (m *Model[T]) setPieces(first int, all []par.Segment) {
	m.pieces = m.pieces[:0]
	for k, s := range all {
		m.pieces = append(m.pieces, piece{s, first + k - m.chunks.Layout().Chunks[s.Chunk].First})
	}
}

func (m *Model[T]) drawChunk(c *chunk[T], at par.Span) error {
	c.sample(m.o.Network.Block(), m.seed, m.first+at.From, at.From, m.given)
	err := c.finish(m.logP[at.From : at.From+at.N])
	c.store(m.x[at.From*m.sites():])
	return err
}

func (m *Model[T]) scoreChunk(c *chunk[T], at par.Span) error {
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

func (m *Model[T]) backPass(c *chunk[T], at par.Span) error {
	layout := m.chunks.Layout()
	k := layout.Chunks[at.Chunk]
	c.pass[at.Part].segment(layout.Segments[k.First:][:k.Segments])
	c.backward(at.Part, m.w, m.skip-at.From)
	return nil
}

func (m *Model[T]) backHead(c *chunk[T], _ par.Span) error {
	c.head.Backward()
	return nil
}

// release forgets the caller's slices.
func (m *Model[T]) release() { m.x, m.logP, m.w, m.skip, m.given = nil, nil, nil, 0, given{} }

func (m *Model[T]) sites() int { return m.spec.Space.Size() }

func mustLen(what string, got, want int) {
	if got != want {
		panic(fmt.Sprintf("autoregressive: %s has length %d, want %d", what, got, want))
	}
}

// logMeanExp is ln[(exp(a) + exp(b)) / 2].
func logMeanExp(a, b float64) float64 {
	return max(a, b) + math.Log1p(math.Exp(-math.Abs(a-b))) - math.Ln2
}
