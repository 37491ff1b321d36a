package rbm

import (
	"math"
	"math/rand/v2"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
)

// replica has the places v of some chains at the weights tW, and u = yW there.
type replica struct {
	t    float64
	v, u []float64
}

// Sample implements core.Density: sweeps of every chain, by default
//
//	h ~ p(h|v),   v ~ p(v|h).
func (m *Model) Sample(dst *core.Batch, seed uint64, n int) error {
	dst.Reset(n, m.visible)
	dst.ID, dst.Chains = rand.Uint64()|1, n
	dst.LogP, dst.Accept = dst.LogP[:0], core.Resize(dst.Accept, n)
	m.call = call{dst: dst.X, accept: dst.Accept, seed: seed, first: dst.From, sweeps: m.config.Sweeps}
	if m.call.fresh = !m.chains.Has(dst, n); m.call.fresh {
		m.chains = core.NewState(dst, n, m.row())
		m.call.sweeps = max(m.config.Sweeps, m.config.BurnIn)
	}
	m.call.x = m.chains.Rows
	defer func() { m.call = call{} }()
	return m.pool.Each(par.CutBy(par.All(n), chunk), m.draw)
}

// row is how many numbers a chain remembers: v of its replicas, that of the whole weights last.
func (m *Model) row() int { return m.config.Replicas * m.visible }

// drawChunk sweeps some of the chains.
func (m *Model) drawChunk(w *workspace, at par.Span) error {
	c, each := m.call, m.row()
	chains := m.rows(c.x, at, each)
	w.seed(c.seed, c.first+at.From, at.N)
	all := w.replicas[:m.config.Replicas]
	for r := range all {
		v := m.open(&all[r], m.strength(r), at.N)
		for i := range at.N {
			copy(v[i*m.visible:], chains[i*each+r*m.visible:][:m.visible])
		}
		if c.fresh {
			clear(v)
			m.layer.draw(v, v, w.random)
		}
	}
	m.advance(all, w, c.sweeps)
	for r, one := range all {
		for i := range at.N {
			copy(chains[i*each+r*m.visible:], one.v[i*m.visible:(i+1)*m.visible])
		}
	}
	copy(m.rows(c.dst, at, m.visible), all[len(all)-1].v)
	for i := range at.N {
		c.accept[at.From+i] = w.moves[i].share()
	}
	return nil
}

// strength is t of a replica.
func (m *Model) strength(r int) float64 {
	if m.config.Replicas == 1 {
		return 1
	}
	return float64(r) / float64(m.config.Replicas-1)
}

// open makes room for n chains.
func (m *Model) open(one *replica, t float64, n int) (v []float64) {
	one.t, one.v, one.u = t, core.Resize(one.v, n*m.visible), core.Resize(one.u, n*m.hidden)
	return one.v
}

// Move implements core.Mover.
func (m *Model) Move(y, x, u []float64) error {
	m.call = call{x: x, dst: y, bar: u}
	defer func() { m.call = call{} }()
	return m.pool.Each(par.CutBy(par.All(len(x)/m.visible), chunk), m.move)
}

// moveChunk moves some configurations.
func (m *Model) moveChunk(w *workspace, at par.Span) error {
	u := m.rows(m.call.bar, at, m.visible)
	w.seed(0, 0, at.N)
	for i := range w.random {
		core.SeedStream(&w.random[i], math.Float64bits(u[i*m.visible]), math.Float64bits(u[(i+1)*m.visible-1]))
	}
	one := w.replicas[:1]
	copy(m.open(&one[0], 1, at.N), m.rows(m.call.x, at, m.visible))
	m.advance(one, w, m.config.Sweeps)
	copy(m.rows(m.call.dst, at, m.visible), one[0].v)
	return nil
}

