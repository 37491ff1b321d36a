package states

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
)

// Options of a Model. The zero values of the network's sizes stand for those of
// arXiv:2201.03156: 2 layers of width 16, with 4 heads of 4 and 32 hidden units.
type Options struct {
	Particles int
	// Kinds is how many of them have each spin, one spin after the other; nil: all have one.
	Kinds []int
	// Orbitals are the quantum numbers that the network reads, and whose squares are
	// the energies of the free gas: see PlaneWaves.
	Orbitals [][]float64

	Width, Layers, Heads, Key, Hidden int

	// Prior lets the network's logits add to those of the free gas at Theta, its
	// temperature in units of the Fermi temperature, that of the spin of most electrons.
	// Without, they add to zero.
	Prior bool
	Theta float64
	// Pretrain is the number of steps by which Init fits a network without prior to
	// the free gas at Theta.
	Pretrain int
}

// Model is p(K).
type Model struct {
	n, m     int // electrons, orbitals of each spin
	kinds    []int
	spins    []spin // of each electron
	orbitals [][]float64
	energies []float64 // of the orbitals, in units of the temperature; nil without Theta
	prior    []float64 // electron x orbital
	net      *network
	pretrain int

	chunks par.Pool[*chunk]
	// The call in progress: what the parallel tasks read and write.
	seed   uint64
	first  int // number of the batch's first draw
	k      []int32
	logP   []float64
	w      []float64
	dst    []float64 // scores, with
	stride int       // numbers between two rows
	layout par.Layout
	sums   []float64 // gradients of the segments

	draw, score, pull, scores par.Task[*chunk]
}

// New checks o and returns its model, with all parameters zero.
func New(o Options) (*Model, error) {
	o.defaults()
	if err := o.check(); err != nil {
		return nil, err
	}
	m := &Model{n: o.Particles, m: len(o.Orbitals), kinds: o.Kinds, spins: spinsOf(o.Kinds), orbitals: o.Orbitals, net: newNetwork(o), pretrain: o.Pretrain}
	m.prior = make([]float64, m.n*m.m)
	if o.Theta > 0 {
		unit := fermiUnit(slices.Max(m.kinds), len(o.Orbitals[0])) / o.Theta
		for _, v := range o.Orbitals {
			m.energies = append(m.energies, unit*norm2(v))
		}
	}
	if o.Prior {
		m.prior = m.prior[:0]
		for _, n := range m.kinds {
			m.prior = append(m.prior, freeGas(n, m.energies)...)
		}
	}
	m.chunks.Open = func(int) *chunk { return newChunk(m) }
	m.draw, m.score, m.pull, m.scores = m.drawChunk, m.scoreChunk, m.pullChunk, m.scoresChunk
	return m, nil
}

func (o *Options) defaults() {
	if o.Kinds == nil {
		o.Kinds = []int{o.Particles}
	}
	for _, d := range []struct {
		size  *int
		value int
	}{{&o.Width, 16}, {&o.Layers, 2}, {&o.Heads, 4}, {&o.Key, 4}, {&o.Hidden, 2 * max(o.Width, 16)}} {
		if *d.size == 0 {
			*d.size = d.value
		}
	}
}

// check reports what the caller's schema cannot.
func (o *Options) check() error {
	invalid := func(hint, format string, args ...any) error {
		return &core.Error{Kind: core.Invalid, Op: "open model", Subject: "states", Err: fmt.Errorf(format, args...), Hint: hint}
	}
	switch {
	case o.Particles < 1:
		return invalid("", "%d electrons", o.Particles)
	case len(o.Orbitals) < slices.Max(o.Kinds):
		return invalid("raise e_max", "%d electrons do not fit into %d orbitals", slices.Max(o.Kinds), len(o.Orbitals))
	case (o.Prior || o.Pretrain > 0) && !(o.Theta > 0 && o.Theta < math.Inf(1)):
		return invalid("set theta_0 to the temperature of the run in units of the Fermi temperature", "the free gas needs a temperature, theta_0 > 0, got %v", o.Theta)
	case o.Prior && o.Pretrain > 0:
		return invalid(`leave pretrain out, or set prior = "none"`, "with the free gas as prior there is nothing to pretrain")
	}
	return nil
}

// Parameters is the length of theta.
func (m *Model) Parameters() int { return m.net.params.Size() }

// Blocks names the pieces of theta. Matrices have the bias as their last column.
func (m *Model) Blocks() []core.Block {
	var blocks []core.Block
	for _, p := range m.net.params.Blocks() {
		blocks = append(blocks, core.Block{Name: p.Name, Shape: p.Shape})
	}
	return blocks
}

// Init writes starting parameters, those with which p is the prior, and then takes
// the steps of pretraining. Those are errors of kind Numeric.
func (m *Model) Init(theta []float64, seed uint64) error {
	m.mustLen("Init: theta", len(theta), m.Parameters())
	r := rand.New(rand.NewPCG(core.Derive(seed, 1), core.Derive(seed, 2)))
	m.net.params.Start(theta, func(int) *rand.Rand { return r })
	return m.fit(theta, core.Derive(seed, 3))
}

// Load copies theta, for all later calls.
func (m *Model) Load(theta []float64) {
	m.mustLen("Load: theta", len(theta), m.Parameters())
	m.net.params.Load(theta)
}

