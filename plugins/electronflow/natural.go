package electronflow

import (
	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/fisher"
	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// Natural gradients. p(K) and Psi_K share no parameter, so that the Fisher matrix has a block for each, of the rows
// grad ln p(K) of each configuration; and of O = grad ln Psi, all real parts above all imaginary parts. The gradient
// in the flow is the sum of the rows of its block, one pass for both.

// natural is the memory of natural gradients.
type natural struct {
	states, flow []float64 // rows of both blocks
	blocks       fisher.Blocks
	parts        []float64 // of cotangents
	grad         []float64 // what NaturalTiles leaves to NaturalSolve,
	ready        bool      // if it does
}

// scoring says where scores go: of each configuration a row, and where in it the parts of O stand.
type scoring struct {
	to         []float64
	stride     int
	real, imag int // of the first configuration
}

// NaturalPull implements core.NaturalPuller.
func (m *Model) NaturalPull(dst, step []float64, b *core.Batch, w []float64, v []complex128, damping float64) error {
	m.natural.ready = false
	if b.N == 0 {
		clear(dst)
		clear(step)
		return nil
	}
	s, at, params := &m.natural, m.split(), m.params.Size()
	s.states, s.flow = core.Resize(s.states, b.N*at), core.Resize(s.flow, 2*b.N*params)
	if err := m.stateScores(dst[:at], s.states, at, b, w); err != nil {
		return err
	}
	if err := m.flowScores(b, scoring{to: s.flow, stride: params, imag: b.N * params}); err != nil {
		return err
	}
	m.setBlocks(dst, w, v)
	return m.solveBlocks(dst, step, damping, true)
}

// stateScores writes the gradient in p(K), and the rows of its block, each so many numbers behind the one before.
func (m *Model) stateScores(grad, rows []float64, stride int, b *core.Batch, w []float64) error {
	m.mustFit(b)
	if m.split() == 0 {
		return nil
	}
	if err := m.states.Pull(grad, par.RowsOf(b.Place()), b.K, w); err != nil {
		return err
	}
	return m.states.Scores(rows, stride, b.K)
}

// flowScores writes O of each configuration.
func (m *Model) flowScores(b *core.Batch, to scoring) error {
	return m.run("differentiate ln Psi", call{b: b, scoring: to}, (*Model).score)
}

// setBlocks goes on from the rows of all configurations: it makes the gradient in the flow, and centres.
func (m *Model) setBlocks(grad, w []float64, v []complex128) {
	s, at, params := &m.natural, m.split(), m.params.Size()
	if v == nil {
		v = m.double(w)
	}
	m.sumRows(grad[at:], v)
	half := len(w) * params
	fisher.Centre(s.flow[:half], params)
	fisher.Centre(s.flow[half:], params)
	s.blocks.Set(len(w), fisher.Rows{A: s.states, Cols: at}, fisher.Rows{A: s.flow, Cols: params})
}

// solveBlocks divides the gradient by both blocks.
func (m *Model) solveBlocks(grad, step []float64, damping float64, notice bool) error {
	at := m.split()
	if err := m.solve(0, step[:at], grad[:at], max(damping, m.config.StatesDamping), notice); err != nil {
		return err
	}
	return m.solve(1, step[at:], grad[at:], damping, notice)
}

func (m *Model) solve(block int, step, grad []float64, damping float64, notice bool) error {
	more, err := m.natural.blocks.Solve(block, step, grad, damping)
	if notice {
		m.add(raised, int64(more), false)
	}
	if err != nil {
		return &core.Error{Kind: core.Numeric, Op: "divide by the Fisher matrix", Subject: name, Err: err, Hint: "a parameter ran away: try a smaller learning rate"}
	}
	return nil
}

// sumRows writes sum_i Re conj(v_i) O_i.
func (m *Model) sumRows(dst []float64, v []complex128) {
	m.splitParts(v)
	n, params := len(v), len(dst)
	tensor.Gemm(true, false, params, 1, 2*n, 1, m.natural.flow, params, m.natural.parts, 1, 0, dst, 1)
}

// splitParts are the real and the imaginary parts of v, one behind the other.
func (m *Model) splitParts(v []complex128) (re, im []float64) {
	n, s := len(v), &m.natural
	s.parts = core.Resize(s.parts, 2*n)
	for i, x := range v {
		s.parts[i], s.parts[n+i] = real(x), imag(x)
	}
	return s.parts[:n], s.parts[n:]
}

func (m *Model) score(w *wave, at par.Span) error {
	s := m.call.scoring
	m.load(w, at)
	w.differentiate()
	w.pull(ones[:])
	w.store(s.to[at.From*s.stride+s.real:], s.stride, at.N)
	w.pullPhase()
	w.store(s.to[at.From*s.stride+s.imag:], s.stride, at.N)
	return nil
}

// ones are the weights 1 + 0i.
var ones = [2 * width]float64{1, 1, 1, 1, 1, 1, 1, 1}

// store writes the gradients of n configurations to rows, each so many numbers behind the one before.
func (w *wave) store(rows []float64, stride, n int) {
	params := len(w.grad) / width
	for c := range n {
		row := rows[c*stride:][:params]
		for p := range row {
			row[p] = w.grad[p*width+c]
		}
	}
}
