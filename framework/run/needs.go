package run

import (
	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/plan"
	"github.com/helmholtz-physics/helmholtz/framework/sample"
)

// SamplerOptions are the plan's [sampler] table.
func SamplerOptions(p *plan.Plan) sample.Options {
	o := p.Sampler
	return sample.Options{Method: sample.Method(o.Method), Chains: o.Chains, BurnIn: o.BurnIn, Thin: o.Thin, StepSize: o.StepSize, Leapfrog: o.Leapfrog}
}

// Needs says what a plan's objective and its sampler cannot work without, for
// plan.Fit.
func Needs(p *plan.Plan, energy core.EnergySpec) (objective, sampler plan.Needs) {
	needs := objectiveOf(p, energy).Needs()
	objective.Model = true
	if needs.Path {
		objective.ModelPowers = append(objective.ModelPowers, core.PowerPath)
	}
	if needs.ModelSlope {
		objective.ModelPowers = append(objective.ModelPowers, core.PowerSlope)
	}
	if needs.EnergySlope {
		objective.EnergyPowers = append(objective.EnergyPowers, core.PowerSlope)
	}
	return objective, plan.Needs(sample.Method(p.Sampler.Method).Needs())
}
