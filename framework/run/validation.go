package run

import (
	"fmt"
	"math"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/learn"
	"github.com/helmholtz-physics/helmholtz/framework/ranks"
	"github.com/helmholtz-physics/helmholtz/framework/sample"
)

// Early stopping: every train.validate steps the loss is taken on rows from which nothing
// is learned. With train.patience, training ends when it has not become smaller for so many
// steps, and the parameters of the smallest are those that are evaluated. All that this
// depends on is in the history, so that a resumed run decides alike.

// openValidation binds the objective of [train] to the rows for validation.
func (r *runner) openValidation(l *learn.Learner) error {
	if r.plan.Train.Validate == 0 {
		return nil
	}
	given, err := r.given()
	if err != nil {
		return err
	}
	rows, _ := r.parts.Energy.Spec().Range(core.ValidationRows)
	r.validation, err = learn.Validate(l.Model, *l.Terms[0], rows.To-rows.From, func(from, to, batch int) core.Sampler {
		given := given
		given.From, given.To = rows.From+from, rows.From+to
		return copied(sample.InOrder{Given: given, Batch: batch}, l.Terms[0].Copies)
	}, core.Derive(r.plan.Seed, purposeValidate), r.comm)
	if _, err := r.meet(err, 0); err != nil {
		return err
	}
	return r.validate(l) // a process may have died in the midst of it
}

// due tells whether it is time for a look that the history does not have yet.
func (r *runner) due() bool {
	every := int64(r.plan.Train.Validate)
	if every == 0 || r.step == 0 || r.step%every != 0 {
		return false
	}
	losses := r.history.Column(core.ValidationLoss)
	return math.IsNaN(losses[len(losses)-1])
}

// validate looks at the loss of the rows for validation, if it is time.
func (r *runner) validate(l *learn.Learner) error {
	if !r.due() {
		return nil
	}
	if err := ranks.Agree(r.comm, l.Load()); err != nil {
		return err
	}
	loss, err := r.validation.Loss()
	err = ranks.Agree(r.comm, err)
	if core.KindOf(err) == core.Numeric { // no parameters to keep, and no reason to end
		loss, err = math.Inf(1), nil
	}
	if err != nil {
		return &core.Error{Kind: core.KindOf(err), Op: "validate", Subject: fmt.Sprintf("step %d", r.step), Err: err}
	}
	losses := r.history.Column(core.ValidationLoss)
	losses[len(losses)-1] = loss
	if step, _ := r.history.Least(core.ValidationLoss); step == r.step {
		r.best, r.bestStep = slices.Clone(r.theta), step
	}
	return nil
}

// trained tells whether training has ended.
func (r *runner) trained() bool {
	if r.step >= int64(r.plan.Train.Steps) {
		return true
	}
	patience := int64(r.plan.Train.Patience)
	return patience > 0 && r.bestStep > 0 && r.step-r.bestStep >= patience
}

// evaluated are the parameters that are evaluated.
func (r *runner) evaluated() []float64 {
	if r.plan.Train.Patience > 0 && r.best != nil {
		return r.best
	}
	return r.theta
}

// noteBest tells, after training, which parameters are evaluated.
func (r *runner) noteBest() {
	if step, loss := r.history.Least(core.ValidationLoss); r.plan.Train.Patience > 0 && step > 0 {
		r.note(fmt.Sprintf("training ended after step %d; the parameters of step %d, of the smallest %s %.6g, are evaluated", r.step, step, core.ValidationLoss, loss))
	}
}
