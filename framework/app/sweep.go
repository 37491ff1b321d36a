package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/plan"
	"github.com/helmholtz-physics/helmholtz/framework/ranks"
	"github.com/helmholtz-physics/helmholtz/framework/run"
	"github.com/helmholtz-physics/helmholtz/framework/store"
	"github.com/spf13/cobra"
)

// pointText names a point to the user: "point 2 (energy.r_s = 5)".
func pointText(sweep *plan.Sweep, i int) string {
	return fmt.Sprintf("point %d (%s)", i, sweep.Label(i))
}

// atPoint says at which point of a sweep an error occurred.
func atPoint(sweep *plan.Sweep, i int, err error) error {
	if len(sweep.Axes) == 0 {
		return err
	}
	return &core.Error{Kind: core.KindOf(err), Op: pointText(sweep, i), Err: err}
}

// checkSweep checks every point and lists them.
func (b *binding) checkSweep(ctx context.Context, out io.Writer, sweep *plan.Sweep, points []int) error {
	if err := b.checkPoints(ctx, sweep, points, nil); err != nil {
		return err
	}
	fmt.Fprintf(out, "# %s: %d points; --index shows one\n", sweep.Name(), sweep.Len())
	for _, i := range points {
		fmt.Fprintf(out, "%d\t%s\n", i, sweep.Label(i))
	}
	return nil
}

// checkPoints finds all that can be found before anything is drawn: of the first
// point in full, of the others what differs from it. Built-in parts of these are
// made in this process, which takes a hundredth of the time of starting another.
// also, unless nil, is asked about every point.
func (b *binding) checkPoints(ctx context.Context, sweep *plan.Sweep, points []int, also func(i int, s *session) error) error {
	chain := chain{sweep: sweep}
	each := func(i int, s *session) error {
		if err := chain.check(i, s); err != nil || also == nil {
			return err
		}
		return also(i, s)
	}
	first, err := b.open(ctx, sweep, points[0])
	if err != nil {
		return err
	}
	defer first.close()
	if err := each(points[0], first); err != nil {
		return err
	}
	for _, i := range points[1:] {
		if err := b.checkLike(ctx, first, sweep, i, each); err != nil {
			return err
		}
	}
	return nil
}

// checkLike checks a point as far as it differs from another that is open. What it
// finds is left to a check in full to confirm, which has the exact values of this
// point, and parts in processes of their own, that may panic.
func (b *binding) checkLike(ctx context.Context, first *session, sweep *plan.Sweep, i int, each func(int, *session) error) error {
	f, err := sweep.Point(i)
	if err != nil {
		return atPoint(sweep, i, err)
	}
	if quick := b.like(first, f); quick != nil {
		defer quick.close()
		return each(i, quick)
	}
	full, err := b.open(ctx, sweep, i)
	if err != nil {
		return err
	}
	defer full.close()
	return each(i, full)
}

// like binds what is not as in another point, built-in parts in this process; nil where
// that fails.
func (b *binding) like(first *session, f *plan.File) (s *session) {
	quick := *b
	quick.inProcess = true
	made := &session{host: quick.host(f.Env()), builtins: b.builtins, like: first}
	defer func() {
		if recover() != nil || s == nil {
			s = nil
			made.close()
		}
	}()
	if made.bind(f) != nil {
		return nil
	}
	return made
}

