package electronflow

import (
	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
)

// With g = d ln det/dz and J = dz/dx,
//
//	grad ln Psi = J^T g + 1/2 grad ln|det J|,
//
// the last term by a pull-back of the derivative of ln|det J| in J: one pass, where the
// Laplacian takes one for each coordinate.

var _ core.StateSloper = (*Model)(nil)

// StateSlope implements core.StateSloper.
func (m *Model) StateSlope(dst []complex128, b *core.Batch) error {
	m.mustFit(b)
	return m.run("differentiate ln Psi", call{b: b, slope: dst}, (*Model).stateSlope)
}

func (m *Model) stateSlope(w *wave, at par.Span) error {
	m.load(w, at)
	w.differentiate()
	w.slopeOfLog()
	for c := range at.N {
		to := m.call.slope[(at.From+c)*w.size:][:w.size]
		for i := range to {
			to[i] = complex(w.total[2*i*width+c], w.total[(2*i+1)*width+c])
		}
	}
	return nil
}

// slopeOfLog sets total to grad ln Psi. It follows differentiate.
func (w *wave) slopeOfLog() {
	clear(w.total)
	w.slopeOfDeterminant()
	w.slopeOfJacobian()
}

// slopeOfDeterminant adds J^T g to total.
func (w *wave) slopeOfDeterminant() {
	n := w.size
	for i := range n {
		g := w.slope[2*i*width:][:2*width]
		for j := range n {
			to, jac := w.total[2*j*width:][:2*width], w.jac[(i*n+j)*width:][:width]
			for c, v := range jac {
				to[c] += v * g[c]
				to[width+c] += v * g[width+c]
			}
		}
	}
}

// slopeOfJacobian adds 1/2 grad ln|det J| to total.
func (w *wave) slopeOfJacobian() {
	w.logJacobian(nil)
	clear(w.zbar)
	w.net.Pull(w.grad, w.xbar, w.zbar, w.jbar)
	for i := range w.size {
		for c := range width {
			w.total[2*i*width+c] += w.xbar[i*width+c]
		}
	}
}
