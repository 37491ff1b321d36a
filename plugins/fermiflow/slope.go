package fermiflow

import (
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
)

var _ core.StateSloper = (*Model)(nil)

// StateSlope implements core.StateSloper: G = grad_x ln|Psi| of the Laplacian's equations
// (laplacian.go). Psi is real.
func (m *Model) StateSlope(dst []complex128, b *core.Batch) error {
	const op = "evaluate the slope of ln Psi"
	mustLen("the slope", len(dst), b.N*m.d)
	if err := m.begin(op, b); err != nil {
		return err
	}
	defer m.release()
	m.call.slope = dst
	return m.run(op, par.RowsOf(b.Place()), (*Model).stateSlope)
}

func (m *Model) stateSlope(c *chunk, at par.Span) error {
	if err := m.follow(c, at); err != nil {
		return err
	}
	m.slopes(c, at)
	for j := range at.N {
		for i, g := range c.column(c.xbar, j) {
			if math.IsNaN(g) || math.IsInf(g, 0) {
				return notFinite("the slope of ln Psi", at.From+j, g)
			}
			m.call.slope[(at.From+j)*m.d+i] = complex(g, 0)
		}
	}
	return nil
}
