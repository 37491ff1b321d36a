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

// DrawStates implements core.StateDrawer.
func (m *determinants) DrawStates(x []float64, k []int32, u []float64) error {
	var source rand.PCG
	d := m.n * m.dim
	for i := range len(x) / d {
		core.SeedBy(&source, u[i*d:(i+1)*d])
		m.positions(rand.New(&source), k[i*m.n:(i+1)*m.n], x[i*d:(i+1)*d])
	}
	return nil
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

// moves of a chain from draw to draw.
const moves = 10

// longest and shortest are the lengths of a step in x: from draw to draw the chains
// come half way from one to the other. It is a number that all chains share.
const longest, shortest = 1, 0.5

// walk moves each chain on p(K) |Psi_K(x)|^2: K to a draw from p, accepted as |Psi|^2
// changes, and all of x by normal steps. New chains start with independent draws, so
// that there is nothing to burn. The row of a chain is K, then x.
func (m *determinants) walk(b *core.Batch, seed uint64) {
	if !m.chains.Has(b, b.N) {
		m.draw(b, core.Derive(seed, 3))
		m.chains = core.NewState(b, b.N, m.n*(1+m.dim))
		m.chains.Whole = []float64{longest}
		for i := range b.N {
			m.keep(b, i)
		}
	}
	b.Chains, b.Accept = b.N, core.Resize(b.Accept, b.N)
	length := m.chains.Whole[0] * math.Exp(m.s)
	var source rand.PCG
	for i := range b.N {
		k, x := m.one(b, i)
		row := m.chains.Row(i)
		for j := range k {
			k[j] = int32(row[j])
		}
		copy(x, row[m.n:])
		core.SeedStream(&source, seed, uint64(b.From+i))
		b.Accept[i] = m.move(rand.New(&source), k, x, length)
		m.keep(b, i)
	}
	m.chains.Whole[0] = (m.chains.Whole[0] + shortest) / 2
}

// move makes the moves of one chain, and returns the fraction of those in x that were
// accepted.
func (m *determinants) move(r *rand.Rand, k []int32, x []float64, length float64) float64 {
	next := make([]float64, len(x))
	here, _, _ := m.wave(k, x)
	accepted := 0
	for range moves {
		other := m.anyState(r)
		if there, _, _ := m.wave(other, x); r.Float64() < math.Exp(2*real(there-here)) {
			copy(k, other)
			here = there
		}
		for j, v := range x {
			next[j] = v + length*r.NormFloat64()
		}
		if there, _, _ := m.wave(k, next); r.Float64() < math.Exp(2*real(there-here)) {
			copy(x, next)
			here = there
			accepted++
		}
	}
	return float64(accepted) / moves
}

// keep remembers where chain i is.
func (m *determinants) keep(b *core.Batch, i int) {
	k, x := m.one(b, i)
	row := m.chains.Row(i)
	for j, orbital := range k {
		row[j] = float64(orbital)
	}
	copy(row[m.n:], x)
}

func (m *determinants) State() (core.State, error) { return m.chains.Clone(), nil }

func (m *determinants) SetState(s core.State) error {
	if err := s.Check("determinants", m.n*(1+m.dim), 1); err != nil {
		return err
	}
	m.chains = s.Clone()
	return nil
}
