package run

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/plan"
	"github.com/helmholtz-physics/helmholtz/framework/ranks"
	"github.com/helmholtz-physics/helmholtz/framework/sample"
)

// Parts are the bound values that a plan names.
type Parts struct {
	Model  core.Model // nil in a run without a model
	Energy core.Energy
	// Density is what draws from the model are drawn from, and have the ln p of: Model, or its
	// average over the plan's orbit, with the parameters of Model; nil is Model.
	Density core.Density
	// Start are the parameters that training starts from; nil leaves them to the model.
	Start []float64
	// Data draws the configurations that are fitted, nil where training draws
	// from the model.
	Data core.Sampler
	// Pools are draws of chains that Data and Terms draw from; they are made before training.
	Pools []*sample.Pool
	// Teacher has its parameters, and says where paths end; nil where data does.
	Teacher core.Model
	// Objective and Optimizer train the model; nil where nothing is trained.
	Objective core.Objective
	Optimizer core.Optimizer
	// Terms are the objectives of the plan's Terms.
	Terms []Term
	// Sampler draws what is estimated, in multiples of the plan's Chains: from the
	// Boltzmann density where the plan says so, else from the model. nil is
	// sample.Direct.
	Sampler    core.Sampler
	Estimators []core.Estimator
	// Calls has the parts that estimators call, as far as ranks share these calls; nil where rank 0 makes all.
	Calls *ranks.Calls
	// Exact is what the energy knows at the plan's temperature, nil if nothing.
	Exact *core.Exact
}

// Term is an objective that is descended beside that of [train].
type Term struct {
	Objective core.Objective
	Data      core.Sampler // as in Parts
	Teacher   core.Model
}

// Recorder keeps what a run leaves; *store.Folder is one.
type Recorder interface {
	SaveResults(*core.Results) error
	SaveCheckpoint(c *core.Checkpoint, keep int) error
	// LatestCheckpoint returns the newest sound checkpoint, nil if there is
	// none, and sentences for the user about damaged ones.
	LatestCheckpoint() (c *core.Checkpoint, notes []string, err error)
	AppendProgress(row any) error
	TruncateProgress(step int64) error
	// SaveGlimpse replaces the configurations by which a training is watched; none removes them.
	SaveGlimpse(core.Glimpse) error
}

// Monitor is told how a run goes. Its methods return quickly.
type Monitor interface {
	Progress(Progress)
	// Note passes on a sentence that the user should read.
	Note(text string)
}

// Phase of a run.
type Phase string

const (
	Training   Phase = "train"
	Evaluating Phase = "evaluate" // draws from the model
	Judging    Phase = "judge"    // of rows of the energy; the name of their range follows
	Burning    Phase = "burn in"  // of Markov chains
	Sampling   Phase = "sample"   // draws from Markov chains
)

// Progress is the state of a run for a person to watch.
type Progress struct {
	Phase Phase
	// Done of Total steps (training), samples (evaluation) or pieces (burn-in);
	// Start is where this process took over.
	Done, Total, Start int64
	// Name of the quantity to watch: free_energy, energy or loss; "" for none.
	Name string
	// Value and its standard error, of the last batch in training, of all
	// batches so far in evaluation. Totals.
	Value, Stderr float64
	// Elapsed in this phase and process.
	Elapsed time.Duration
}

// PerSecond is the speed of this process in steps or samples per second.
func (p Progress) PerSecond() float64 {
	if p.Elapsed <= 0 {
		return 0
	}
	return float64(p.Done-p.Start) / p.Elapsed.Seconds()
}

// Options of Run.
type Options struct {
	// Info is copied to the results; Run keeps its status and times up to date.
	Info core.RunInfo
	// Resume continues from the recorder's latest checkpoint. Without it the
	// recorder must be empty.
	Resume bool
	// Ranks joins the processes of one run, of which each calls Run with parts of its own,
	// and rank 0 with the recorder and the monitor; nil is one process. Results are those of
	// rank 0, with the same bits for any number of ranks.
	Ranks ranks.Comm
}

// Run trains and evaluates a plan. Cancelling ctx ends it after the step in
// hand, with a checkpoint and an error of kind Interrupted, or Stalled where a
// run that was resumed came no further, or Halted where the cause is of that kind.
// It ends likewise before the deadline of ctx, early enough for the checkpoint.
//
// Whatever ends a run, the steps finished before are in the recorder: the
// results returned are those last saved, together with the error that
// stopped it. They are nil when the run could not begin.
func Run(ctx context.Context, p *plan.Plan, parts Parts, rec Recorder, mon Monitor, opt Options) (*core.Results, error) {
	r := newRunner(p, parts, rec, mon, opt)
	r.warnOfParts()
	if err := r.resume(opt.Resume); err != nil {
		return nil, err
	}
	var err error
	if parts.Model != nil {
		err = r.train(ctx)
	}
	if err == nil {
		err = r.evaluate(ctx)
	}
	return r.results, r.finish(err)
}

// finish writes what the end of a run leaves, however it ended.
func (r *runner) finish(cause error) error {
	info := &r.results.Run
	switch {
	case cause == nil:
		info.Status, info.StopReason = core.Done, ""
	case core.KindOf(cause) == core.Halted:
		info.Status, info.StopReason = core.Held, cause.Error()
	case core.KindOf(cause) == core.Interrupted:
		info.Status, info.StopReason = core.Stopped, cause.Error()
		if r.resumed != nil && *r.resumed == r.reached() {
			info.Status = core.Held
			cause = &core.Error{Kind: core.Stalled, Err: cause, Hint: "it came no further than the time before: give it more time, and see that a batch script does not queue it again"}
		}
	default:
		info.Status, info.StopReason = core.Failed, cause.Error()
	}
	var unsaved error
	if cause == nil { // then what the estimators gathered is in the results
		r.unsaved = r.unsaved || r.evaluation != nil
		r.evaluation = nil
		unsaved = cmp.Or(r.saveResults(), r.saveCheckpoint(), r.rec.SaveGlimpse(core.Glimpse{}))
	} else {
		unsaved = cmp.Or(r.saveCheckpoint(), r.saveResults())
	}
	_, unsaved = r.meet(unsaved, 0)
	switch {
	case unsaved == nil, core.KindOf(cause) == core.Storage: // the same fault, most likely
		return cause
	case cause == nil, info.Status == core.Stopped, info.Status == core.Held: // not ready to be continued
		return unsaved
	}
	return errors.Join(cause, unsaved)
}
