package run

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/learn"
	"github.com/helmholtz-physics/helmholtz/framework/ranks"
)

// train runs the steps that are missing.
func (r *runner) train(ctx context.Context) error {
	total := int64(r.plan.Train.Steps)
	begin, start := time.Now(), r.step
	if r.trained() && !r.due() {
		return nil
	}
	if err := r.setWalkers(r.chains); err != nil {
		return err
	}
	learner := r.learner()
	if err := learner.Open(core.Derive(r.plan.Seed, purposeTrain), ranks.Alone{}); err != nil {
		return err
	}
	if err := r.openValidation(learner); err != nil {
		return err
	}
	r.snapshot()
	r.pace.enter(ctx, Training)
	for !r.trained() {
		if cause := r.stop(ctx); cause != nil {
			return Interrupted(cause, fmt.Sprintf("after training step %d of %d", r.step, total))
		}
		numbers, err := r.trainStep(learner)
		if err != nil {
			numbers = slices.Repeat([]float64{math.NaN()}, len(r.numbers))
			if err := r.onNumericError(&core.Error{Kind: core.KindOf(err), Op: "train", Subject: fmt.Sprintf("step %d", r.step+1), Err: err}); err != nil {
				return err
			}
		} else {
			r.snapshot()
		}
		if err := r.validate(learner); err != nil {
			return err
		}
		if err := r.askNotices(); err != nil {
			return err
		}
		r.mon.Progress(r.atStep(numbers, start, time.Since(begin)))
		if err := r.keep(numbers); err != nil {
			return err
		}
		r.pace.lap()
	}
	r.noteFailures()
	r.noteBest()
	return nil
}

// atStep is the progress after a step: the number that the objective of [train] says
// is to be watched, or the total of several terms.
func (r *runner) atStep(numbers []float64, start int64, elapsed time.Duration) Progress {
	p := Progress{Phase: Training, Done: r.step, Total: int64(r.plan.Train.Steps), Start: start, Elapsed: elapsed,
		Name: cmp.Or(r.objective.Watch, r.objective.Numbers[0].Name), Value: math.NaN(), Stderr: math.NaN()}
	if len(r.plan.Terms) > 0 {
		p.Name = core.TotalLoss
	}
	for i, n := range r.numbers {
		switch n.Name {
		case p.Name:
			p.Value = numbers[i]
		case p.Name + "_stderr":
			p.Stderr = numbers[i]
		}
	}
	return p
}

// trainStep moves theta by one step and returns the numbers of the objectives. On an
// error theta, the optimiser and the history are those before the step.
func (r *runner) trainStep(l *learn.Learner) ([]float64, error) {
	step := r.step + 1
	if err := l.Load(); err != nil {
		return nil, err
	}
	if _, err := l.Gradient(step); err != nil {
		return nil, err
	}
	chains, err := r.walkers()
	if err != nil {
		return nil, err
	}
	report, err := l.Descend(step)
	if err != nil {
		return nil, err
	}
	r.step, r.chains, r.unsaved = step, chains, true
	r.row = append(r.row[:0], report.Numbers...)
	if len(r.plan.Terms) > 0 {
		r.row = append(r.row, report.Loss)
	}
	numbers := len(r.row)
	if r.plan.Train.Validate > 0 {
		r.row = append(r.row, math.NaN())
	}
	r.row = append(r.row, r.anneal.At(step), report.Rate, report.Norm)
	r.history.Append(step, r.row...)
	return r.row[:numbers:numbers], nil
}

// progressEvery is the shortest time between two rows of progress.jsonl.
const progressEvery = time.Second

// keep writes progress, and a checkpoint with a snapshot when one is due.
func (r *runner) keep(numbers []float64) error {
	last := r.trained()
	if now := time.Now(); last || now.Sub(r.logged) >= progressEvery {
		r.logged = now
		row := map[string]any{"phase": Training, "step": r.step, "beta": r.anneal.At(r.step), "wall_seconds": r.wall()}
		for i, n := range r.numbers {
			row[n.Name] = numbers[i]
		}
		if err := r.rec.AppendProgress(row); err != nil {
			return err
		}
	}
	if !last && !r.checkpointDue() {
		return nil
	}
	return r.save()
}

func (r *runner) checkpointDue() bool {
	c := r.plan.Checkpoint
	if c.Every > 0 && r.step%int64(c.Every) == 0 || r.pace.saveDue() {
		return true
	}
	return c.EverySeconds > 0 && time.Since(r.saved).Seconds() >= c.EverySeconds
}
