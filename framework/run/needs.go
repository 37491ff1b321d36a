package run

import (
	"github.com/helmholtz-physics/helmholtz/framework/plan"
	"github.com/helmholtz-physics/helmholtz/framework/sample"
)

// SamplerOptions are the plan's [sampler] table.
func SamplerOptions(p *plan.Plan) sample.Options {
	o := p.Sampler
	return sample.Options{Method: sample.Method(o.Method), Chains: o.Chains, BurnIn: o.BurnIn, Thin: o.Thin, StepSize: o.StepSize, Leapfrog: o.Leapfrog}
}

// Needs completes what a plan's parts say of themselves, for plan.Fit, by what its
// objective and its sampler need.
func Needs(p *plan.Plan, bound plan.Bound) plan.Bound {
	o := objectiveOf(p, bound.Energy)
	bound.Wants, bound.Bars = o.Wants(), o.Bars()
	bound.Sampler = plan.Needs(sample.Method(p.Sampler.Method).Needs())
	return bound
}
