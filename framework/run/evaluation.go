package run

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/plan"
	"github.com/helmholtz-physics/helmholtz/framework/ranks"
)

// How far an evaluation has come goes to checkpoints between two batches: the
// sampler's state and all that the estimators have gathered. (theta, this state)
// decides all later draws and sums, so that a run that was stopped and one that
// was not end with the same digits.

// Evaluate draws again from the parameters that a finished run trained, with the
// random numbers of the plan's own evaluation seed; without a model, from new Markov
// chains. rec's latest checkpoint is the run's last, or one of this evaluation, and
// rec keeps the results beside the run's. Signals, ranks and errors are those of Run; an
// evaluation that was stopped is always resumed.
func Evaluate(ctx context.Context, p *plan.Plan, parts Parts, rec Recorder, mon Monitor, opt Options) (*core.Results, error) {
	r := newRunner(p, parts, rec, mon, opt)
	r.again = true
	if err := r.resume(true); err != nil {
		return nil, err
	}
	if want := int64(p.Train.Steps); parts.Model != nil && (r.resumed == nil || !r.trained()) {
		return nil, &core.Error{Kind: core.Invalid, Op: "evaluate", Subject: p.Name,
			Err:  fmt.Errorf("its latest sound checkpoint is of step %d, and its training has %d", r.step, want),
			Hint: "helmholtz run trains; with --resume never it trains again"}
	}
	return r.results, r.finish(r.evaluate(ctx))
}

// drawn notes that draws, or a piece of the burn-in, are finished.
func (r *runner) drawn(done int64, state core.SamplerState) {
	r.evaluation.Done, r.evaluation.Sampler, r.unsaved = done, state, true
}

// keepDue tells that a checkpoint of the evaluation is due.
func (r *runner) keepDue() bool {
	return r.pace.saveDue() || r.secondsPassed() && time.Since(r.saved) >= saveShare*r.pace.save
}

// evaluationState is the evaluation for a checkpoint, nil before it.
func (r *runner) evaluationState() (*core.Evaluation, error) {
	if r.evaluation == nil {
		return nil, nil
	}
	e := *r.evaluation
	var err error
	if r.parts.Model != nil && e.Phase == string(Evaluating) {
		if e.Walkers, err = r.walkers(); err == nil {
			e.Walkers, err = ranks.Join(r.comm, e.Walkers)
		}
	}
	if err == nil && r.cut {
		e.Sampler.Chains, err = ranks.Join(r.comm, e.Sampler.Chains)
		e.Sampler.Chains.Total = 0 // they are all
	}
	if err != nil || !r.first() {
		return nil, err
	}
	for _, estimator := range r.parts.Estimators {
		e.Estimators = append(e.Estimators, estimator.State())
	}
	e.Samples, e.NoBound = samplesOf(r.results.Samples, r.columnsKept()), r.noBound
	return &e, nil
}

// resumeEvaluation takes over an evaluation, unless its settings have changed:
// then it starts again.
func (r *runner) resumeEvaluation(e *core.Evaluation) error {
	if e == nil {
		return nil
	}
	if e.ConfigSHA256 != r.plan.EvaluationFingerprint() || r.first() && len(e.Estimators) != len(r.parts.Estimators) {
		r.note("the evaluation starts again, because its settings have changed")
		return nil
	}
	if !r.first() {
		return r.takeEvaluation(e)
	}
	for i, estimator := range r.parts.Estimators {
		if err := estimator.Restore(e.Estimators[i]); err != nil {
			return misfit(estimator.Spec(), err)
		}
	}
	r.results.Samples = batchOf(e.Samples, r.columnsKept())
	return r.takeEvaluation(e)
}

// takeEvaluation goes on where a checkpoint is.
func (r *runner) takeEvaluation(e *core.Evaluation) error {
	r.noBound = e.NoBound
	at := *e
	at.Estimators, at.Samples, at.NoBound = nil, nil, "" // what evaluationState adds
	r.evaluation = &at
	if e.Done == 0 && e.Sampler.Burnt > 0 {
		r.note("resumed in the burn-in of the chains")
	} else {
		r.note(fmt.Sprintf("resumed after %d samples of the phase %q", e.Done, e.Phase))
	}
	return nil
}

// misfit is the error of an estimator that cannot take back what it gathered.
func misfit(spec core.EstimatorSpec, err error) error {
	names := make([]string, len(spec.Observables))
	for i, o := range spec.Observables {
		names[i] = o.Name
	}
	return &core.Error{Kind: core.Invalid, Op: "resume the evaluation", Subject: "estimator of " + strings.Join(names, ", "),
		Err:  fmt.Errorf("the checkpoint does not have what it gathers, as one of another version of the program: %w", err),
		Hint: "go on with the version that began, or add --set evaluate.seed=N with another number to evaluate from the start what has been trained"}
}

// samplesOf are the kept samples as named arrays, nil where there are none.
func samplesOf(b *core.Batch, columns []core.Column) map[string][]float64 {
	if b == nil {
		return nil
	}
	samples := map[string][]float64{"n": {float64(b.N)}}
	for _, c := range columns {
		samples[c.Info().Name] = c.Reals(b)
	}
	return samples
}

// batchOf is the inverse of samplesOf.
func batchOf(samples map[string][]float64, columns []core.Column) *core.Batch {
	if len(samples["n"]) != 1 {
		return nil
	}
	b := &core.Batch{N: int(samples["n"][0])}
	for _, c := range columns {
		c.SetReals(b, samples[c.Info().Name])
	}
	return b
}

// progressMark is how far a run has come: steps of training, then phases of the
// evaluation, each with its burn-in and its draws.
type progressMark struct {
	step        int64
	phase       string
	burnt, done int64
}

func (r *runner) reached() progressMark {
	at := progressMark{step: r.step}
	if e := r.evaluation; e != nil {
		at.phase, at.burnt, at.done = e.Phase, int64(e.Sampler.Burnt), e.Done
	}
	return at
}
