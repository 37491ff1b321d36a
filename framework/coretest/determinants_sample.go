package coretest

import (
	"math"
	"math/rand/v2"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

func (m *determinants) Sample(dst *core.Batch, seed uint64, n int) error {
	dst.Reset(n, m.n*m.dim)
	m.drawn++
	dst.ID, dst.K = m.drawn, core.Resize(dst.K, n*m.n)
	if m.Walk {
		m.walk(dst, seed)
	} else {
		m.draw(dst, seed)
	}
	for i := range n {
		k, _ := m.one(dst, i)
		dst.LogP[i] = m.logP[m.state(k)]
	}
	if m.Warn {
		m.warned++
	}
	return nil
}

// draw fills K and X with independent draws.
func (m *determinants) draw(b *core.Batch, seed uint64) {
	var source rand.PCG
	for i := range b.N {
		core.SeedStream(&source, seed, uint64(b.From+i))
		r := rand.New(&source)
		k, x := m.one(b, i)
		copy(k, m.anyState(r))
		m.positions(r, k, x)
	}
}

// anyState draws K ~ p(K).
func (m *determinants) anyState(r *rand.Rand) []int32 {
	u := r.Float64()
	for j, l := range m.logP {
		if u -= math.Exp(l); u < 0 {
			return m.states[j]
		}
	}
	return m.states[len(m.states)-1] // u is 1 to rounding
}

// positions draws x ~ |Psi_K|^2, one particle after the other. The density of
// the next, given some, is |P phi(y)|^2 with phi(y) the vector of the occupied
// orbitals at y and P the projection on what is orthogonal to those of the
// particles that are there (Hough, Krishnapur, Peres and Virag, Probab. Surveys
// 3, 206 (2006), algorithm 18). It is drawn by rejection from |phi(y)|^2.
func (m *determinants) positions(r *rand.Rand, k []int32, x []float64) {
	var basis [][]float64 // orthonormal, of the particles that are there
	phi, y := make([]float64, m.n), make([]float64, m.dim)
	for len(basis) < m.n {
		for a, quanta := range m.levels[k[r.IntN(m.n)]] {
			y[a] = position(r, int(quanta))
		}
		m.tabulate(y)
		for j, orbital := range k {
			phi[j], _ = m.orbital(orbital, y)
		}
		all := dot(phi, phi)
		for _, e := range basis {
			along := dot(e, phi)
			for j := range phi {
				phi[j] -= along * e[j]
			}
		}
		left := dot(phi, phi)
		if r.Float64()*all >= left {
			continue
		}
		e := make([]float64, m.n)
		for j := range phi {
			e[j] = phi[j] / math.Sqrt(left)
		}
		for a := range y {
			x[len(basis)*m.dim+a] = math.Exp(m.s) * y[a]
		}
		basis = append(basis, e)
	}
}

// position draws from the density phi_n^2 of an oscillator function: of none is
// it above 0.6, and beyond 9 it is below 1e-16 for all that are used.
func position(r *rand.Rand, n int) float64 {
	var phi, slope [mostQuanta + 1]float64
	for {
		y := 9 * (2*r.Float64() - 1)
		hermite(phi[:n+1], slope[:n+1], y)
		if 0.6*r.Float64() < phi[n]*phi[n] {
			return y
		}
	}
}

// chains are the Markov chains of a density matrix, on p(K) |Psi_K(x)|^2.
type chains struct {
	k []int32
	x []float64
}

// moves of a chain from draw to draw.
const moves = 10

// walk moves each chain: K to a draw from p, accepted as |Psi|^2 changes, and
// all of x by normal steps. New chains start with independent draws, so that
// there is nothing to burn.
func (m *determinants) walk(b *core.Batch, seed uint64) {
	c := &m.chains
	if len(c.k) != len(b.K) {
		m.draw(b, core.Derive(seed, 3))
		c.k, c.x = append([]int32(nil), b.K...), append([]float64(nil), b.X...)
	}
	copy(b.K, c.k)
	copy(b.X, c.x)
	b.Chains, b.Accept = b.N, core.Resize(b.Accept, b.N)
	var source rand.PCG
	next := make([]float64, m.n*m.dim)
	for i := range b.N {
		core.SeedStream(&source, seed, uint64(b.From+i))
		r := rand.New(&source)
		k, x := m.one(b, i)
		here, _, _ := m.wave(k, x)
		accepted := 0
		for range moves {
			other := m.anyState(r)
			if there, _, _ := m.wave(other, x); r.Float64() < math.Exp(2*real(there-here)) {
				copy(k, other)
				here = there
			}
			for j, v := range x {
				next[j] = v + 0.5*math.Exp(m.s)*r.NormFloat64()
			}
			if there, _, _ := m.wave(k, next); r.Float64() < math.Exp(2*real(there-here)) {
				copy(x, next)
				here = there
				accepted++
			}
		}
		b.Accept[i] = float64(accepted) / moves
	}
	copy(c.k, b.K)
	copy(c.x, b.X)
}

// Walkers are K and then x of every chain.
func (m *determinants) Walkers() ([]float64, error) {
	var state []float64
	for _, k := range m.chains.k {
		state = append(state, float64(k))
	}
	return append(state, m.chains.x...), nil
}

func (m *determinants) SetWalkers(state []float64) error {
	n := len(state) / (1 + m.dim) // particles of all chains
	if len(state) != n*(1+m.dim) || n%m.n != 0 {
		return core.Errorf(core.Invalid, "set_walkers", "determinants", "%d numbers are not those of chains of %d particles", len(state), m.n)
	}
	m.chains = chains{k: make([]int32, n), x: append([]float64(nil), state[n:]...)}
	for j, k := range state[:n] {
		m.chains.k[j] = int32(k)
	}
	return nil
}
