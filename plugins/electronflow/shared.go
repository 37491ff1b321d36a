package electronflow

import (
	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/fisher"
)

// shared is what NaturalTiles leaves to NaturalSolve.
type shared struct {
	n               int // configurations, 0 where there are none
	shares          int
	grad, tiles     []float64
	ofStates, ofMap []float64 // tiles of all shares
}

// problems are the shapes of the blocks of p(K) and of the flow.
func (m *Model) problems(n int) []fisher.Shape {
	return []fisher.Shape{{Rows: n, Cols: m.split()}, {Rows: 2 * n, Cols: m.params.Size()}}
}

// NaturalTiles implements core.NaturalSharer.
func (m *Model) NaturalTiles(b *core.Batch, w []float64, v []complex128, share, shares int) ([]float64, error) {
	s := &m.shared
	s.n, s.grad = 0, core.Resize(s.grad, m.spec.Parameters)
	if err := m.naturalRows(s.grad, b, w, v); err != nil {
		return nil, err
	}
	mine := fisher.Deal(m.problems(b.N), shares)[share]
	s.tiles = m.statesSolver.Tiles(s.tiles[:0], m.scores, m.split(), b.N, mine, 0)
	s.tiles = m.flowSolver.Tiles(s.tiles, m.rows, m.params.Size(), b.N, mine, 1)
	s.n, s.shares = b.N, shares
	return s.tiles, nil
}

// NaturalSolve implements core.NaturalSharer.
func (m *Model) NaturalSolve(grad, step []float64, damping float64, tiles []float64, share int) error {
	const op = "natural_solve"
	s := &m.shared
	n := s.n
	if s.n = 0; n == 0 {
		return core.Errorf(core.Invalid, op, name, "there is no batch whose tiles these are: natural_tiles comes before")
	}
	problems := m.problems(n)
	dealt := fisher.Deal(problems, s.shares)
	s.ofStates = fisher.Gather(s.ofStates[:0], tiles, problems, dealt, 0)
	s.ofMap = fisher.Gather(s.ofMap[:0], tiles, problems, dealt, 1)
	if len(s.ofMap) == 0 {
		return core.Errorf(core.Invalid, op, name, "%d numbers are not the tiles of %d shares", len(tiles), s.shares)
	}
	copy(grad, s.grad)
	return m.naturalStep(grad, step, n, damping, s.ofStates, s.ofMap, share == 0)
}
