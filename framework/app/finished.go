package app

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/plan"
	"github.com/helmholtz-physics/helmholtz/framework/ranks"
	"github.com/helmholtz-physics/helmholtz/framework/run"
	"github.com/helmholtz-physics/helmholtz/framework/store"
)

// Operations on what a finished run has trained, alone or on ranks.

// finishedRun is a run that is done, for an operation on what it has trained. Rank 0 alone has the folder and the
// results.
type finishedRun struct {
	folder   *store.Folder
	results  *core.Results
	settings string // with which it was made, as JSON
	seed     uint64 // of an evaluation
}

func (h *finishedRun) close() {
	if h.folder != nil {
		h.folder.Close()
	}
}

// hold takes the folder of a run that is done, on rank 0, and tells the others of it. seed chooses the seed of what is to be
// done. The caller closes the run.
func (j *job) hold(op, dir string, log io.Writer, seed func(first *core.Results, dir string) (uint64, error)) (h finishedRun, err error) {
	if j.ranks.Rank() == 0 {
		if h.folder, h.results, err = openFinished(op, dir, log); err == nil {
			h.settings = h.results.Run.ConfigJSON
			h.seed, err = seed(h.results, dir)
		}
	}
	if err = ranks.Agree(j.ranks, err); err != nil {
		h.close()
		return h, err
	}
	type told struct {
		Settings string
		Seed     uint64
	}
	t, err := ranks.FromFirst(j.ranks, told{h.settings, h.seed})
	h.settings, h.seed = t.Settings, t.Seed
	return h, err
}

// openFinished takes the folder of a run that is done, for an operation on what it has
// trained. The caller closes it.
func openFinished(op, dir string, log io.Writer) (*store.Folder, *core.Results, error) {
	if _, err := os.Stat(store.SweepTable(dir)); err == nil {
		return nil, nil, &core.Error{Kind: core.Invalid, Op: op, Subject: dir, Err: fmt.Errorf("it is the folder of a sweep"),
			Hint: "name that of a point, as " + store.PointDir(dir, 0)}
	}
	if _, err := store.ReadResults(dir); err != nil { // a folder is not made
		return nil, nil, err
	}
	folder, err := store.Open(dir)
	if err != nil {
		return nil, nil, err
	}
	first, notes, err := folder.Results()
	for _, note := range append(folder.Notes(), notes...) {
		fmt.Fprintln(log, note)
	}
	if err == nil {
		err = finished(op, first, dir)
	}
	if err != nil {
		folder.Close()
		return nil, nil, err
	}
	return folder, first, nil
}

// finished refuses what a run may still change, for an operation on what it has trained.
func finished(op string, r *core.Results, dir string) error {
	if r != nil && r.Run.Status == core.Done {
		return nil
	}
	status := "damaged"
	if r != nil {
		status = string(r.Run.Status)
	}
	return &core.Error{Kind: core.Invalid, Op: op, Subject: dir, Err: fmt.Errorf("the run in it is not done: its status is %q", status),
		Hint: "helmholtz run of its run file goes on with it"}
}

// bindAgain binds the parts of the run in a folder, which was made with some settings, for an evaluation of a seed, with what
// the flags change; samples 0 are as many as the run's.
func (b *binding) bindAgain(ctx context.Context, op, settings, dir string, seed uint64, samples int64) (*session, error) {
	for _, set := range b.set {
		if plan.Overrides(set, "evaluate", "seed") {
			return nil, core.Errorf(core.Invalid, "read flags", "--set "+set, "give the seed as --seed")
		}
	}
	b.set = append(b.set, fmt.Sprintf("evaluate.seed=%d", seed))
	if samples != 0 {
		b.set = append(b.set, fmt.Sprintf("evaluate.samples=%d", samples))
	}
	sweep, points, err := b.read(filepath.Join(dir, store.ResolvedFile))
	if err != nil {
		return nil, err
	}
	if len(sweep.Axes) > 0 {
		return nil, core.Errorf(core.Invalid, "read flags", "--set sweep", "an evaluation has one value of each key")
	}
	b.trained = true
	s, err := b.open(ctx, sweep, points[0])
	if err != nil {
		return nil, err
	}
	if changed := s.plan.Diff([]byte(settings)); len(changed) > 0 {
		s.close()
		return nil, &core.Error{Kind: core.Invalid, Op: op, Subject: dir, Err: fmt.Errorf("that is not what the run trained: %s", strings.Join(changed, "; ")),
			Hint: "the tables evaluate, sampler, estimator and checkpoint may differ"}
	}
	return s, nil
}

// options of an operation on what a run has trained, on some ranks, which call it together. What was built anew since then
// is said, and noted in the results.
func (j *job) options(log io.Writer, s *session, held finishedRun, c ranks.Comm) (opt run.Options, err error) {
	info, err := s.info()
	if err = ranks.Agree(j.ranks, err); err != nil {
		return opt, err
	}
	if held.results != nil {
		notes := info.follow(held.results.Run)
		for _, note := range notes {
			fmt.Fprintln(log, note)
		}
		info.Warnings = append(info.Warnings, notes...)
	}
	opt = run.Options{Info: info.RunInfo, Ranks: c}
	opt.Info.Ranks = c.Size()
	_, opt.Info.Threads, err = threads(c)
	return opt, err
}
