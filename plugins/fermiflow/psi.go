package fermiflow

import (
	"fmt"
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
)

// LogPsi implements core.DensityMatrix. Psi is real: the imaginary part of its
// logarithm is 0 or pi.
func (m *Model) LogPsi(logPsi []complex128, logP []float64, b *core.Batch) error {
	const op = "evaluate ln Psi"
	mustLen("ln Psi", len(logPsi), b.N)
	mustLen("ln p", len(logP), b.N)
	if err := m.begin(op, b); err != nil {
		return err
	}
	defer m.release()
	for i, k := range m.number {
		logP[i] = m.logP[k]
	}
	m.call.logPsi = logPsi
	return m.run(op, par.RowsOf(b.Place()), (*Model).psi)
}

func (m *Model) psi(c *chunk, at par.Span) error {
	if err := m.follow(c, at); err != nil {
		return err
	}
	for j := range at.N {
		logPsi := c.logPsi(j, m.occupied(at.From+j))
		if re := real(logPsi); math.IsNaN(re) || math.IsInf(re, 1) {
			return notFinite("ln Psi", at.From+j, re)
		}
		m.call.logPsi[at.From+j] = logPsi
	}
	return nil
}

// logPsi is ln Psi of configuration j in a state.
func (c *chunk) logPsi(j int, k []int32) complex128 {
	c.wave.at(c.column(c.z, j))
	lnPhi, sign := c.wave.logPhi(k)
	phase := 0.0
	if sign < 0 {
		phase = math.Pi
	}
	return complex(lnPhi-c.l[j]/2, phase)
}

// begin looks up the states of a batch.
func (m *Model) begin(op string, b *core.Batch) error {
	mustLen("x", len(b.X), b.N*m.d)
	if len(b.K) != b.N*m.n {
		return core.Errorf(core.Invalid, op, name, "the batch does not say which orbitals are occupied")
	}
	m.number = core.Resize(m.number, b.N)
	for i := range m.number {
		k := b.K[i*m.n : (i+1)*m.n]
		if m.number[i] = m.states.find(k); m.number[i] < 0 {
			return &core.Error{Kind: core.Invalid, Op: op, Subject: name,
				Err:  fmt.Errorf("configuration %d is in no state of the model: orbitals %v", i, k),
				Hint: "it stems from a model with another excitation or state"}
		}
	}
	m.call = call{x: b.X, first: b.From}
	return nil
}

// occupied are the orbitals of configuration i.
func (m *Model) occupied(i int) []int32 { return m.states.occupied[m.number[i]] }

// Pull implements core.Model, of ln p(K) |Psi_K(x)|^2.
func (m *Model) Pull(dst []float64, b *core.Batch, w []float64) error {
	mustLen("the weights", len(w), b.N)
	m.twice = core.Resize(m.twice, len(w))
	for i, x := range w {
		m.twice[i] = complex(2*x, 0)
	}
	return m.StatePull(dst, b, w, m.twice)
}

// StatePull implements core.DensityMatrix. With one-hot vectors delta,
// grad_l ln p(K) = delta_K - p; the phase of Psi is constant. At fixed x, dz/dtheta =
// -(df/dz)^-1 df/dtheta, and with G = grad_x ln|Psi|
//
//	d ln|Psi|/dtheta = -G . df/dtheta - 1/2 dl/dtheta,
//
// both at fixed z: the path of the draw, pulled back.
func (m *Model) StatePull(dst []float64, b *core.Batch, w []float64, v []complex128) error {
	const op = "differentiate ln Psi"
	mustLen("the gradient", len(dst), m.spec.Parameters)
	mustLen("the weights", len(w), b.N)
	mustLen("the weights of ln Psi", len(v), b.N)
	if err := m.begin(op, b); err != nil {
		return err
	}
	defer m.release()
	m.pullStates(dst, b, w)
	m.call.v = v
	return m.runSum(dst[len(m.logits):], op, par.RowsOf(b.Place()), (*Model).pullPsi)
}

// pullStates writes sum_i w_i grad ln p(K_i) in the logits.
func (m *Model) pullStates(dst []float64, b *core.Batch, w []float64) {
	if m.logits == nil {
		return
	}
	n := m.states.count()
	m.cut(par.RowsOf(b.Place())).Lay(&m.layout)
	for _, s := range m.layout.Segments {
		sum, total := m.stack.Top(s, n), 0.0
		from := m.layout.Chunks[s.Chunk].From + s.From
		for i := from; i < from+s.N; i++ {
			sum[m.number[i]] += m.unit * w[i]
			total += m.unit * w[i]
		}
		for k, l := range m.logP {
			sum[k] -= total * math.Exp(l)
		}
		m.stack.Merge(s, n)
	}
	copy(dst, m.stack.Take(n))
}

// pullPsi pulls Re v ln|Psi| of each configuration back, with v = 1 where the call
// has none.
func (m *Model) pullPsi(c *chunk, at par.Span) error {
	if err := m.follow(c, at); err != nil {
		return err
	}
	m.slopes(c, at)
	for j := range c.lbar {
		v := 1.0
		switch {
		case j >= at.N:
			v = 0
		case m.call.v != nil:
			v = real(m.call.v[at.From+j])
		}
		c.lbar[j] = -v / 2
		for i := j; i < len(c.xbar); i += c.width {
			if j >= at.N {
				c.xbar[i] = 0 // of nobody
			} else if g := c.xbar[i]; math.IsNaN(g) || math.IsInf(g, 0) {
				return notFinite("the slope of ln Psi", at.From+j, g)
			}
			c.xbar[i] *= -v
		}
	}
	c.solver.Pull(c.zbar, c.xbar, c.lbar, true)
	return nil
}
