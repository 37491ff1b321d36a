package electronflow

import (
	"math"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// A state K' drawn from p(K') independently of K takes its place at fixed x with the
// probability
//
//	min(1, |Psi_K'(x)|^2 / |Psi_K(x)|^2),
//
// which keeps p(K) |Psi_K(x)|^2 in detailed balance: the shares p(K) and p(K') cancel
// those of the proposals. The map does not know K, so that z(x) and det dz/dx remain
// and the ratio is one of Slater determinants alone,
//
//	|det exp(i k'_j.z_i)|^2 / |det exp(i k_j.z_i)|^2:
//
// a proposal costs no pass of the flow. And as z has the density of the determinant
// whatever the flow, the acceptance is that of free electrons: it depends on p(K), on
// N, and on nothing else.

// renewals count the proposals of states other than the present one, and those of them
// that were accepted.
type renewals struct{ proposed, accepted int }

// proposals is the number of states proposed to a chain from one batch to the next.
func (m *Model) proposals() int {
	if m.states == nil {
		return 0
	}
	return m.config.StateMoves
}

// propose draws all states that the chains of a batch are offered: number i of chain c
// at i n + c, n the number of chains. How many chains are drawn with it does not
// matter to what a chain is offered.
func (m *Model) propose(b *core.Batch, seed uint64) error {
	size := b.N * m.net.Particles
	m.offered, m.offeredLogP = core.Resize(m.offered, m.proposals()*size), core.Resize(m.offeredLogP, b.N)
	for i := range m.proposals() {
		if err := m.drawStates(m.offered[i*size:(i+1)*size], m.offeredLogP, core.Derive(seed, uint64(i)), b.From); err != nil {
			return err
		}
	}
	return nil
}

// renew offers proposal i to each chain, at the x of the chains.
func (k *walk) renew(b *core.Batch, i int) {
	n := k.m.net.Particles
	offered := k.m.offered[(i*b.N+k.from)*n:][:k.n*n]
	k.states(k.waves, offered)
	k.slater.Waves(k.waves, k.z)
	k.slater.LogDet(k.wave.logDet, k.phase)
	for c := range k.n {
		here, other := b.K[(k.from+c)*n:][:n], offered[c*n:][:n]
		u := k.random[c].Float64()
		if slices.Equal(here, other) {
			continue
		}
		k.renewals.proposed++
		if math.Log(u) < 2*(k.wave.logDet[c]-k.logDet[c]) {
			k.renewals.accepted++
			copy(here, other)
			k.logAbs2[c] += 2 * (k.wave.logDet[c] - k.logDet[c])
			k.logDet[c] = k.wave.logDet[c]
			for j := c; j < len(k.k); j += width {
				k.k[j] = k.waves[j]
			}
		}
	}
}

// remember writes the state to the row of its chain, and recall reads it. Without
// several states there is none in the row.
func (m *Model) remember(row []float64, k []int32) {
	if m.states == nil {
		return
	}
	for j, orbital := range k {
		row[m.net.Size()+1+j] = float64(orbital)
	}
}

func (m *Model) recall(k []int32, row []float64) {
	if m.states == nil {
		copy(k, m.ground)
		return
	}
	for j := range k {
		k[j] = int32(row[m.net.Size()+1+j])
	}
}

// checkStates refuses rows whose state is none.
func (m *Model) checkStates(s core.State) error {
	if m.states == nil {
		return nil
	}
	k := make([]int32, m.net.Particles)
	for i := range s.N {
		row := s.Row(i)[m.net.Size()+1:]
		for j, v := range row {
			k[j] = -1
			if v >= 0 && v < float64(len(m.spec.Orbitals)) && v == math.Trunc(v) {
				k[j] = int32(v)
			}
		}
		if !m.spec.Space.IsState(k, len(m.spec.Orbitals)) {
			return core.Errorf(core.Invalid, "set_state", name, "chain %d is in the state %v, and a state is a rising list of orbitals below %d%s", s.From+i, row, len(m.spec.Orbitals), m.ofEachSpin())
		}
	}
	return nil
}

// ofEachSpin says so where there are two.
func (m *Model) ofEachSpin() string {
	if len(m.kinds) == 1 {
		return ""
	}
	return " for each spin"
}
