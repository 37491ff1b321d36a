package rbm

import (
	"math/rand/v2"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
)

// Sample implements core.Density: sweeps of every chain,
//
//	h ~ p(h|v),   v ~ p(v|h).
func (m *Model) Sample(dst *core.Batch, seed uint64, n int) error {
	dst.Reset(n, m.visible)
	dst.ID, dst.Chains = rand.Uint64()|1, n
	dst.LogP, dst.Accept = dst.LogP[:0], core.Resize(dst.Accept, n)
	m.call = call{accept: dst.Accept, seed: seed, first: dst.From, sweeps: m.config.Sweeps}
	if m.call.fresh = !m.chains.Has(dst, n); m.call.fresh {
		m.chains = core.NewState(dst, n, m.visible)
		m.call.sweeps = max(m.config.Sweeps, m.config.BurnIn)
	}
	m.call.x = m.chains.Rows
	defer func() { m.call = call{} }()
	if err := m.pool.Each(par.CutBy(par.All(n), chunk), m.move); err != nil {
		return err
	}
	copy(dst.X, m.chains.Rows)
	return nil
}

// moveChunk sweeps some of the chains. Every draw of a conditional density is accepted.
func (m *Model) moveChunk(w *workspace, at par.Span) error {
	v := m.rows(m.call.x, at, m.visible)
	w.seed(m.call.seed, m.call.first+at.From, at.N)
	if m.call.fresh {
		clear(v)
		m.layer.draw(v, v, w.random)
	}
	u := w.h[:at.N*m.hidden]
	m.upward(u, m.layer.input(w.y, v))
	for k := range m.call.sweeps {
		m.sweep(v, u, w, 1)
		if k+1 < m.call.sweeps {
			m.upward(u, m.layer.input(w.y, v))
		}
	}
	for i := range at.N {
		m.call.accept[at.From+i] = 1
	}
	return nil
}

// sweep draws the hidden units given u = t yW, in its place, and then v, of the machine
// with the weights tW.
func (m *Model) sweep(v, u []float64, w *workspace, t float64) {
	m.units.fields(u, m.b)
	m.units.drawRows(u, u, w.random)
	m.downward(v, u, t)
	m.layer.draw(v, v, w.random)
}

// seed begins the streams of n chains from number first on.
func (w *workspace) seed(seed uint64, first, n int) {
	w.random = w.random[:n]
	for i := range w.random {
		core.SeedStream(&w.random[i], seed, uint64(first+i))
	}
}

// State implements core.Walker.
func (m *Model) State() (core.State, error) { return m.chains.Clone(), nil }

// SetState implements core.Walker.
func (m *Model) SetState(s core.State) error {
	if err := s.Check(m.name, m.visible, 0); err != nil {
		return err
	}
	m.chains = s.Clone()
	return nil
}
