package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/ranks"
	"github.com/helmholtz-physics/helmholtz/framework/run"
	"github.com/helmholtz-physics/helmholtz/framework/store"
)

// Repeats of an evaluation need nothing of each other: on several ranks each makes one of as many as there are ranks, alone,
// and all take them up in the order of their seeds. So what is kept is the same for any number of ranks.

// saveEvery is how much of the work a kill can cost.
const saveEvery = 10 * time.Second

// repeating is the phase of the progress.
const repeating run.Phase = "repeat"

// repeats is the work of this rank.
type repeats struct {
	*coverageFlags
	s       *session
	c       *store.Coverage // the same on all ranks
	trained *core.Checkpoint
	opt     run.Options // of a repeat
	mon     run.Monitor

	path   string
	start  int // repeats that were there
	began  time.Time
	before float64 // seconds
	saved  time.Time
}

// repeat makes the repeats that are missing, and keeps them.
func (f *coverageFlags) repeat(ctx context.Context, log io.Writer, s *session, held finishedRun, c *store.Coverage, path string) (err error) {
	if err := f.say(log, f.threads); err != nil {
		return err
	}
	r := &repeats{coverageFlags: f, s: s, c: c, path: path, start: c.Repeats, began: time.Now(), before: c.WallSeconds}
	if f.ranks.Rank() == 0 {
		var end func(error)
		ctx, end = f.watch(ctx, held.folder.Dir())
		defer func() { end(err) }()
		s.host.LogTo(held.folder.Dir())
	}
	if err := r.open(log, held); err != nil {
		return err
	}
	monitor := newMonitor(log, s)
	defer monitor.end()
	r.mon = &notesOnce{to: monitor, told: map[string]bool{}}
	for c.Repeats < f.repeats {
		if err := r.round(ctx); err != nil {
			return err
		}
		monitor.Progress(run.Progress{Phase: repeating, Done: int64(c.Repeats), Total: int64(f.repeats), Start: int64(r.start), Elapsed: time.Since(r.began)})
	}
	return ranks.Agree(f.ranks, r.keep())
}

// open gets what all repeats start from.
func (r *repeats) open(log io.Writer, held finishedRun) (err error) {
	if r.s.parts.Model != nil && held.folder != nil {
		r.trained, _, err = held.folder.LatestCheckpoint()
	}
	if err = ranks.Agree(r.ranks, err); err != nil {
		return err
	}
	sent := []core.Checkpoint{} // none in a run without a model
	if r.trained != nil {
		sent = append(sent, *r.trained)
	}
	if sent, err = ranks.FromFirst(r.ranks, sent); err != nil {
		return err
	}
	if len(sent) > 0 {
		r.trained = &sent[0]
	}
	if r.opt, err = r.options(log, r.s, held, ranks.Alone{}); err != nil {
		return err
	}
	r.c.Version, r.c.Kernels = r.opt.Info.CreatorVersion, r.opt.Info.Kernels
	return nil
}

// round makes a repeat on each rank, and takes up those that came to their end, as far as none is missing before.
func (r *repeats) round(ctx context.Context) error {
	done, err := r.once(ctx, r.c.Repeats+r.ranks.Rank())
	all, e := ranks.Gathered(r.ranks, done)
	if e != nil {
		return e
	}
	for _, one := range all {
		if !one.Made {
			break
		}
		r.c.ExactSource = one.ExactSource
		r.c.Add(&core.Results{Estimates: one.Estimates, Exact: one.Exact}, func(e *core.Estimate) bool {
			return e.Reweighted || r.s.plan.Boltzmann() && !one.OfModel[e.Name]
		})
	}
	if err != nil {
		err = r.stopped(ctx, err)
	}
	err = ranks.Agree(r.ranks, err)
	var unsaved error
	if err != nil || time.Since(r.saved) >= saveEvery {
		unsaved = r.keep()
	}
	if unsaved = ranks.Agree(r.ranks, unsaved); unsaved != nil {
		return unsaved
	}
	if r.c.Repeats == r.start && r.start > 0 && core.KindOf(err) == core.Interrupted {
		return &core.Error{Kind: core.Stalled, Err: err, Hint: "it came no further than the time before: give it more time, and see that a batch script does not queue it again"}
	}
	return err
}

// repeated is what a rank has of its repeat, if it made one.
type repeated struct {
	Made        bool
	Estimates   []core.Estimate
	Exact       map[string]float64
	ExactSource string
	OfModel     map[string]bool // whether an observable is one of the model's draws
}

// once makes a repeat, unless there are enough, on the parts that are open.
func (r *repeats) once(ctx context.Context, number int) (done repeated, err error) {
	if number >= r.repeats {
		return done, nil
	}
	if err := context.Cause(ctx); err != nil { // a repeat that ends before it looks is a whole one
		return done, err
	}
	seed := r.c.Seed + uint64(number)
	s := r.s
	again := &session{plan: s.plan.Reseeded(seed), host: s.host, builtins: s.builtins, parts: s.parts, trained: true, like: s, found: s.found}
	again.parts.Estimators = nil
	named, err := again.openEstimators(s.bound)
	if err != nil {
		return done, err
	}
	results, err := run.Repeat(ctx, again.plan, again.parts, r.trained, r.mon, r.opt.Info)
	if err != nil {
		return done, &core.Error{Kind: core.KindOf(err), Op: "repeat", Subject: fmt.Sprintf("%d, of seed %d", number, seed), Err: err}
	}
	done = repeated{true, results.Estimates, results.Exact, results.ExactSource, map[string]bool{}}
	for _, n := range named {
		for _, o := range n.Observables {
			done.OfModel[o.Name] = n.Source != core.OfEither && n.Source != core.OfChains
		}
	}
	return done, nil
}

// keep writes what there is, on rank 0. A file that cannot be written is found out at the first repeat.
func (r *repeats) keep() error {
	if r.ranks.Rank() > 0 {
		return nil
	}
	r.saved, r.c.WallSeconds = time.Now(), r.before+time.Since(r.began).Seconds()
	r.tabulate(r.c)
	return store.SaveCoverage(r.path, r.c)
}

// stopped is the error of an end before the last repeat.
func (r *repeats) stopped(ctx context.Context, cause error) error {
	kind := core.KindOf(cause)
	switch {
	case ctx.Err() != nil && (kind == core.Interrupted || kind == core.Halted || errors.Is(cause, context.Cause(ctx))):
		cause = context.Cause(ctx)
	case kind != core.Interrupted:
		return cause
	default: // a repeat saw that the time is nearly over: where in it says nothing to the user
		for e := (*core.Error)(nil); errors.As(cause, &e) && e.Err != nil; {
			cause = e.Err
		}
	}
	return run.Interrupted(cause, fmt.Sprintf("after %d of %d repeats", r.c.Repeats, r.repeats))
}
