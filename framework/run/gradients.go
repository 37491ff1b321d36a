package run

import (
	"context"
	"fmt"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/learn"
	"github.com/helmholtz-physics/helmholtz/framework/objective"
	"github.com/helmholtz-physics/helmholtz/framework/optim"
	"github.com/helmholtz-physics/helmholtz/framework/plan"
	"github.com/helmholtz-physics/helmholtz/framework/ranks"
	"github.com/helmholtz-physics/helmholtz/framework/stats"
)

// Start is the parameters with which the training of a plan begins.
func Start(p *plan.Plan, parts Parts) ([]float64, error) {
	theta := make([]float64, parts.Model.Spec().Parameters)
	if err := parts.Model.Init(theta, core.Derive(p.Seed, purposeInit)); err != nil {
		return nil, core.Blame(core.KindModel, p.Model.Plugin, err)
	}
	return theta, nil
}

// Gradients makes the gradient of a training step again and again at the same parameters,
// from the draws of steps 1, 2, ..., repeats, and at the run's own temperature. Nothing is
// trained. Plans that differ in how the gradient is estimated have the same draws.
func Gradients(ctx context.Context, p *plan.Plan, parts Parts, theta []float64, repeats int) (*stats.Gradients, error) {
	r := newRunner(p, parts, nil, nil, Options{})
	r.anneal.Rate = 0
	return r.repeat(ctx, r.learner(), theta, repeats)
}

// Scores are gradients of -<ln p> of the model's draws, those of [Gradients]. Their mean is
// zero, and a multiple of them is what a baseline takes from an estimate.
func Scores(ctx context.Context, p *plan.Plan, parts Parts, theta []float64, repeats int) (*stats.Gradients, error) {
	r := newRunner(p, parts, nil, nil, Options{})
	l := r.learner()
	l.Terms = l.Terms[:1]
	l.Terms[0].Objective = &objective.MaximumLikelihood{}
	return r.repeat(ctx, l, theta, repeats)
}

func (r *runner) repeat(ctx context.Context, l *learn.Learner, theta []float64, repeats int) (*stats.Gradients, error) {
	if r.can(core.PowerWalk) {
		return nil, r.blameModel(core.Errorf(core.Unsupported, "repeat a gradient", "", "the model draws from Markov chains, of which one batch follows from another"))
	}
	const number = 8 // bytes
	if err := core.Afford(number*float64(len(theta))*float64(repeats), "repeat a gradient", fmt.Sprintf("%d gradients of %d parameters", repeats, len(theta)), "fewer --repeats"); err != nil {
		return nil, err
	}
	l.Theta, l.Optimizer = theta, &optim.SGD{} // one that wants the gradient alone
	if err := l.Load(); err != nil {
		return nil, err
	}
	if err := l.Open(core.Derive(r.plan.Seed, purposeTrain), ranks.Alone{}); err != nil {
		return nil, err
	}
	all := stats.NewGradients(len(theta), repeats)
	for t := range repeats {
		if ctx.Err() != nil {
			return nil, &core.Error{Kind: core.Interrupted, Op: "stopped", Subject: fmt.Sprintf("after gradient %d of %d", t, repeats), Err: context.Cause(ctx)}
		}
		report, err := l.Gradient(int64(t + 1))
		if err != nil {
			return nil, &core.Error{Kind: core.KindOf(err), Op: "form gradient", Subject: fmt.Sprintf("%d of %d", t+1, repeats), Err: err}
		}
		all.Add(report.Gradient)
	}
	return all, nil
}
