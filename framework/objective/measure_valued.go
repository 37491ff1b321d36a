package objective

import "github.com/helmholtz-physics/helmholtz/framework/core"

// MeasureValued descends the variational free energy by weak derivatives of the density
// (Pflug 1989; Mohamed, Rosca, Figurnov and Mnih 2020, arXiv:1906.10652, section 6):
//
//	beta F      = < f >,   f = ln p + beta E,
//	grad beta F = < beta D(E) + D(ln p) >,   D_k(g) = c_k [ g(x_k^+) - g(x_k^-) ],
//
// where x_k^+ and x_k^- are drawn from the two densities whose difference is the derivative
// of p in theta_k. The derivative of the ln p in f has the mean zero and drops out. In the
// ground state f is E.
type MeasureValued struct{ Divergence }

var _ core.Objective = (*MeasureValued)(nil)

// Spec implements core.Objective: it gives cotangents of E and ln p as functions of x.
func (o *MeasureValued) Spec() core.ObjectiveSpec {
	s := o.spec([]core.Column{core.LogP, core.E, core.EWeak, core.LogPWeak}, core.E, core.LogP)
	s.Noise = []core.Noise{{Column: core.U, Law: core.Uniform}}
	return s
}

// Cotangents implements core.Objective.
func (o *MeasureValued) Cotangents(bar, b, all *core.Batch, beta float64) ([]float64, error) {
	f, n := mixAt(beta), float64(all.N)
	ebar, lbar := core.E.Room(bar, b.N), core.LogP.Room(bar, b.N)
	for i := range ebar {
		ebar[i], lbar[i] = f.energy/n, f.logP/n
	}
	return o.report(all, beta), nil
}
