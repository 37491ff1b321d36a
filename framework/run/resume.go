package run

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/learn"
)

// resume takes over from the latest checkpoint, or starts from the parts' parameters, or
// else from the model's initial ones. All ranks have those of rank 0.
func (r *runner) resume(allowed bool) error {
	if allowed {
		c, err := r.latest()
		if err != nil {
			return err
		}
		if c != nil {
			_, err := r.meet(r.restore(c), 0)
			return err
		}
		// A process that was killed before its first checkpoint may have left rows.
		if err := r.alone(r.rec.TruncateProgress(0)); err != nil {
			return err
		}
	}
	if r.parts.Model == nil {
		_, err := r.meet(nil, 0)
		return err
	}
	var err error
	if r.first() {
		if err = r.parts.Model.Init(r.theta, core.Derive(r.plan.Seed, purposeInit)); err != nil {
			err = r.blameModel(err)
		}
	}
	if _, err := r.meet(err, 0); err != nil {
		return err
	}
	if r.parts.Start != nil {
		copy(r.theta, r.parts.Start)
	}
	return r.comm.Broadcast(r.theta, 0)
}

func (r *runner) restore(c *core.Checkpoint) error {
	refuse := func(format string, args ...any) error {
		e := core.Errorf(core.Invalid, "resume", fmt.Sprintf("checkpoint of step %d", c.Step), format, args...)
		e.Hint = "use --resume never to start again, or another --out folder"
		return e
	}
	if c.ConfigSHA256 != r.plan.Fingerprint() {
		return refuse("it belongs to a run with other settings")
	}
	if len(c.Theta) != len(r.theta) {
		return refuse("it has %d parameters, the model has %d", len(c.Theta), len(r.theta))
	}
	if c.Step > int64(r.plan.Train.Steps) {
		return refuse("it is past the %d steps asked for", r.plan.Train.Steps)
	}
	if r.parts.Model != nil {
		if r.parts.Optimizer != nil {
			if err := r.parts.Optimizer.SetState(c.Optimizer); err != nil {
				return refuse("%v", err)
			}
		}
		if r.again && c.History != nil { // no objective says what its columns are
			r.history.Columns = slices.Clone(c.History.Columns)
		}
		sameName := func(a, b core.Series) bool { return a.Name == b.Name }
		if c.History == nil || !slices.EqualFunc(c.History.Columns, r.history.Columns, sameName) {
			return refuse("its history has other columns than the objectives of this run")
		}
		r.restoreTraining(c)
	}
	r.wallBefore = c.WallSeconds
	if now := r.results.Run.Kernels; c.Kernels != "" && c.Kernels != now {
		r.note(fmt.Sprintf("kernels %s instead of %s go on from step %d: the digits are not those of a run on one of them; --kernels %s would go on as before", now, c.Kernels, c.Step, c.Kernels))
	}
	if err := r.resumeEvaluation(c.Evaluation); err != nil {
		return refuse("%v", err)
	}
	for _, part := range []any{r.parts.Model, r.parts.Energy} {
		if checked, ok := part.(interface{ Trust() }); ok && (c.Step > 0 || c.Evaluation != nil) { // at the first batch
			checked.Trust()
		}
	}
	at := r.reached()
	r.resumed, r.unsaved = &at, false
	return r.alone(r.rec.TruncateProgress(c.Step))
}

func (r *runner) restoreTraining(c *core.Checkpoint) {
	copy(r.theta, c.Theta)
	r.chains, r.best = c.Walkers, c.Best
	if r.plan.Train.NaN == "rollback" { // else it would only grow old
		r.rollback = c.Rollback
	}
	r.step = c.Step
	for i, column := range c.History.Columns {
		r.history.Columns[i].Data = column.Data
	}
	r.history.Step = c.History.Step
	r.bestStep, _ = r.history.Least(core.ValidationLoss)
	if !r.again {
		r.note(fmt.Sprintf("resumed at step %d of %d", c.Step, r.plan.Train.Steps))
	}
}

// saveCheckpoint writes what is finished, unless that is on disk already. A
// batch that only some of the estimators have seen is not. All ranks call it together, give
// what they have of it, and make sure that their parameters are alike.
func (r *runner) saveCheckpoint() error {
	flags, err := r.meet(nil, r.whenFirst(flagSave, r.savable()))
	if err != nil || flags&flagSave == 0 {
		return err
	}
	if err := r.compare(); err != nil {
		return err
	}
	c := &core.Checkpoint{Step: r.step, ConfigSHA256: r.plan.Fingerprint(), Seed: r.plan.Seed, Kernels: r.results.Run.Kernels, WallSeconds: r.wall()}
	err = r.trainingState(c)
	if err == nil {
		c.Evaluation, err = r.evaluationState()
	}
	if err == nil {
		err = r.rec.SaveCheckpoint(c, r.plan.Checkpoint.Keep)
	}
	if _, err = r.meet(err, 0); err == nil {
		r.saved, r.unsaved, r.written = time.Now(), false, true
	}
	return err
}

// savable tells that there is something that the last checkpoint has not.
func (r *runner) savable() bool {
	if !r.unsaved || r.torn {
		return false
	}
	// Else there is nothing that a checkpoint could hold, and none to replace.
	return r.parts.Model != nil || r.evaluation != nil || r.resumed != nil || r.written
}

// trainingState puts into a checkpoint what training has.
func (r *runner) trainingState(c *core.Checkpoint) (err error) {
	if r.parts.Model == nil {
		return nil
	}
	spec := r.parts.Model.Spec()
	c.Theta, c.Blocks, c.Base = r.theta, spec.Blocks, spec.Base
	c.Rollback, c.Best, c.History = r.rollback, r.best, r.history
	if r.parts.Optimizer != nil {
		if c.Optimizer, err = r.wholeState(r.parts.Optimizer.State()); err != nil {
			return err
		}
	}
	if c.Walkers, err = r.joined(r.chains); err != nil || r.rollback == nil {
		return err
	}
	back := *r.rollback
	if back.Optimizer, err = r.wholeState(maps.Clone(back.Optimizer)); err != nil {
		return err
	}
	back.Walkers, err = r.joined(back.Walkers)
	c.Rollback = &back
	return err
}

// wholeState is a state of the optimiser with what all ranks have moved.
func (r *runner) wholeState(state map[string][]float64) (map[string][]float64, error) {
	return learn.WholeState(r.comm, r.parts.Optimizer, state, len(r.theta))
}

func (r *runner) saveResults() error {
	r.results.Run.Updated = time.Now().UTC().Format(time.RFC3339)
	r.results.Run.WallSeconds = r.wall()
	return r.rec.SaveResults(r.results)
}

// note tells the user and the results.
func (r *runner) note(text string) {
	r.results.Run.Warnings = append(r.results.Run.Warnings, text)
	r.mon.Note(text)
}

// noteOnce tells the user, and the results unless they have it of the run that this one continues.
func (r *runner) noteOnce(text string) {
	if slices.Contains(r.results.Run.Warnings, text) {
		r.mon.Note(text)
	} else {
		r.note(text)
	}
}

func (r *runner) wall() float64 { return r.wallBefore + time.Since(r.started).Seconds() }
