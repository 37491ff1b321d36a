package host

import (
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// The powers of core/flow.go, guarded.
var (
	_ core.Model       = (*guardedModel)(nil)
	_ core.PathPuller  = (*guardedModel)(nil)
	_ core.ModelSloper = (*guardedModel)(nil)
	_ core.Mapper      = (*guardedModel)(nil)
)

func (g *guardedModel) PathPull(grad []float64, b *core.Batch, xbar, lbar []float64) error {
	const op = "path_pull"
	m, err := begin[core.PathPuller](g, op, core.PowerPath)
	if err != nil {
		return err
	}
	defer g.inner.leave()
	if err := m.PathPull(grad, b, xbar, lbar); err != nil {
		return err
	}
	if err := g.finite(op, "gradient component", grad); err != nil {
		return err
	}
	return g.verifyGradient(b)
}

// Slope lets any slope pass where p(x) is zero.
func (g *guardedModel) Slope(slope, logP, x []float64) error {
	const op = "slope"
	m, err := begin[core.ModelSloper](g, op, core.PowerSlope)
	if err != nil {
		return err
	}
	defer g.inner.leave()
	if err := m.Slope(slope, logP, x); err != nil {
		return err
	}
	if err := g.logP(op, logP); err != nil {
		return err
	}
	return components(op, g.subject, "d ln p/dx", slope, logP)
}

func (g *guardedModel) Map(x, lnDet, z []float64) error {
	const op = "map"
	m, err := begin[core.Mapper](g, op, core.PowerMap)
	if err != nil {
		return err
	}
	defer g.inner.leave()
	if err := m.Map(x, lnDet, z); err != nil {
		return err
	}
	if err := g.configurations(op, x); err != nil {
		return err
	}
	return g.finite(op, "ln|det dx/dz| of sample", lnDet)
}

func (g *guardedModel) Inverse(z, lnDet, x []float64) error {
	const op = "inverse"
	m, err := begin[core.Mapper](g, op, core.PowerMap)
	if err != nil {
		return err
	}
	defer g.inner.leave()
	if err := m.Inverse(z, lnDet, x); err != nil {
		return err
	}
	if err := components(op, g.subject, "z", z, lnDet); err != nil {
		return err
	}
	return g.finite(op, "ln|det dx/dz| of sample", lnDet)
}

func (g *guardedModel) MapPull(zbar, z, xbar, lbar []float64) error {
	const op = "map_pull"
	m, err := begin[core.Mapper](g, op, core.PowerMap)
	if err != nil {
		return err
	}
	defer g.inner.leave()
	if err := m.MapPull(zbar, z, xbar, lbar); err != nil {
		return err
	}
	return components(op, g.subject, "zbar", zbar, lbar)
}

// Slope lets any slope pass where the energy is +Inf.
func (g *guardedEnergy) Slope(slope, e []float64, b *core.Batch) error {
	const op = "slope"
	if err := g.inner.enter(op); err != nil {
		return err
	}
	defer g.inner.leave()
	sloper, ok := g.energy.(core.EnergySloper)
	if !ok {
		return lacks(op, g.subject, core.PowerSlope)
	}
	if err := sloper.Slope(slope, e, b); err != nil {
		return err
	}
	if err := g.energies(op, e); err != nil {
		return err
	}
	if err := components(op, g.subject, "dE/dx", slope, e); err != nil {
		return err
	}
	return g.verify(b, e)
}

// components refuses those that are not finite, in samples whose value is.
func components(op, subject, what string, v, values []float64) error {
	for k, x := range v {
		d := len(v) / len(values)
		if x-x != 0 && !math.IsInf(values[k/d], 0) {
			return refuse(core.Numeric, op, subject, "component %d of %s of sample %d is %v", k%d, what, k/d, x)
		}
	}
	return nil
}