// runSweep runs points of a sweep, each in a folder of its own below dir, and collects
// what is there: one after another, or on several ranks as many at a time as there are teams of
// them. A point that fails on its own does not keep the later ones from running, but those that
// continue from it.
func (f *runFlags) runSweep(ctx context.Context, cmd *cobra.Command, sweep *plan.Sweep, points []int, dir string) (err error) {
	err = f.checkRun(ctx, sweep, points, dir)
	if err == nil && f.ranks.Rank() == 0 {
		err = errors.Join(f.clearPoints(points, dir), store.SaveSweepTable(dir, sweep.TOML()))
	}
	if err = ranks.Agree(f.ranks, err); err != nil {
		return err
	}
	t, err := f.teamOf(sweep, points, cmd.OutOrStdout(), cmd.ErrOrStderr())
	if err != nil {
		return err
	}
	if t.speaks() {
		var stop *stopFile
		ctx, stop = watchStop(ctx, dir)
		// Removed when all teams have ended; another process of the sweep may not have seen it.
		defer func() { stop.end(err, f.index == allPoints) }()
	}
	o, err := f.runPoints(ctx, t, sweep, dir)
	if o, err = f.together(o, err); err != nil {
		return err
	}
	derived := 0
	if f.ranks.Rank() == 0 {
		derived, err = finishSweep(cmd.OutOrStdout(), sweep, dir, f.index == allPoints)
	}
	if err = ranks.Agree(f.ranks, err); err != nil {
		return err
	}
	if derived, err = ranks.FromFirst(f.ranks, derived); err != nil {
		return err
	}
	if o.failed > 0 {
		return core.Errorf(o.kind, "run sweep", dir, "%d of %d points failed", o.failed, len(points))
	}
	if missed := o.missed + derived; missed > 0 {
		return expectError{missed}
	}
	return nil
}

// clearPoints removes what is in the folders of points that start again, of all of them at once, and what was
// collected of all: a point that then fails before it begins would else leave its earlier results among the
// new ones. A folder that another process holds is left to it.
func (f *runFlags) clearPoints(points []int, dir string) error {
	if f.resume != "never" {
		return nil
	}
	if f.index == allPoints {
		if err := os.Remove(store.SweepFile(dir)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return &core.Error{Kind: core.Storage, Op: "start sweep again", Subject: store.SweepFile(dir), Err: err}
		}
	}
	for _, i := range points {
		point := store.PointDir(dir, i)
		if _, err := os.Stat(point); err != nil {
			continue
		}
		folder, err := store.Open(point)
		if core.KindOf(err) == core.Busy {
			continue
		}
		if err == nil {
			err = errors.Join(folder.Clear(), folder.Close())
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// runPoints runs the points of a team one after another.
func (f *runFlags) runPoints(ctx context.Context, t *team, sweep *plan.Sweep, dir string) (o outcome, err error) {
	f.failed = map[int]core.Kind{}
	for _, i := range t.points {
		n, err := f.runPoint(ctx, t, swept{sweep, i}, dir)
		if core.KindOf(err) == core.Stalled && f.computed > 0 { // other points came further
			err = &core.Error{Kind: core.Interrupted, Err: err}
		}
		if err != nil && !(f.index == allPoints && ofOnePoint(err)) {
			return o, err
		}
		if err != nil {
			fmt.Fprintln(t.log, "helmholtz:", err)
			if f.failed[i] = core.KindOf(err); t.speaks() {
				if o.failed++; o.failed == 1 {
					o.kind = core.KindOf(err)
				}
			}
		}
		o.missed += n
	}
	return o, nil
}

// ofOnePoint tells whether a failure says nothing about the other points.
func ofOnePoint(err error) bool {
	switch core.KindOf(err) {
	case core.Numeric, core.Plugin, core.Busy:
		return true
	}
	return false
}

// runPoint runs one point on the ranks of a team and returns how many expectations it misses,
// on the first of them.
func (f *runFlags) runPoint(ctx context.Context, t *team, sw swept, dir string) (missed int, err error) {
	sweep, i := sw.sweep, sw.point
	if err := f.stopsHere(ctx, t, sw); err != nil {
		return 0, err
	}
	if err := f.giveStartTogether(t, sw, dir); err != nil {
		return 0, err
	}
	from := ""
	if before, ok := sweep.Before(i); ok {
		from = fmt.Sprintf(", starts where point %d ended", before)
	}
	fmt.Fprintf(t.log, "%s, one of %d%s\n", pointText(sweep, i), sweep.Len(), from)
	s, err := f.openTogether(ctx, t, sw)
	if err != nil {
		return 0, err
	}
	defer s.close()
	results, err := f.perform(ctx, t, t.logOf(i), s, store.PointDir(dir, i))
	if err != nil {
		return 0, atPoint(sweep, i, err)
	}
	if !t.speaks() {
		return 0, nil
	}
	if f.index != allPoints {
		writeTable(t.out, results)
	}
	return writeVerdicts(t.out, "expected at "+pointText(sweep, i), run.Judge(s.plan, results)), nil
}
