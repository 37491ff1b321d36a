package run

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/objective"
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
		loss, err := r.trainStep(sampler, state)
		if err != nil {
			loss = objective.Unknown()
			if err := r.onNumericError(&core.Error{Kind: core.KindOf(err), Op: "train", Subject: fmt.Sprintf("step %d", r.step+1), Err: err}); err != nil {
				return err
			}
		} else {
			r.snapshot()
		}
		if err := r.askNotices(); err != nil {
			return err
		}
		r.mon.Progress(r.trained(loss, start, time.Since(begin)))
		if err := r.keep(loss); err != nil {
			return err
		}
	}
	r.noteFailures()
	return nil
}

// trained is the progress after a step: the free energy, or the loss where
// there is none.
func (r *runner) trained(loss objective.Loss, start int64, elapsed time.Duration) Progress {
	p := Progress{Phase: Training, Done: r.step, Total: int64(r.plan.Train.Steps), Start: start, Elapsed: elapsed,
		Name: "free_energy", Value: loss.FreeEnergy, Stderr: loss.FreeEnergyStderr}
	if !slices.Contains(r.objective.Wants(), core.Column(core.E)) {
		p.Name, p.Value, p.Stderr = "loss", loss.Value, loss.Stderr
	}
	return p
}

// trainStep moves theta by one step. On an error theta, the optimiser and the
// history are those before the step.
func (r *runner) trainStep(sampler core.Sampler, state core.SamplerState) (objective.Loss, error) {
	step, b := r.step+1, &r.batch
	if err := r.parts.Model.Load(r.theta); err != nil {
		return objective.Loss{}, r.blameModel(err)
	}
	if _, err := sampler.Next(b, state, r.plan.Train.Batch); err != nil {
		return objective.Loss{}, r.blameModel(err)
	}
	if err := r.complete(r.training, true); err != nil {
		return objective.Loss{}, err
	}
	loss, err := r.objective.Cotangents(&r.pullBack.bar, b, r.anneal.At(step))
	if err != nil {
		return loss, err
	}
	if err := r.pull(); err != nil {
		return loss, err
	}
	chains, err := r.walkers()
	if err != nil {
		return loss, err
	}
	norm, err := objective.Clip(r.grad, r.plan.Train.Clip)
	if err != nil {
		return loss, r.blameModel(err)
	}
	direction, err := r.direction()
	if err != nil {
		return loss, err
	}
	rate := r.schedule.Rate(step)
	r.optimizer.Step(r.theta, direction, rate)
	r.step, r.chains, r.unsaved = step, chains, true
	r.history.Append(step, loss.Value, loss.FreeEnergy, loss.FreeEnergyStderr, loss.Energy, loss.Entropy, loss.Beta, rate, norm)
	return loss, nil
}

// direction is what the optimiser descends in: the gradient with its penalty,
// or the natural gradient within its limit.
func (r *runner) direction() ([]float64, error) {
	if r.natural == nil {
		optim.AddDecay(r.grad, r.theta, r.plan.Train.WeightDecay)
		return r.grad, nil
	}
	if err := optim.Limit(r.natural, r.grad, r.plan.Train.MaxNorm); err != nil {
		return nil, r.blameModel(&core.Error{Kind: core.Numeric, Err: err})
	}
	return r.natural, nil
}

// bindTraining finds the calls of a training step.
func (r *runner) bindTraining() (err error) {
	if r.training, err = r.recipe(r.objective.Wants(), r.plan.Known()); err != nil {
		return err
	}
	has, _ := core.RowsOf(core.KindModel, r.parts.Model.Spec().Powers)
	r.pullBack.model, r.pullBack.row = core.InstanceOf(r.parts.Model), plan.PullBack(has, r.objective.Bars(), r.natural != nil)
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

// pull turns the cotangents into the gradient, and the natural gradient where
// that is descended.
func (r *runner) pull() error {
	p, b := &r.pullBack, &r.batch
	if r.natural != nil {
		core.Damping.Room(b, 1)[0] = r.plan.Train.Damping
	}
	p.bar.N, p.gradients.N = b.N, b.N
	core.Gradient.Put(&p.gradients, r.grad)
	core.Direction.Put(&p.gradients, r.natural)
	p.args = core.Call{In: b, Bar: &p.bar, Out: &p.gradients}
	if err := p.model.Call(p.row, &p.args); err != nil {
		return r.blameModel(err)
	}
	return nil
}

// progressRow is a line of progress.jsonl.
type progressRow struct {
	Phase            Phase   `json:"phase"`
	Step             int64   `json:"step"`
	Loss             float64 `json:"loss"`
	FreeEnergy       float64 `json:"free_energy"`
	FreeEnergyStderr float64 `json:"free_energy_stderr"`
	Energy           float64 `json:"energy"`
	Entropy          float64 `json:"entropy"`
	Beta             float64 `json:"beta"`
	WallSeconds      float64 `json:"wall_seconds"`
}

// progressEvery is the shortest time between two rows of progress.jsonl.
const progressEvery = time.Second

// keep writes progress, and a checkpoint with a snapshot when one is due.
func (r *runner) keep(loss objective.Loss) error {
	last := r.step == int64(r.plan.Train.Steps)
	if now := time.Now(); last || now.Sub(r.logged) >= progressEvery {
		r.logged = now
		row := progressRow{Phase: Training, Step: r.step, Loss: loss.Value, FreeEnergy: loss.FreeEnergy, FreeEnergyStderr: loss.FreeEnergyStderr,
			Energy: loss.Energy, Entropy: loss.Entropy, Beta: loss.Beta, WallSeconds: r.wall()}
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
