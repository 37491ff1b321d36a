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

// Complete adds to what a plan's parts say of themselves what its objective wants
// and gives, and what its sampler uses, for plan.Fit.
func Complete(p *plan.Plan, bound plan.Bound) plan.Bound {
	o := objectiveOf(p, bound.Energy)
	bound.Wants, bound.Bars = o.Wants(), o.Bars()
	bound.Sampler = sample.Method(p.Sampler.Method).Uses()
	return bound
}
