package plan

import (
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// fitSpace tests that model and energy have the same configurations, and that a model of particles that
// are not all alike knows of it.
func (p *Plan) fitSpace(r *report, energy core.EnergySpec, model core.ModelSpec) {
	a, b := model.Space, energy.Space
	if b.HasKinds() && !slices.Contains(model.Powers, core.PowerKinds) {
		r.mismatch("model.plugin", "model %q takes all particles for alike, but energy %q has %v; choose a model with the power %q", p.Model.Plugin, p.Energy.Plugin, b, core.PowerKinds)
		return
	}
	if !a.Fits(b) {
		r.mismatch("model.plugin", "model %q was built on %v, but energy %q has %v", p.Model.Plugin, a, p.Energy.Plugin, b)
	}
}
