package electronflow

import (
	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/fisher"
	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// NaturalPull implements core.NaturalPuller. p(K) and Psi_K share no parameter, so
// that the Fisher matrix has a block for each. The gradient in the flow is the sum of the
// rows of its block, one pass for both.
func (m *Model) NaturalPull(dst, step []float64, b *core.Batch, w []float64, v []complex128, damping float64) error {
	if b.N == 0 {
		clear(dst)
		clear(step)
		return nil
	}
	if err := m.naturalRows(dst, b, w, v); err != nil {
		return err
	}
	return m.naturalStep(dst, step, b.N, damping, nil, nil, true)
}

// naturalRows computes the gradient, and the rows of both blocks.
func (m *Model) naturalRows(dst []float64, b *core.Batch, w []float64, v []complex128) error {
	m.mustFit(b)
	if v == nil {
		v = m.double(w)
	}
	at := m.split()
	m.scores = core.Resize(m.scores, b.N*at)
	if at > 0 {
		if err := m.states.Pull(dst[:at], par.RowsOf(b.Place()), b.K, w); err != nil {
			return err
		}
		if err := m.states.Scores(m.scores, b.K); err != nil {
			return err
		}
	}
	if err := m.flowScores(b); err != nil {
		return err
	}
	half := b.N * m.params.Size()
	m.sumRows(dst[at:], v)
	fisher.Centre(m.rows[:half], m.params.Size())
	fisher.Centre(m.rows[half:], m.params.Size())
	return nil
}

// naturalStep solves both blocks, with their tiles where they are made.
func (m *Model) naturalStep(grad, step []float64, n int, damping float64, ofStates, ofFlow []float64, notice bool) error {
	at := m.split()
	if at > 0 {
		if err := m.solve(&m.statesSolver, step[:at], grad[:at], m.scores, n, max(damping, m.config.StatesDamping), ofStates, notice); err != nil {
			return err
		}
	}
	return m.solve(&m.flowSolver, step[at:], grad[at:], m.rows, n, damping, ofFlow, notice)
}

func (m *Model) solve(s *fisher.Solver, step, grad, rows []float64, n int, damping float64, tiles []float64, notice bool) error {
	more, err := s.SolveWith(tiles, step, grad, rows, n, damping)
	if notice {
		m.add(raised, int64(more), false)
	}
	if err != nil {
		return &core.Error{Kind: core.Numeric, Op: "divide by the Fisher matrix", Subject: name, Err: err, Hint: "a parameter ran away: try a smaller learning rate"}
	}
	return nil
}

// flowScores sets rows to O = grad ln Psi of each configuration: all real parts,
// then all imaginary parts.
func (m *Model) flowScores(b *core.Batch) error {
	m.rows = core.Resize(m.rows, 2*b.N*m.params.Size())
	return m.run("differentiate ln Psi", call{b: b}, (*Model).score)
}

// sumRows writes sum_i Re conj(v_i) O_i.
func (m *Model) sumRows(dst []float64, v []complex128) {
	n, params := len(v), len(dst)
	m.parts = core.Resize(m.parts, 2*n)
	for i, x := range v {
		m.parts[i], m.parts[n+i] = real(x), imag(x)
	}
	tensor.Gemm(true, false, params, 1, 2*n, 1, m.rows, params, m.parts, 1, 0, dst, 1)
}

func (m *Model) score(w *wave, at par.Span) error {
	params := m.params.Size()
	m.load(w, at)
	w.differentiate()
	w.pull(ones[:])
	w.store(m.rows[at.From*params:], at.N)
	w.pullPhase()
	w.store(m.rows[(m.call.b.N+at.From)*params:], at.N)
	return nil
}

// ones are the weights 1 + 0i.
var ones = [2 * width]float64{1, 1, 1, 1, 1, 1, 1, 1}

// store writes the gradients of n configurations to rows.
func (w *wave) store(rows []float64, n int) {
	params := len(w.grad) / width
	for c := range n {
		for p := range params {
			rows[c*params+p] = w.grad[p*width+c]
		}
	}
}
