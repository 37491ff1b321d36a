package run

import (
	"context"
	"fmt"
	"time"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/objective"
	"github.com/helmholtz-physics/helmholtz/framework/sample"
)

// train runs the steps that are missing.
func (r *runner) train(ctx context.Context) error {
	total := int64(r.plan.Train.Steps)
	begin, start := time.Now(), r.step
	sampler := sample.Direct{Density: r.parts.Model}
	state, err := sampler.Init(core.Derive(r.plan.Seed, purposeTrain))
	if err != nil {
		return err
	}
	state.Drawn = uint64(r.step)
	for r.step < total {
		if ctx.Err() != nil {
			return interrupted(ctx, fmt.Sprintf("after training step %d of %d", r.step, total))
		}
		var loss objective.Loss
		var err error
		if state, loss, err = r.trainStep(sampler, state); err != nil {
			return &core.Error{Kind: core.KindOf(err), Op: "train", Subject: fmt.Sprintf("step %d", r.step+1), Err: err}
		}
		r.mon.Progress(Progress{Phase: Training, Done: r.step, Total: total, Start: start,
			FreeEnergy: loss.FreeEnergy, Stderr: loss.FreeEnergyStderr, Elapsed: time.Since(begin)})
		if err := r.keep(loss); err != nil {
			return err
		}
	}
	return nil
}

// trainStep moves theta by one step. On an error theta, the optimiser and the
// history are those before the step.
func (r *runner) trainStep(sampler core.Sampler, state core.SamplerState) (core.SamplerState, objective.Loss, error) {
	step := r.step + 1
	b := &r.batch
	if err := r.parts.Model.Load(r.theta); err != nil {
		return state, objective.Loss{}, r.blameModel(err)
	}
	next, err := r.draw(sampler, state, r.plan.Train.Batch)
	if err != nil {
		return state, objective.Loss{}, err
	}
	loss, err := r.objective.Cotangents(r.weights, b, r.anneal.At(step))
	if err != nil {
		return state, loss, err
	}
	if err := r.parts.Model.Pull(r.grad, b, r.weights); err != nil {
		return state, loss, r.blameModel(err)
	}
	norm, err := objective.Clip(r.grad, r.plan.Train.Clip)
	if err != nil {
		return state, loss, err
	}
	rate := r.schedule.Rate(step)
	r.optimizer.Step(r.theta, r.grad, rate)
	r.step = step
	r.history.Append(step, loss.Value, loss.FreeEnergy, loss.FreeEnergyStderr, loss.Energy, loss.Entropy, loss.Beta, rate, norm)
	return next, loss, nil
}

// draw fills the runner's batch with configurations, ln p and energies.
func (r *runner) draw(sampler core.Sampler, state core.SamplerState, n int) (core.SamplerState, error) {
	next, err := sampler.Next(&r.batch, state, n)
	if err != nil {
		return state, r.blameModel(err)
	}
	r.batch.E = core.Resize(r.batch.E, n)
	if err := r.parts.Energy.Eval(r.batch.E, &r.batch); err != nil {
		return state, core.Blame(core.KindEnergy, r.plan.Energy.Plugin, err)
	}
	return next, nil
}

func (r *runner) blameModel(err error) error {
	return core.Blame(core.KindModel, r.plan.Model.Plugin, err)
}

// progressRow is a line of progress.jsonl.
type progressRow struct {
	Phase            Phase   `json:"phase"`
	Step             int64   `json:"step"`
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
		row := progressRow{Phase: Training, Step: r.step, FreeEnergy: loss.FreeEnergy, FreeEnergyStderr: loss.FreeEnergyStderr,
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
