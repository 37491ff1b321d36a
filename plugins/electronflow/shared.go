package electronflow

import (
	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
)

// Natural gradients that ranks make together. The scores of a configuration are grad ln p(K), next the real parts of O, next
// the imaginary ones.

// scoreSize is how many they are.
func (m *Model) scoreSize() int { return m.split() + 2*m.params.Size() }

// NaturalScores implements core.NaturalSharer.
func (m *Model) NaturalScores(grad, scores []float64, b *core.Batch, w []float64, _ []complex128) error {
	at, size := m.split(), m.scoreSize()
	clear(grad[at:])
	if err := m.stateScores(grad[:at], scores, size, b, w); err != nil {
		return err
	}
	return m.flowScores(b, scoring{to: scores, stride: size, real: at, imag: at + m.params.Size()})
}

// NaturalTiles implements core.NaturalSharer.
func (m *Model) NaturalTiles(b *core.Batch, w []float64, v []complex128, grad, scores []float64, share, shares int) ([]float64, error) {
	m.takeScores(b.N, scores)
	s := &m.natural
	s.grad, s.ready = append(s.grad[:0], grad...), true
	m.setBlocks(s.grad, w, v)
	return s.blocks.Tiles(share, shares), nil
}

// takeScores puts the scores of n configurations into the rows of both blocks.
func (m *Model) takeScores(n int, scores []float64) {
	s, at, params, size := &m.natural, m.split(), m.params.Size(), m.scoreSize()
	s.states, s.flow = core.Resize(s.states, n*at), core.Resize(s.flow, 2*n*params)
	par.For(n, func(i int) {
		row := scores[i*size:][:size]
		copy(s.states[i*at:], row[:at])
		copy(s.flow[i*params:], row[at:at+params])
		copy(s.flow[(n+i)*params:], row[at+params:])
	})
}

// NaturalSolve implements core.NaturalSharer.
func (m *Model) NaturalSolve(grad, step []float64, damping float64, tiles []float64, share int) error {
	const op = "natural_solve"
	s := &m.natural
	if !s.ready {
		return core.Errorf(core.Invalid, op, name, "there is no batch whose tiles these are: natural_tiles comes before")
	}
	if s.ready = false; !s.blocks.Take(tiles) {
		return core.Errorf(core.Invalid, op, name, "%d numbers are not the tiles of all shares", len(tiles))
	}
	copy(grad, s.grad)
	return m.solveBlocks(grad, step, damping, share == 0)
}
