package run

import (
	"fmt"
	"math"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// What follows a training step whose numbers are not finite is [train] nan:
//
//	stop      the run ends; theta and optimiser are those before the step
//	skip      theta, optimiser and the model's chains stay as they are
//	rollback  they return to what they were after the last finished step that
//	          rollbackEvery divides, or when training with this policy began
//
// A step that is skipped or rolled back counts, with a row of NaN in the
// history: the draws of the next are others. All that a decision depends on is
// in the checkpoint, so a resumed run decides alike.
const (
	rollbackEvery = 100 // fewer loses less, and more often what led to the fault is kept
	mostFailures  = 10  // in a row: parameters that fail for any draw
)

// onNumericError does what follows the step that failed with cause. An error ends
// the run.
func (r *runner) onNumericError(cause error) error {
	policy := r.plan.Train.NaN
	if core.KindOf(cause) != core.Numeric {
		return cause
	}
	if policy != "skip" && policy != "rollback" {
		return &core.Error{Kind: core.Numeric, Err: cause, Hint: `train.nan = "skip" or "rollback" continues the run in spite of it`}
	}
	if policy == "rollback" {
		copy(r.theta, r.rollback.Theta)
		r.chains = r.rollback.Walkers
		if err := r.parts.Optimizer.SetState(r.rollback.Optimizer); err != nil {
			return err
		}
	}
	if err := r.setWalkers(r.chains); err != nil {
		return err
	}
	r.step++
	r.unsaved = true
	r.history.Append(r.step, slices.Repeat([]float64{math.NaN()}, len(r.history.Columns))...)
	all, last := r.failures()
	if all == 1 {
		r.mon.Note(fmt.Sprintf("%v; the run goes on, as train.nan = %q says", cause, policy))
	}
	if last >= mostFailures {
		return &core.Error{Kind: core.Numeric, Err: cause,
			Hint: fmt.Sprintf("the last %d steps failed alike and train.nan = %q does not help: lower the learning rate, clip the gradient, or anneal", last, policy)}
	}
	return nil
}

// failures counts the steps without finite numbers: all, and those after the
// last that had them.
func (r *runner) failures() (all, last int) {
	for _, loss := range r.history.Columns[0].Data {
		last++
		if !math.IsNaN(loss) {
			last = 0
			continue
		}
		all++
	}
	return all, last
}

// snapshot keeps what a failing step may go back to, when it is due.
func (r *runner) snapshot() {
	if r.plan.Train.NaN == "rollback" && (r.rollback == nil || r.step%rollbackEvery == 0) {
		r.rollback = &core.Snapshot{Theta: slices.Clone(r.theta), Optimizer: r.parts.Optimizer.State(), Walkers: r.chains}
	}
}

// noteFailures tells, after training, how often numbers were not finite.
func (r *runner) noteFailures() {
	if n, _ := r.failures(); n > 0 {
		r.note(fmt.Sprintf("%d of %d training steps had numbers that are not finite (train.nan = %q)", n, r.step, r.plan.Train.NaN))
	}
}
