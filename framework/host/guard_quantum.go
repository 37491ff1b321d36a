package host

import (
	"math"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// The powers of core/quantum.go, guarded.
var (
	_ core.DensityMatrix = (*guardedModel)(nil)
	_ core.StateLister   = (*guardedModel)(nil)
	_ core.NaturalPuller = (*guardedModel)(nil)
	_ core.Walker        = (*guardedModel)(nil)
	_ core.Noticer       = (*guardedModel)(nil)
)

// states refuses the states of a draw that are no occupied orbitals in
// increasing order, and the chains of one that are not one for each
// configuration.
func (g *guardedModel) states(op string, b *core.Batch) error {
	spec := g.model.Spec()
	if slices.Contains(spec.Powers, core.PowerQuantum) {
		n := spec.Space.Count()
		if len(b.K) != b.N*n {
			return refuse(core.Plugin, op, g.subject, "returned %d occupied orbitals for %d configurations of %d particles", len(b.K), b.N, n)
		}
		for i := range b.N {
			last := int32(-1)
			for _, k := range b.K[i*n : (i+1)*n] {
				if k <= last || int(k) >= len(spec.Orbitals) {
					return refuse(core.Plugin, op, g.subject, "the state of sample %d is %v, not increasing numbers of %d orbitals",
						i, b.K[i*n:(i+1)*n], len(spec.Orbitals))
				}
				last = k
			}
		}
	}
	if slices.Contains(spec.Powers, core.PowerWalk) {
		if b.Chains != b.N || len(b.Accept) != b.N {
			return refuse(core.Plugin, op, g.subject, "returned %d chains with %d acceptances for %d configurations", b.Chains, len(b.Accept), b.N)
		}
		for i, a := range b.Accept {
			if !(a >= 0 && a <= 1) {
				return refuse(core.Numeric, op, g.subject, "the acceptance of chain %d is %v", i, a)
			}
		}
	}
	return nil
}

// LogPsi lets a wave function be zero.
func (g *guardedModel) LogPsi(logPsi []complex128, logP []float64, b *core.Batch) error {
	const op = "log_psi"
	m, err := begin[core.DensityMatrix](g, op, core.PowerQuantum)
	if err != nil {
		return err
	}
	defer g.inner.leave()
	if err := m.LogPsi(logPsi, logP, b); err != nil {
		return err
	}
	for i, l := range logPsi {
		if phase := imag(l); phase-phase != 0 || math.IsNaN(real(l)) || math.IsInf(real(l), 1) {
			return refuse(core.Numeric, op, g.subject, "ln Psi of sample %d is %v", i, l)
		}
	}
	return g.logP(op, logP)
}

func (g *guardedModel) Laplacian(dst []complex128, b *core.Batch) error {
	const op = "laplacian"
	m, err := begin[core.DensityMatrix](g, op, core.PowerQuantum)
	if err != nil {
		return err
	}
	defer g.inner.leave()
	if err := m.Laplacian(dst, b); err != nil {
		return err
	}
	for i, l := range dst {
		if l-l != 0 { // NaN and infinities, of either part
			return refuse(core.Numeric, op, g.subject, "lap Psi/Psi of sample %d is %v", i, l)
		}
	}
	return nil
}

func (g *guardedModel) StatePull(grad []float64, b *core.Batch, w []float64, v []complex128) error {
	const op = "state_pull"
	m, err := begin[core.DensityMatrix](g, op, core.PowerQuantum)
	if err != nil {
		return err
	}
	defer g.inner.leave()
	if err := m.StatePull(grad, b, w, v); err != nil {
		return err
	}
	return g.finite(op, "gradient component", grad)
}

func (g *guardedModel) NaturalPull(grad, step []float64, b *core.Batch, w []float64, v []complex128, damping float64) error {
	const op = "natural_pull"
	m, err := begin[core.NaturalPuller](g, op, core.PowerNatural)
	if err != nil {
		return err
	}
	defer g.inner.leave()
	if err := m.NaturalPull(grad, step, b, w, v, damping); err != nil {
		return err
	}
	if err := g.finite(op, "gradient component", grad); err != nil {
		return err
	}
	return g.finite(op, "component of the step", step)
}

func (g *guardedModel) StateLogP() ([]float64, error) {
	const op = "state_log_p"
	m, err := begin[core.StateLister](g, op, core.PowerStates)
	if err != nil {
		return nil, err
	}
	defer g.inner.leave()
	logP, err := m.StateLogP()
	if err != nil {
		return nil, err
	}
	return logP, g.logP(op, logP)
}

func (g *guardedModel) Walkers() ([]float64, error) {
	const op = "walkers"
	m, err := begin[core.Walker](g, op, core.PowerWalk)
	if err != nil {
		return nil, err
	}
	defer g.inner.leave()
	return m.Walkers()
}

func (g *guardedModel) SetWalkers(state []float64) error {
	const op = "set_walkers"
	m, err := begin[core.Walker](g, op, core.PowerWalk)
	if err != nil {
		return err
	}
	defer g.inner.leave()
	return m.SetWalkers(state)
}

func (g *guardedModel) Notices() ([]core.Notice, error) {
	const op = "notices"
	m, err := begin[core.Noticer](g, op, core.PowerNotices)
	if err != nil {
		return nil, err
	}
	defer g.inner.leave()
	return m.Notices()
}