// Sample draws len(logP) states into k, row-major and each in increasing order, of each spin, with
// their ln p: from number first on of those that the seed decides.
func (m *Model) Sample(k []int32, logP []float64, seed uint64, first int) error {
	m.mustLen("Sample: k", len(k), len(logP)*m.n)
	m.k, m.logP, m.seed, m.first = k, logP, seed, first
	m.each(len(logP), m.draw)
	m.k, m.logP = nil, nil
	return m.finite(logP)
}

// LogProb writes ln p of the given states. One that is no increasing list of orbitals
// is an error of kind Invalid.
func (m *Model) LogProb(logP []float64, k []int32) error {
	if err := m.check(k, len(logP)); err != nil {
		return err
	}
	m.k, m.logP = k, logP
	m.each(len(logP), m.score)
	m.k, m.logP = nil, nil
	return m.finite(logP)
}

// Pull writes sum_b w_b grad ln p(K_b) into dst.
//
// K_b are the rows of a sum.
func (m *Model) Pull(dst []float64, rows par.Rows, k []int32, w []float64) error {
	m.mustLen("Pull: dst", len(dst), m.Parameters())
	if err := m.check(k, len(w)); err != nil {
		return err
	}
	m.k, m.w = k, w
	cut := par.Cut{Rows: rows, Width: width, Full: true, Across: true}
	cut.Lay(&m.layout)
	m.sums = core.Resize(m.sums, len(m.layout.Segments)*len(dst))
	_ = m.chunks.Each(cut, m.pull) // it does not fail
	m.net.params.SumRows(dst, m.sums, m.layout.Segments)
	m.k, m.w = nil, nil
	return nil
}

// Scores writes grad ln p(K_b) into row b of scores, a matrix of as many rows as there
// are states in k, each stride numbers behind the one before, and Parameters() columns.
func (m *Model) Scores(scores []float64, stride int, k []int32) error {
	n := len(k) / m.n
	m.mustLen("Scores", min(len(scores), n*stride), n*stride)
	if err := m.check(k, n); err != nil {
		return err
	}
	m.k, m.dst, m.stride = k, scores, stride
	m.each(n, m.scores)
	m.k, m.dst = nil, nil
	return nil
}

func (m *Model) drawChunk(c *chunk, at par.Span) error {
	c.draw(m.seed, m.first+at.From)
	copy(m.logP[at.From:at.From+at.N], c.logP)
	for s := range at.N {
		for i := range m.n {
			m.k[(at.From+s)*m.n+i] = c.electron(i)[s]
		}
	}
	return nil
}

func (m *Model) scoreChunk(c *chunk, at par.Span) error {
	c.load(m.k, at)
	copy(m.logP[at.From:at.From+at.N], c.logP)
	return nil
}

func (m *Model) pullChunk(c *chunk, at par.Span) error {
	c.load(m.k, at)
	var w [width]float64
	copy(w[:at.N], m.w[at.From:])
	c.pull(w[:])
	p, of := m.Parameters(), m.layout.Chunks[at.Chunk]
	for i, s := range m.layout.Segments[of.First:][:of.Segments] {
		c.gradient(m.sums[(of.First+i)*p:][:p], w[:], s.From, s.From+s.N)
	}
	return nil
}

func (m *Model) scoresChunk(c *chunk, at par.Span) error {
	c.load(m.k, at)
	var w [width]float64
	for s := range w {
		w[s] = 1
	}
	c.pull(w[:])
	p := m.Parameters()
	for s := range at.N {
		c.gradient(m.dst[(at.From+s)*m.stride:][:p], w[:], s, s+1)
	}
	return nil
}

// each runs a task, which does not fail, on all chunks of n states.
func (m *Model) each(n int, task par.Task[*chunk]) {
	m.chunks.Each(par.Cut{Rows: par.All(n), Width: width, Full: true}, task)
}

// check panics unless k has n states, and refuses what is no state.
func (m *Model) check(k []int32, n int) error {
	m.mustLen("k", len(k), n*m.n)
	for i, orbital := range k {
		low := int32(0)
		if !m.spins[i%m.n].first {
			low = k[i-1] + 1
		}
		if orbital < low || int(orbital) >= m.m {
			return core.Errorf(core.Invalid, "evaluate ln p(K)", "states",
				"state %d is %v, no increasing list of orbitals 0 ... %d%s", i/m.n, k[i/m.n*m.n:][:m.n], m.m-1, m.ofEachSpin())
		}
	}
	return nil
}

// ofEachSpin says so where there are two.
func (m *Model) ofEachSpin() string {
	if len(m.kinds) == 1 {
		return ""
	}
	return fmt.Sprintf(" for each of %v electrons", m.kinds)
}

func (m *Model) finite(logP []float64) error {
	for i, v := range logP {
		if v-v != 0 {
			return &core.Error{Kind: core.Numeric, Op: "evaluate ln p(K)", Subject: "states",
				Err: fmt.Errorf("ln p of state %d is %v", i, v), Hint: "a parameter is not finite: try a smaller learning rate"}
		}
	}
	return nil
}

func (m *Model) mustLen(what string, got, want int) {
	if got != want {
		panic(fmt.Sprintf("states: %s has length %d, want %d", what, got, want))
	}
}
