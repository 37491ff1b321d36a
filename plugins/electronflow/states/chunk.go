package states

import (
	"math/rand/v2"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
)

// width is the number of samples in a chunk: two tiles of the matrix product that
// the linear layers are made of, and small enough for the second cache.
const width = 48

// chunk is width samples with what the network computes for them. Its tokens are all
// electrons but the last, which nobody follows.
type chunk struct {
	*trunk
	model  *Model
	k      []int32 // electron x sample
	logP   []float64
	choice choice
	first  []float64 // probabilities of the first electron's choice
	stream []rand.PCG
	turned []float64 // values and adjoints, sample by sample
}

func newChunk(m *Model) *chunk {
	c := &chunk{
		trunk: newTrunk(m.net, m.n-1, width), model: m,
		k: make([]int32, m.n*width), logP: make([]float64, width), choice: newChoice(m.m),
		first: make([]float64, m.m), stream: make([]rand.PCG, width),
	}
	c.turned = make([]float64, c.scratchSize())
	return c
}

// electron lists the orbitals that electron i has in all samples.
func (c *chunk) electron(i int) []int32 { return c.k[i*width:][:width] }

// draw draws the states of samples from, from+1, ... Each has a stream of its own and
// reads one number per electron.
func (c *chunk) draw(seed uint64, from int) {
	for s := range c.stream {
		core.SeedStream(&c.stream[s], seed, uint64(from+s))
	}
	c.each(func(_, s int) int { return c.choice.draw(float64(c.stream[s].Uint64()>>11) * 0x1p-53) })
}

// load evaluates the states of k that are at. The first of them fills the chunk.
func (c *chunk) load(k []int32, at par.Span) {
	n := c.model.n
	for s := range width {
		one := k[at.From*n:][:n]
		if s < at.N {
			one = k[(at.From+s)*n:][:n]
		}
		for i, orbital := range one {
			c.electron(i)[s] = orbital
		}
	}
	c.evaluate()
}

// evaluate computes ln p of the states in k.
func (c *chunk) evaluate() {
	c.each(func(i, s int) int { return int(c.electron(i)[s]) })
}

// each goes through the electrons, and for each through the samples, whose choices
// it asks for. The probabilities of the choices replace the logits.
func (c *chunk) each(choose func(i, s int) int) {
	m := c.model
	clear(c.logP)
	for i := range m.n {
		prior := m.prior[i*m.m:][:m.m]
		var logits []float64
		if i == 0 {
			lo, hi := m.allowed(0, -1)
			c.choice.set(m.net.first.W.Val, 1, prior, lo, hi)
			c.choice.store(c.first, 1)
		} else {
			logits = c.logits.At(c.logits.Val, i-1)
		}
		for s := range width {
			if i > 0 {
				lo, hi := m.allowed(i, int(c.electron(i - 1)[s]))
				c.choice.set(logits[s:], width, prior, lo, hi)
				c.choice.store(logits[s:], width)
			}
			k := choose(i, s)
			c.electron(i)[s] = int32(k)
			c.logP[s] += c.choice.logP(k)
		}
		if i < m.n-1 {
			c.token(i)
			c.step(i)
		}
	}
}

// token sets the network's input: the wave vectors of electron i, and where there are two spins
// which is its own, and which that of the electron whose logits follow.
func (c *chunk) token(i int) {
	x := c.x.At(c.x.Val, i)
	if marks := c.model.net.marks; marks > 0 {
		d, spins := c.model.net.embed.In-2*marks, c.model.spins
		clear(x[d*width:])
		for s := range width {
			x[(d+spins[i].kind)*width+s], x[(d+marks+spins[i+1].kind)*width+s] = 1, 1
		}
	}
	for s, k := range c.electron(i) {
		for a, v := range c.model.orbitals[k] {
			x[a*width+s] = v
		}
	}
}

// pull computes all adjoints for sum_s w_s ln p(K_s). It follows draw or evaluate.
func (c *chunk) pull(w []float64) {
	for t := range c.tokens {
		p, bar := c.logits.At(c.logits.Val, t), c.logits.At(c.logits.Adj, t)
		for i, v := range p {
			bar[i] = -w[i%width] * v
		}
		for s, k := range c.electron(t + 1) {
			bar[int(k)*width+s] += w[s]
		}
	}
	c.back()
	c.turn(c.turned)
}

// gradient writes what samples from to to-1, with the weights w, add to the gradient.
func (c *chunk) gradient(dst, w []float64, from, to int) {
	first := c.model.net.first.W.In(dst)
	sum := 0.0
	for s := from; s < to; s++ {
		sum += w[s]
	}
	for k, p := range c.first {
		first[k] = -sum * p
	}
	for s := from; s < to; s++ {
		first[c.electron(0)[s]] += w[s]
	}
	c.sum(dst, from, to)
}
