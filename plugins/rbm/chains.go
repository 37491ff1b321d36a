package rbm

import (
	"math/rand/v2"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// Sample implements core.Density: sweeps of every chain,
//
//	h ~ p(h|v),   v ~ p(v|h).
func (m *Model) Sample(dst *core.Batch, seed uint64, n int) error {
	dst.Reset(n, m.visible)
	dst.ID, dst.Chains = rand.Uint64()|1, n
	dst.LogP, dst.Accept = dst.LogP[:0], core.Resize(dst.Accept, n)
	m.call = call{accept: dst.Accept, seed: seed, first: dst.From, sweeps: m.sweeps}
	if m.call.fresh = !m.chains.Has(dst, n); m.call.fresh {
		m.chains = core.NewState(dst, n, m.visible)
		m.call.sweeps = max(m.sweeps, m.burnIn)
	}
	m.call.x = m.chains.Rows
	defer func() { m.call = call{} }()
	if err := m.pool.Each(par.CutBy(par.All(n), chunk), m.move); err != nil {
		return err
	}
	copy(dst.X, m.chains.Rows)
	return nil
}

// chunkMove sweeps some of the chains.
func (m *Model) chunkMove(w *workspace, at par.Span) error {
	v := m.call.x[at.From*m.visible : (at.From+at.N)*m.visible]
	w.seed(m.call.seed, m.call.first+at.From, at.N)
	if m.call.fresh {
		m.drawRows(v, nil, w)
	}
	for range m.call.sweeps {
		h := w.h[:at.N*m.hidden]
		m.upward(h, v)
		m.drawRows(h, h, w)
		m.downward(v, h, 1)
		m.drawRows(v, v, w)
	}
	for i := range at.N {
		m.call.accept[at.From+i] = 1
	}
	return nil
}

// seed begins the streams of n chains from number first on.
func (w *workspace) seed(seed uint64, first, n int) {
	w.random = w.random[:n]
	for i := range w.random {
		core.SeedStream(&w.random[i], seed, uint64(first+i))
	}
}

// drawRows draws the units of every row in the fields g, which may be dst; without fields
// both values are as likely.
func (m *Model) drawRows(dst, g []float64, w *workspace) {
	if g == nil {
		for i := range dst {
			dst[i] = 0.5
		}
	} else {
		tensor.Sigmoid(dst, g)
	}
	each := len(dst) / len(w.random)
	for i := range w.random {
		row := dst[i*each : (i+1)*each]
		m.draw(row, row, rand.New(&w.random[i]))
	}
}

// State implements core.Walker.
func (m *Model) State() (core.State, error) { return m.chains.Clone(), nil }

// SetState implements core.Walker.
func (m *Model) SetState(s core.State) error {
	if err := s.Check(name, m.visible, 0); err != nil {
		return err
	}
	m.chains = s.Clone()
	return nil
}
