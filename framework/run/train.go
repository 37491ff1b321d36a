package run

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/optim"
	"github.com/helmholtz-physics/helmholtz/framework/plan"
	"github.com/helmholtz-physics/helmholtz/framework/sample"
)

// train runs the steps that are missing.
func (r *runner) train(ctx context.Context) error {
	total := int64(r.plan.Train.Steps)
	begin, start := time.Now(), r.step
	sampler := r.parts.Data
	if sampler == nil {
		sampler = sample.Direct{Density: r.parts.Model}
	}
	state, err := sampler.Init(core.Derive(r.plan.Seed, purposeTrain))
	if err != nil {
		return err
	}
	if r.step == total {
		return nil
	}
	if err := r.setWalkers(r.chains); err != nil {
		return err
	}
	if err := r.bindTraining(); err != nil {
		return err
	}
	r.snapshot()
	for r.step < total {
		if ctx.Err() != nil {
			return interrupted(ctx, fmt.Sprintf("after training step %d of %d", r.step, total))
		}
		state.Drawn = uint64(r.step)
		numbers, err := r.trainStep(sampler, state)
		if err != nil {
			numbers = slices.Repeat([]float64{math.NaN()}, len(r.objective.Numbers))
			if err := r.onNumericError(&core.Error{Kind: core.KindOf(err), Op: "train", Subject: fmt.Sprintf("step %d", r.step+1), Err: err}); err != nil {
				return err
			}
		} else {
			r.snapshot()
		}
		if err := r.askNotices(); err != nil {
			return err
		}
		r.mon.Progress(r.trained(numbers, start, time.Since(begin)))
		if err := r.keep(numbers); err != nil {
			return err
		}
	}
	r.noteFailures()
	return nil
}

// trained is the progress after a step: the number that the objective says is to be
// watched.
func (r *runner) trained(numbers []float64, start int64, elapsed time.Duration) Progress {
	p := Progress{Phase: Training, Done: r.step, Total: int64(r.plan.Train.Steps), Start: start, Elapsed: elapsed,
		Name: cmp.Or(r.objective.Watch, r.objective.Numbers[0].Name), Value: math.NaN(), Stderr: math.NaN()}
	for i, n := range r.objective.Numbers {
		switch n.Name {
		case p.Name:
			p.Value = numbers[i]
		case p.Name + "_stderr":
			p.Stderr = numbers[i]
		}
	}
	return p
}

// trainStep moves theta by one step and returns the numbers of the objective. On an
// error theta, the optimiser and the history are those before the step.
func (r *runner) trainStep(sampler core.Sampler, state core.SamplerState) ([]float64, error) {
	step, b := r.step+1, &r.batch
	if err := r.parts.Model.Load(r.theta); err != nil {
		return nil, r.blameModel(err)
	}
	if _, err := sampler.Next(b, state, r.plan.Train.Batch); err != nil {
		return nil, r.blameModel(err)
	}
	if err := r.complete(r.training, true); err != nil {
		return nil, err
	}
	beta := r.anneal.At(step)
	numbers, err := r.parts.Objective.Cotangents(&r.pullBack.bar, b, b, beta)
	if err != nil {
		return nil, core.Blame(core.KindObjective, r.plan.Train.Objective, err)
	}
	if err := r.pull(); err != nil {
		return nil, err
	}
	chains, err := r.walkers()
	if err != nil {
		return nil, err
	}
	norm, err := optim.Norm(r.grad)
	if err != nil {
		return nil, r.blameModel(err)
	}
	rate, err := r.parts.Optimizer.Step(r.theta, core.Derivative{Gradient: r.grad, Norm: norm, Direction: r.direction}, step)
	if err != nil {
		return nil, core.Blame(core.KindOptimizer, r.plan.Train.Optimizer, err)
	}
	r.step, r.chains, r.unsaved = step, chains, true
	r.row = append(append(r.row[:0], numbers...), beta, rate, norm)
	r.history.Append(step, r.row...)
	return numbers, nil
}

// bindTraining finds the calls of a training step.
func (r *runner) bindTraining() (err error) {
	if r.training, err = r.recipe(r.objective.Wants, r.plan.Known()); err != nil {
		return err
	}
	has, _ := core.RowsOf(core.KindModel, r.parts.Model.Spec().Powers)
	r.pullBack.model, r.pullBack.row = core.InstanceOf(r.parts.Model), plan.PullBack(has, r.objective.Bars, r.descent.Direction)
	if r.pullBack.row == nil {
		return r.blameModel(core.Errorf(core.Unsupported, "", "", "it has no pull-back of the objective's cotangents"))
	}
	return nil
}

// pullBack is the call that makes the gradient.
type pullBack struct {
	model     core.Instance
	row       *core.Row
	bar       core.Batch // the cotangents
	gradients core.Batch
	args      core.Call
}

// pull turns the cotangents into the gradient, and the direction where the optimiser
// steps along one.
func (r *runner) pull() error {
	p, b := &r.pullBack, &r.batch
	if r.descent.Direction {
		core.Damping.Room(b, 1)[0] = r.descent.Damping
	}
	p.bar.N, p.gradients.N = b.N, b.N
	core.Gradient.Put(&p.gradients, r.grad)
	core.Direction.Put(&p.gradients, r.direction)
	p.args = core.Call{In: b, Bar: &p.bar, Out: &p.gradients}
	if err := p.model.Call(p.row, &p.args); err != nil {
		return r.blameModel(err)
	}
	return nil
}

// progressEvery is the shortest time between two rows of progress.jsonl.
const progressEvery = time.Second

// keep writes progress, and a checkpoint with a snapshot when one is due.
func (r *runner) keep(numbers []float64) error {
	last := r.step == int64(r.plan.Train.Steps)
	if now := time.Now(); last || now.Sub(r.logged) >= progressEvery {
		r.logged = now
		row := map[string]any{"phase": Training, "step": r.step, "beta": r.anneal.At(r.step), "wall_seconds": r.wall()}
		for i, n := range r.objective.Numbers {
			row[n.Name] = numbers[i]
		}
		if err := r.rec.AppendProgress(row); err != nil {
			return err
		}
	}
	if !last && !r.checkpointDue() {
		return nil
	}
	if err := r.saveCheckpoint(); err != nil {
		return err
	}
	return r.saveResults()
}

func (r *runner) checkpointDue() bool {
	c := r.plan.Checkpoint
	if c.Every > 0 && r.step%int64(c.Every) == 0 {
		return true
	}
	return c.EverySeconds > 0 && time.Since(r.saved).Seconds() >= c.EverySeconds
}

func interrupted(ctx context.Context, where string) error {
	return &core.Error{Kind: core.Interrupted, Op: "stopped", Subject: where, Err: context.Cause(ctx), Hint: "run the same command again to continue"}
}
