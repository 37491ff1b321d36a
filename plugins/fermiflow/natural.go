package fermiflow

import (
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/fisher"
	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// natural is the memory of NaturalPull.
type natural struct {
	solver fisher.Solver
	scores []float64 // O of each configuration
	states []float64 // scores of ln p(K), see stateScores
	counts []float64 // configurations in each state
	re     []float64
	raised int64 // matrices that needed more damping since the last Notices
}

// NaturalPull implements core.NaturalPuller. ln p depends on the logits and ln Psi
// on the flow alone, so both blocks are solved by themselves. Psi is real, and so
// is O.
//
// The Fisher matrix of m logits, diag p - p p^T, is of the order of 1/m, where that
// of the flow is of order 1. Theta holds logits in units of m^(1/2), which brings
// both to the same scale: a damping that leaves the flow free to move would
// otherwise hold the p(K) of all but the lowest states where they started.
func (m *Model) NaturalPull(dst, step []float64, b *core.Batch, w []float64, v []complex128, damping float64) error {
	const op = "divide by the Fisher matrix"
	mustLen("the gradient", len(dst), m.spec.Parameters)
	mustLen("the step", len(step), m.spec.Parameters)
	mustLen("the weights", len(w), b.N)
	if err := m.begin(op, b); err != nil {
		return err
	}
	defer m.release()
	m.pullStates(dst, b, w)
	s := &m.natural
	logits, flow := len(m.logits), m.params.Size()
	if err := s.solve(op, step[:logits], dst[:logits], m.stateScores(), b.N, damping); err != nil {
		return err
	}
	s.scores = core.Resize(s.scores, b.N*flow)
	if err := m.run(op, par.RowsOf(b.Place()), (*Model).scorePsi); err != nil {
		return err
	}
	s.re = core.Resize(s.re, b.N)
	for i := range s.re {
		if s.re[i] = 2 * w[i]; v != nil {
			s.re[i] = real(v[i])
		}
	}
	dst, step = dst[logits:], step[logits:]
	clear(dst)
	if b.N > 0 {
		tensor.Gemm(true, false, flow, 1, b.N, 1, s.scores, flow, s.re, 1, 0, dst, 1)
		fisher.Centre(s.scores, flow)
	}
	return s.solve(op, step, dst, s.scores, b.N, damping)
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
	rows := m.natural.scores[at.From*m.params.Size():]
	for k, p := range m.params.Blocks() {
		tensor.Transpose(rows, m.params.Size(), grads[k].Grad, p.Size(), at.N, c.width)
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

// solve writes (F + damping)^-1 g into x, F the mean of the squares of the rows.
func (s *natural) solve(op string, x, g, rows []float64, n int, damping float64) error {
	if n == 0 {
		clear(x)
		return nil
	}
	raised, err := s.solver.Solve(x, g, rows, n, damping)
	if raised > 0 {
		s.raised++
	}
	if err != nil {
		return &core.Error{Kind: core.Numeric, Op: op, Subject: name, Err: err, Hint: "a parameter ran away: try a smaller learning rate"}
	}
	return nil
}
