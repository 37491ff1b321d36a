package electronflow

import (
	"fmt"
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
)

// A chain has the density p(K) |Psi_K(x)|^2, and moves in two ways that keep it: all
// electrons by a normal vector, x' accepted with probability min(1, |Psi_K(x')|^2/
// |Psi_K(x)|^2) (Metropolis et al., J. Chem. Phys. 21, 1087 (1953)); and now and then
// the state at fixed x (walk_states.go). So a batch has the density however few moves
// it is from the one before, and where training changes p(K) the chains follow.
//
// New chains draw K from p(K) and burn x in with this K fixed: then they have the
// density, too, as far as x has forgotten where it began.

// chains are what remains of a batch, the row of each its position in the box, its
// step size and, where there are several states, the orbitals of K; and of each eight,
// what became of their states.
type chains struct {
	core.State
	states []renewals
}

// target is the acceptance that burn-in adapts to. low and high are those beyond
// which a notice is given: either few moves are made, or short ones.
const target, low, high = 0.5, 0.2, 0.9

// row is the length of a chain's row.
func (m *Model) row() int {
	if m.states == nil {
		return m.net.Size() + 1
	}
	return m.net.Size() + 1 + m.net.Particles
}

// walkAll moves the chains, or begins new ones.
func (m *Model) walkAll(dst *core.Batch, seed uint64) error {
	dst.Accept = core.Resize(dst.Accept, dst.N)
	if err := m.advance(dst, seed); err != nil {
		m.chains = chains{}
		return err
	}
	m.watch(dst.Accept)
	m.watchStates(m.chains.states)
	dst.Chains = dst.N
	return nil
}

// advance sets all that a draw sets, and the chains' state.
func (m *Model) advance(dst *core.Batch, seed uint64) error {
	fresh := !m.chains.Has(dst, dst.N)
	if err := m.begin(dst, core.Derive(seed, 1), fresh); err != nil {
		return err
	}
	if err := m.propose(dst, core.Derive(seed, 3)); err != nil {
		return err
	}
	m.chains.states = core.Resize(m.chains.states, len(m.folds))
	if err := m.run("draw", call{b: dst, seed: core.Derive(seed, 2), fresh: fresh}, (*Model).walk); err != nil {
		return err
	}
	return m.logP(dst.LogP, dst.K)
}

// begin sets the states in which the chains are.
func (m *Model) begin(dst *core.Batch, seed uint64, fresh bool) error {
	if fresh {
		m.chains.State = core.NewState(dst, dst.N, m.row())
		return m.drawStates(dst.K, dst.LogP, seed, dst.From)
	}
	for i := range dst.N {
		m.recall(dst.K[i*m.net.Particles:][:m.net.Particles], m.chains.Row(i))
	}
	return nil
}

func (m *Model) walk(w *wave, at par.Span) error {
	m.loadStates(w, at)
	return w.walk.run(&m.chains, m.call.b, m.call.seed, at, m.call.fresh)
}

// walk is up to eight chains, from number from on.
type walk struct {
	*wave
	from, n     int
	at, z       []float64 // x and z of the chains, as the wave's have proposals
	step        [width]float64
	logAbs2     [width]float64
	logDet      [width]float64 // of the Slater determinant alone
	orientation [width]float64 // sign of det dz/dx
	accepted    [width]int
	waves       []float64 // wave vectors of proposed states, as the wave's k
	renewals    renewals
}

func (k *walk) open(w *wave) {
	k.wave, k.at, k.z = w, make([]float64, len(w.x)), make([]float64, len(w.z))
	k.waves = make([]float64, len(w.k))
}

