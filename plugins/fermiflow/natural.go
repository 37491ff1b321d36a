package fermiflow

import (
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/fisher"
	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// Natural gradients. ln p depends on the logits and ln Psi on the flow alone, so the Fisher matrix has a block for
// each. Psi is real, and so is O = grad ln Psi, which is the score of a configuration. The gradient in the flow is
// the sum of the rows of its block.
//
// The Fisher matrix of m logits, diag p - p p^T, is of the order of 1/m, where that
// of the flow is of order 1. Theta holds logits in units of m^(1/2), which brings
// both to the same scale: a damping that leaves the flow free to move would
// otherwise hold the p(K) of all but the lowest states where they started.

// natural is the memory of natural gradients.
type natural struct {
	blocks fisher.Blocks
	scores []float64 // O of each configuration
	to     []float64 // where the call in progress writes them,
	stride int       // each so many numbers behind the one before
	states []float64 // scores of ln p(K), see stateScores
	counts []float64 // configurations in each state
	re     []float64
	raised int64     // matrices that needed more damping since the last Notices
	grad   []float64 // what NaturalTiles leaves to NaturalSolve,
	ready  bool      // if it does
}

const opNatural = "divide by the Fisher matrix"

// NaturalPull implements core.NaturalPuller.
func (m *Model) NaturalPull(dst, step []float64, b *core.Batch, w []float64, v []complex128, damping float64) error {
	mustLen("the step", len(step), m.spec.Parameters)
	s := &m.natural
	s.ready, s.scores = false, core.Resize(s.scores, b.N*m.spec.Scores)
	if err := m.NaturalScores(dst, s.scores, b, w, v); err != nil || b.N == 0 {
		clear(step)
		return err
	}
	m.setBlocks(dst, w, v)
	return m.solveBlocks(dst, step, damping, true)
}

// NaturalScores implements core.NaturalSharer.
func (m *Model) NaturalScores(grad, scores []float64, b *core.Batch, w []float64, _ []complex128) error {
	mustLen("the gradient", len(grad), m.spec.Parameters)
	mustLen("the scores", len(scores), b.N*m.spec.Scores)
	mustLen("the weights", len(w), b.N)
	if err := m.begin(opNatural, b); err != nil {
		return err
	}
	defer m.release()
	clear(grad)
	m.pullStates(grad, b, w)
	m.natural.to, m.natural.stride = scores, m.params.Size()
	return m.run(opNatural, par.RowsOf(b.Place()), (*Model).scorePsi)
}

// NaturalTiles implements core.NaturalSharer.
func (m *Model) NaturalTiles(b *core.Batch, w []float64, v []complex128, grad, scores []float64, share, shares int) ([]float64, error) {
	mustLen("the scores", len(scores), b.N*m.spec.Scores)
	if err := m.begin(opNatural, b); err != nil { // for the numbers of the states
		return nil, err
	}
	m.release()
	s := &m.natural
	s.scores, s.grad, s.ready = append(s.scores[:0], scores...), append(s.grad[:0], grad...), true
	m.setBlocks(s.grad, w, v)
	return s.blocks.Tiles(share, shares), nil
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

// setBlocks goes on from the scores of all configurations: it makes the gradient in the flow, and centres.
func (m *Model) setBlocks(grad, w []float64, v []complex128) {
	s, logits, flow := &m.natural, len(m.logits), m.params.Size()
	tensor.Gemm(true, false, flow, 1, len(w), 1, s.scores, flow, m.realParts(w, v), 1, 0, grad[logits:], 1)
	fisher.Centre(s.scores, flow)
	s.blocks.Set(len(w), fisher.Rows{A: m.stateScores(), Cols: logits}, fisher.Rows{A: s.scores, Cols: flow})
}

// realParts are the real parts of v, of ln|Psi|^2 where there is no v.
func (m *Model) realParts(w []float64, v []complex128) []float64 {
	re := core.Resize(m.natural.re, len(w))
	for i := range re {
		if re[i] = 2 * w[i]; v != nil {
			re[i] = real(v[i])
		}
	}
	m.natural.re = re
	return re
}

// solveBlocks divides the gradient by both blocks.
func (m *Model) solveBlocks(grad, step []float64, damping float64, notice bool) error {
	logits := len(m.logits)
	if err := m.natural.solve(0, step[:logits], grad[:logits], damping, notice); err != nil {
		return err
	}
	return m.natural.solve(1, step[logits:], grad[logits:], damping, notice)
}

// scorePsi writes grad ln|Psi| of each configuration.
func (m *Model) scorePsi(c *chunk, at par.Span) error {
	grads := c.field.Apart()
	defer c.field.Together()
	for _, p := range grads {
		p.ClearPart(0, 1)
	}
	if err := m.pullPsi(c, at); err != nil {
		return err
	}
	stride := m.natural.stride
	rows := m.natural.to[at.From*stride:]
	for k, p := range m.params.Blocks() {
		tensor.Transpose(rows, stride, grads[k].Grad, p.Size(), at.N, c.width)
		rows = rows[p.Size():]
	}
	return nil
}

// stateScores returns rows whose sum of squares is that of the scores
// delta_K - p of the batch: for each state, one of them times the square root of
// how often it was drawn.
func (m *Model) stateScores() []float64 {
	if m.logits == nil {
		return nil
	}
	s, states := &m.natural, m.states.count()
	s.counts = core.Resize(s.counts, states)
	clear(s.counts)
	for _, k := range m.number {
		s.counts[k]++
	}
	s.states = s.states[:0]
	for k, count := range s.counts {
		if count == 0 {
			continue
		}
		root := m.unit * math.Sqrt(count)
		for j, l := range m.logP {
			x := -math.Exp(l)
			if j == k {
				x++
			}
			s.states = append(s.states, root*x)
		}
	}
	return s.states
}

// solve writes (F + damping)^-1 g of a block into x.
func (s *natural) solve(block int, x, g []float64, damping float64, notice bool) error {
	raised, err := s.blocks.Solve(block, x, g, damping)
	if raised > 0 && notice {
		s.raised++
	}
	if err != nil {
		return &core.Error{Kind: core.Numeric, Op: opNatural, Subject: name, Err: err, Hint: "a parameter ran away: try a smaller learning rate"}
	}
	return nil
}
