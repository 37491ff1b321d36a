package electronflow

import (
	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/fisher"
)

// NaturalPull implements core.NaturalPuller. p(K) and Psi_K share no parameter, so
// that the Fisher matrix has a block for each.
func (m *Model) NaturalPull(grad, step []float64, b *core.Batch, w []float64, v []complex128, damping float64) error {
	m.mustFit(b)
	if v == nil {
		v = make([]complex128, len(w))
		for i, x := range w {
			v[i] = complex(2*x, 0)
		}
	}
	if err := m.StatePull(grad, b, w, v); err != nil {
		return err
	}
	if b.N == 0 {
		for i, g := range grad {
			step[i] = g / damping
		}
		return nil
	}
	at := m.split()
	if m.states != nil {
		m.scores = core.Resize(m.scores, b.N*at)
		if err := m.states.Scores(m.scores, b.K); err != nil {
			return err
		}
		if err := m.solve(&m.statesSolver, step[:at], grad[:at], m.scores, b.N, damping); err != nil {
			return err
		}
	}
	if err := m.flowScores(b); err != nil {
		return err
	}
	half := b.N * m.net.Parameters()
	fisher.Centre(m.rows[:half], m.net.Parameters())
	fisher.Centre(m.rows[half:], m.net.Parameters())
	return m.solve(&m.flowSolver, step[at:], grad[at:], m.rows, b.N, damping)
}

func (m *Model) solve(s *fisher.Solver, step, grad, rows []float64, n int, damping float64) error {
	more, err := s.Solve(step, grad, rows, n, damping)
	m.add(raised, int64(more), false)
	if err != nil {
		return &core.Error{Kind: core.Numeric, Op: "divide by the Fisher matrix", Subject: name, Err: err, Hint: "a parameter ran away: try a smaller learning rate"}
	}
	return nil
}

// flowScores sets rows to O = grad ln Psi of each configuration: all real parts,
// then all imaginary parts.
func (m *Model) flowScores(b *core.Batch) error {
	params := m.net.Parameters()
	m.rows = core.Resize(m.rows, 2*b.N*params)
	return m.run("differentiate ln Psi", b.N, func(w *wave, from, n int) error {
		m.load(w, b, from, n)
		w.differentiate(false)
		w.pull(ones[:])
		w.store(m.rows[from*params:], n)
		w.pullPhase()
		w.store(m.rows[(b.N+from)*params:], n)
		return nil
	})
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