// run moves the chains that are at, after a burn-in if they are fresh.
func (k *walk) run(all *chains, b *core.Batch, seed uint64, at par.Span, fresh bool) error {
	m := k.m
	k.from, k.n, k.accepted, k.renewals = at.From, at.N, [width]int{}, renewals{}
	for c := range at.N {
		k.seed(c, seed, uint64(b.From+at.From+c))
	}
	x, step := b.X[k.from*k.size:(k.from+k.n)*k.size], k.step[:k.n]
	if fresh {
		k.start(x, step)
	} else {
		for c := range step {
			row := all.Row(k.from + c)
			step[c] = row[copy(x[c*k.size:], row[:k.size])]
		}
	}
	k.configurations(x)
	copy(k.at, k.x)
	k.evaluate()
	for c := range k.n {
		k.take(c)
	}
	if fresh {
		for t := range m.config.BurnIn {
			before := k.accepted
			k.move(step)
			for c := range step {
				// Robbins and Monro, Ann. Math. Stat. 22, 400 (1951).
				step[c] *= math.Exp((float64(k.accepted[c]-before[c]) - target) * math.Pow(float64(t+1), -0.6))
			}
		}
		k.accepted = [width]int{}
	}
	k.advance(b, step)
	k.m.folds[at.From/width], all.states[at.From/width] = folds(k.orientation[:k.n]), k.renewals
	return k.keep(all, b, step)
}

// advance makes the moves of x from one batch to the next, and among them those of K.
func (k *walk) advance(b *core.Batch, step []float64) {
	moves, proposals, proposed := k.m.config.Moves, k.m.proposals(), 0
	for t := range moves {
		k.move(step)
		for ; proposed < (t+1)*proposals/moves; proposed++ {
			k.renew(b, proposed)
		}
	}
}

// keep writes where the chains are to the batch and to their rows.
func (k *walk) keep(all *chains, b *core.Batch, step []float64) error {
	m, x := k.m, b.X[k.from*k.size:(k.from+k.n)*k.size]
	k.write(x, k.at, k.n)
	for c := range k.n {
		if l := k.logAbs2[c]; math.IsNaN(l) || math.IsInf(l, 0) {
			return fmt.Errorf("ln |Psi|^2 of chain %d is %v", k.from+c, l)
		}
		b.Accept[k.from+c] = float64(k.accepted[c]) / float64(m.config.Moves)
		row := all.Row(k.from + c)
		row[copy(row, x[c*k.size:(c+1)*k.size])] = step[c]
		m.remember(row, b.K[(k.from+c)*m.net.Particles:][:m.net.Particles])
	}
	return nil
}

// start puts electrons near different sites of a lattice that is shifted at random.
// Where two of them met by chance, the map might fold, and the node of |Psi|^2 at
// det dz/dx = 0 would hold the chain there, behind a barrier that it does not cross.
func (k *walk) start(x, step []float64) {
	dim := k.m.net.Dim
	along := int(math.Ceil(math.Pow(float64(k.m.net.Particles), 1/float64(dim)) - 1e-9))
	sites := int(math.Pow(float64(along), float64(dim)) + 0.5)
	for c := range k.n {
		r := k.random[c]
		var shift [3]float64
		for a := range dim {
			shift[a] = r.Float64()
		}
		chosen := r.Perm(sites)
		for i := range k.size {
			a := i % dim
			at := float64(chosen[i/dim]%along) + 0.5*r.Float64()
			chosen[i/dim] /= along
			x[c*k.size+i] = k.m.net.Box[a] * (at/float64(along) + shift[a])
		}
		step[c] = k.m.config.Step
	}
}

// take makes the configuration just evaluated that of chain c.
func (k *walk) take(c int) {
	for i := c; i < len(k.at); i += width {
		k.at[i], k.z[i] = k.x[i], k.wave.z[i]
	}
	k.logAbs2[c], k.logDet[c], k.orientation[c] = 2*k.logAbs(c), k.wave.logDet[c], k.sign[c]
}

// move proposes a move to each chain.
func (k *walk) move(step []float64) {
	length := k.m.net.Length()
	for c := range k.n {
		for i := c; i < len(k.at); i += width {
			k.x[i] = k.at[i] + length*step[c]*k.random[c].NormFloat64()
		}
	}
	k.evaluate()
	for c := range k.n {
		if math.Log(k.random[c].Float64()) < 2*k.logAbs(c)-k.logAbs2[c] {
			k.take(c)
			k.accepted[c]++
		}
	}
}

// State implements core.Walker.
func (m *Model) State() (core.State, error) { return m.chains.Clone(), nil }

// SetState implements core.Walker.
func (m *Model) SetState(s core.State) error {
	if err := s.Check(name, m.row(), 0); err != nil {
		return err
	}
	if err := m.checkStates(s); err != nil {
		return err
	}
	m.chains.State = s.Clone()
	return nil
}
