package run

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"math/bits"
	"slices"
	"time"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/learn"
)

// train runs the steps that are missing.
func (r *runner) train(ctx context.Context) error {
	begin, start := time.Now(), r.step
	if r.trained() && !r.due() {
		return nil
	}
	if err := r.fillPools(ctx); err != nil {
		return err
	}
	learner, err := r.openTraining()
	if err != nil {
		return err
	}
	r.training = learner
	defer func() { r.training = nil }()
	r.snapshot()
	exchanged, err := r.exchanges()
	if err != nil {
		return err
	}
	r.pace.enter(ctx, Training)
	for !r.trained() {
		numbers, err := r.nextStep(ctx, learner)
		if err != nil {
			numbers = slices.Repeat([]float64{math.NaN()}, len(r.numbers))
			if err := r.onNumericError(err); err != nil {
				return err
			}
		} else {
			r.snapshot()
		}
		if err := r.askAgain(learner.Configurations(0)); err != nil {
			return err
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
	if _, err := r.meet(nil, 0); err != nil {
		return err
	}
	if err := exchanged(); err != nil {
		return err
	}
	r.noteFailures()
	r.noteBest()
	return nil
}

// openTraining binds the learner on this rank, and gives the model its chains.
func (r *runner) openTraining() (*learn.Learner, error) {
	learner := r.learner()
	loop := learn.Loop{Learners: []*learn.Learner{learner}, Comm: r.comm}
	if _, err := r.meet(loop.Open(core.Derive(r.plan.Seed, purposeTrain)), 0); err != nil {
		return nil, err
	}
	if err := r.ownChains(&loop); err != nil {
		return nil, err
	}
	if err := r.setWalkers(r.chains); err != nil {
		return nil, err
	}
	r.noteIdle(learner)
	return learner, r.openValidation(learner)
}

// noteIdle tells the user of ranks that no batch has a share for, and which shares would have work for all.
func (r *runner) noteIdle(l *learn.Learner) {
	shares, batch := 0, r.plan.Train.Batch
	for k, t := range l.Terms {
		shares, batch = max(shares, core.SharesOf(t.Batch, t.Shares)), min(batch, r.plan.AllTerms()[k].Batch)
	}
	size := r.comm.Size()
	if size <= shares {
		return
	}
	text := fmt.Sprintf("train.shares: a batch has %d shares, so %d of %d ranks have nothing to do in training", shares, size-shares, size)
	if more := 1 << bits.Len(uint(size-1)); more <= batch {
		text += fmt.Sprintf("; a run that begins with train.shares = %d has work for all", more)
	}
	r.mon.Note(text)
}

// nextStep trains one step, unless a signal came to any of the ranks. Before it a
// checkpoint is written where one is due.
func (r *runner) nextStep(ctx context.Context, l *learn.Learner) ([]float64, error) {
	err := stopped(r.stop(ctx), fmt.Sprintf("after training step %d of %d", r.step, r.plan.Train.Steps))
	if err == nil {
		err = r.inStep(l.Load())
	}
	flags, err := r.meet(err, r.whenFirst(flagDue, r.checkpointDue()))
	if err == nil && r.step%sameEvery == 0 {
		err = r.compare()
	}
	if err == nil && flags&flagDue != 0 {
		err = r.save()
	}
	if err != nil {
		return nil, err
	}
	numbers, err := r.trainStep(l)
	return numbers, r.inStep(err)
}

// inStep names the step in hand.
func (r *runner) inStep(err error) error {
	if err == nil {
		return nil
	}
	return &core.Error{Kind: core.KindOf(err), Op: "train", Subject: fmt.Sprintf("step %d", r.step+1), Err: err}
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

// unsolved is said of a step whose conjugate gradients made all iterations. All ranks know it.
const unsolved = "conjugate gradients ended at solver_iterations, before solver_tolerance: steps go down less far than the whole solution; allow more iterations, or raise damping"

// trainStep moves theta by one step and returns the numbers of the objectives. On an
// error theta, the optimiser and the history are those before the step.
func (r *runner) trainStep(l *learn.Learner) ([]float64, error) {
	step := r.step + 1
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
	if report.Unsolved {
		r.takeNotices([]core.Notice{{Text: unsolved, Count: 1}})
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

// keep writes progress, and a checkpoint with a snapshot after the steps that are to have one.
func (r *runner) keep(numbers []float64) error {
	last := r.trained()
	if now := time.Now(); last || now.Sub(r.logged) >= progressEvery {
		r.logged = now
		row := map[string]any{"phase": Training, "step": r.step, "beta": r.anneal.At(r.step), "wall_seconds": r.wall()}
		for i, n := range r.numbers {
			row[n.Name] = numbers[i]
		}
		for _, name := range []string{"learning_rate", "gradient_norm"} { // NaN of a step that failed
			all := r.history.Column(name)
			row[name] = all[len(all)-1]
		}
		if err := r.alone(r.rec.AppendProgress(row)); err != nil {
			return err
		}
	}
	if every := int64(r.plan.Checkpoint.Every); !last && (every == 0 || r.step%every != 0) {
		return nil
	}
	return r.save()
}

// checkpointDue tells that a checkpoint is due by the clock, or to learn what one takes.
func (r *runner) checkpointDue() bool { return r.secondsPassed() || r.pace.saveDue() }

// secondsPassed tells that a checkpoint is due by the clock.
func (r *runner) secondsPassed() bool {
	every := r.plan.Checkpoint.EverySeconds
	return every > 0 && time.Since(r.saved).Seconds() >= every
}