// advance sweeps all replicas, and exchanges neighbouring ones after each sweep.
func (m *Model) advance(all []replica, w *workspace, sweeps int) {
	for _, r := range all {
		m.upward(r.u, m.layer.input(w.y, r.v))
	}
	for k := range sweeps {
		for _, r := range all {
			m.step(r, w)
			if k+1 < sweeps || len(all) > 1 {
				m.upward(r.u, m.layer.input(w.y, r.v))
			}
		}
		for r := 1; r < len(all); r++ {
			m.exchange(all[r-1], all[r], w)
		}
	}
}

// step is a sweep of one replica.
func (m *Model) step(r replica, w *workspace) {
	switch m.langevin.Chains {
	case gibbsLangevin:
		m.stepGiven(r, w)
	case langevin:
		m.stepMarginal(r, w)
	default:
		h := w.h[:len(r.u)]
		scale(h, r.u, r.t)
		m.sweep(r.v, h, w, r.t)
	}
}

// sweep draws the hidden units given u = t yW, in its place, and then v, of the machine
// with the weights tW. Every draw of a conditional density is accepted.
func (m *Model) sweep(v, u []float64, w *workspace, t float64) {
	m.units.fields(u, m.b)
	m.units.drawRows(u, u, w.random)
	m.downward(v, u, t)
	m.layer.draw(v, v, w.random)
}

// exchange swaps the configurations v and v' of two replicas with the weights tW and t'W, of
// each chain by itself (parallel tempering: Swendsen and Wang, Phys. Rev. Lett. 57, 2607 (1986);
// of these machines Desjardins et al., AISTATS 2010, 145), with the probability
//
//	min(1, exp[w_t(v') + w_t'(v) - w_t(v) - w_t'(v')]).
//
// At t = 0 draws are independent, and wander to t = 1 from mode to mode. What does not depend on t drops out.
func (m *Model) exchange(a, b replica, w *workspace) {
	n := len(a.v) / m.visible
	gain, free, h := w.gain[:n], w.free[:n], w.h[:len(a.u)]
	clear(gain)
	for _, term := range []struct{ sign, t, of float64 }{{1, a.t, 1}, {1, b.t, 0}, {-1, a.t, 0}, {-1, b.t, 1}} {
		u := a.u
		if term.of == 1 {
			u = b.u
		}
		scale(h, u, term.t)
		m.free(free, h, w.work)
		for i, v := range free {
			gain[i] += term.sign * v
		}
	}
	for i, g := range gain {
		if w.accept(i, g) {
			swap(a.v[i*m.visible:(i+1)*m.visible], b.v[i*m.visible:])
			swap(a.u[i*m.hidden:(i+1)*m.hidden], b.u[i*m.hidden:])
		}
	}
}

func swap(a, b []float64) {
	for i, v := range a {
		a[i], b[i] = b[i], v
	}
}

// moves counts proposals.
type moves struct{ proposed, accepted int }

// share is what was accepted, 1 where all moves are draws of conditional densities.
func (m moves) share() float64 {
	if m.proposed == 0 {
		return 1
	}
	return float64(m.accepted) / float64(m.proposed)
}

// accept decides, with chain i's stream, whether a move by which the logarithm of the density
// gains so much is made (Metropolis).
func (w *workspace) accept(i int, gain float64) bool {
	w.moves[i].proposed++
	if u := rand.New(&w.random[i]).Float64(); !(u < math.Exp(gain)) {
		return false
	}
	w.moves[i].accepted++
	return true
}

// seed begins the streams of n chains from number first on.
func (w *workspace) seed(seed uint64, first, n int) {
	w.random, w.moves = w.random[:n], w.moves[:n]
	clear(w.moves)
	for i := range w.random {
		core.SeedStream(&w.random[i], seed, uint64(first+i))
	}
}

// State implements core.Walker.
func (m *Model) State() (core.State, error) { return m.chains.Clone(), nil }

// SetState implements core.Walker.
func (m *Model) SetState(s core.State) error {
	if err := s.Check(m.name, m.row(), 0); err != nil {
		return err
	}
	m.chains = s.Clone()
	return nil
}
