package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/plan"
	"github.com/helmholtz-physics/helmholtz/framework/store"
)

// With [sweep] continue = true a point starts from the parameters that the one before it
// along the last key ended with. They are copied to a checkpoint in the point's own folder,
// which train.start of its resolved run file names: so its fingerprint knows them, and the
// folder needs no other.

// chain checks that the points of a sweep can start from one another.
type chain struct {
	sweep *plan.Sweep
	specs map[int]core.ModelSpec // of the points that were seen
}

// check takes the points in order.
func (c *chain) check(i int, s *session) error {
	if !c.sweep.Continue || s.parts.Model == nil {
		return nil
	}
	spec := s.parts.Model.Spec()
	if c.specs == nil {
		c.specs = map[int]core.ModelSpec{}
	}
	c.specs[i] = spec
	before, ok := c.sweep.Before(i)
	if !ok {
		return nil
	}
	old, seen := c.specs[before]
	if !seen {
		return nil
	}
	delete(c.specs, before) // of ten thousand points they would be much
	if err := startsLike(spec, fmt.Sprintf("point %d", before), old); err != nil {
		key, at := c.sweep.LastKey()
		return atPoint(c.sweep, i, s.plan.At(at, &core.Error{Kind: core.Mismatch,
			Err: fmt.Errorf("%s changes the parameters, and sweep.continue = true starts this point from those of %s: %w", key, pointText(c.sweep, before), err)}))
	}
	return nil
}

// checkRun checks the points that are to be run and, where the first of them starts from one
// that is not among them, that this one is done and has the settings of the run file.
func (f *runFlags) checkRun(ctx context.Context, sweep *plan.Sweep, points []int, dir string) error {
	i := points[0]
	before, ok := sweep.Before(i)
	if !ok {
		return f.checkPoints(ctx, sweep, points, nil)
	}
	r, err := doneBefore(sweep, i, before, dir)
	if err != nil {
		return err
	}
	if _, ok := sweep.Before(before); ok {
		path, err := filepath.Abs(store.StartFile(store.PointDir(dir, before)))
		if err != nil {
			return &core.Error{Kind: core.Storage, Op: "find run folder", Subject: dir, Err: err}
		}
		sweep.StartFrom(before, path)
	}
	return f.checkPoints(ctx, sweep, append([]int{before}, points...), func(k int, s *session) error {
		if k != before {
			return nil
		}
		if changes := s.plan.DiffTraining([]byte(r.Run.ConfigJSON)); len(changes) > 0 {
			return cannotStart(sweep, i, before, core.Invalid, "its folder holds a run with other settings: "+strings.Join(changes, "; "))
		}
		return nil
	})
}

// cannotStart says that point i cannot start where another ended.
func cannotStart(sweep *plan.Sweep, i, before int, kind core.Kind, why string) error {
	return atPoint(sweep, i, &core.Error{Kind: kind, Err: fmt.Errorf("it starts where %s ends (sweep.continue): %s", pointText(sweep, before), why)})
}

// doneBefore are the results of the point that point i starts from.
func doneBefore(sweep *plan.Sweep, i, before int, dir string) (*core.Results, error) {
	r, why := finishedPoint(sweep, before, dir)
	if why == "" {
		return r, nil
	}
	kind := core.Invalid
	if why == string(core.Running) {
		kind = core.Busy
	}
	return nil, cannotStart(sweep, i, before, kind, fmt.Sprintf("%s; --index %d runs it", why, before))
}

// giveStart copies the parameters that the point before point i ended with to the run folder of
// point i, unless they are there, and makes it start from them. Points that start from none
// stay as they are.
func (f *runFlags) giveStart(sweep *plan.Sweep, i int, dir string) error {
	before, ok := sweep.Before(i)
	if !ok {
		return nil
	}
	if kind, failed := f.failed[before]; failed {
		return cannotStart(sweep, i, before, kind, "that failed, so this one is not run")
	}
	r, err := doneBefore(sweep, i, before, dir)
	if err != nil {
		return err
	}
	end, err := endOf(r, store.PointDir(dir, before))
	if err != nil {
		return atPoint(sweep, i, err)
	}
	path, err := f.keepStart(end, pointText(sweep, before), store.PointDir(dir, i))
	if err != nil {
		return atPoint(sweep, i, err)
	}
	sweep.StartFrom(i, path)
	return nil
}

// endOf is a checkpoint with the parameters that the finished run in a folder ended with, and
// nothing else.
func endOf(r *core.Results, dir string) (*core.Checkpoint, error) {
	c, err := latestCheckpoint(dir)
	if err != nil {
		return nil, err
	}
	last := int64(0)
	if h := r.History; h != nil && len(h.Step) > 0 {
		last = h.Step[len(h.Step)-1]
	}
	if c == nil || c.Step != last {
		return nil, &core.Error{Kind: core.Storage, Op: "continue", Subject: dir, Err: fmt.Errorf("it has no sound checkpoint of its last step, %d", last),
			Hint: "run that point again with --resume never"}
	}
	return &core.Checkpoint{Step: c.Step, Seed: c.Seed, ConfigSHA256: c.ConfigSHA256, Theta: finalParameters(c, patient(r)), Blocks: c.Blocks, Base: c.Base}, nil
}

// keepStart writes the checkpoint that the run in a folder starts from, unless it is there,
// and returns its absolute path. A run that started from other parameters is left alone.
func (f *runFlags) keepStart(start *core.Checkpoint, from, dir string) (path string, err error) {
	folder, err := store.Open(dir)
	if err != nil {
		return "", err
	}
	defer folder.Close()
	if path, err = filepath.Abs(store.StartFile(dir)); err != nil {
		return "", &core.Error{Kind: core.Storage, Op: "find run folder", Subject: dir, Err: err}
	}
	held, err := store.ReadCheckpoint(path)
	if err == nil && slices.Equal(held.Theta, start.Theta) {
		return path, nil
	}
	if f.resume != "never" && err == nil {
		if _, none := store.ReadResults(dir); !errors.Is(none, fs.ErrNotExist) {
			return "", &core.Error{Kind: core.Invalid, Op: "resume", Subject: dir,
				Err:  fmt.Errorf("it holds a run that started from other parameters than those with which %s now ends", from),
				Hint: "use --resume never to start again, or another --out folder"}
		}
	}
	return path, folder.SaveStart(start)
}
