package app

import (
	"context"
	"fmt"
	"io"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/plan"
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

// runSweep runs points of a sweep one after another, each in a folder of its
// own below dir, and collects what is there. A point that fails on its own
// does not keep the later ones from running, but those that continue from it.
func (f *runFlags) runSweep(ctx context.Context, cmd *cobra.Command, sweep *plan.Sweep, points []int, dir string) (err error) {
	if err := f.checkRun(ctx, sweep, points, dir); err != nil {
		return err
	}
	all := f.index == allPoints
	if err := store.SaveSweepTable(dir, sweep.TOML()); err != nil {
		return err
	}
	ctx, stop := watchStop(ctx, dir)
	defer func() { stop.end(err, all) }() // another process of the sweep may not have seen it
	missed := 0
	f.failed = map[int]core.Kind{}
	var failures []error
	for _, i := range points {
		n, err := f.runPoint(ctx, cmd, sweep, i, dir)
		if core.KindOf(err) == core.Stalled && f.computed > 0 { // other points came further
			err = &core.Error{Kind: core.Interrupted, Err: err}
		}
		if err != nil && !(all && ofOnePoint(err)) {
			return err
		}
		if err != nil {
			fmt.Fprintln(cmd.ErrOrStderr(), "helmholtz:", err)
			failures, f.failed[i] = append(failures, err), core.KindOf(err)
		}
		missed += n
	}
	derived, err := finishSweep(cmd.OutOrStdout(), sweep, dir, all)
	if err != nil {
		return err
	}
	missed += derived
	if n := len(failures); n > 0 {
		return core.Errorf(core.KindOf(failures[0]), "run sweep", dir, "%d of %d points failed", n, len(points))
	}
	if missed > 0 {
		return expectError{missed}
	}
	return nil
}

// ofOnePoint tells whether a failure says nothing about the other points.
func ofOnePoint(err error) bool {
	switch core.KindOf(err) {
	case core.Numeric, core.Plugin, core.Busy:
		return true
	}
	return false
}

// runPoint runs one point and returns how many expectations it misses.
func (f *runFlags) runPoint(ctx context.Context, cmd *cobra.Command, sweep *plan.Sweep, i int, dir string) (missed int, err error) {
	if ctx.Err() != nil {
		return 0, atPoint(sweep, i, beforeDraws(context.Cause(ctx)))
	}
	if err := f.giveStart(sweep, i, dir); err != nil {
		return 0, err
	}
	from := ""
	if before, ok := sweep.Before(i); ok {
		from = fmt.Sprintf(", starts where point %d ended", before)
	}
	fmt.Fprintf(cmd.ErrOrStderr(), "%s, one of %d%s\n", pointText(sweep, i), sweep.Len(), from)
	s, err := f.open(ctx, sweep, i)
	if err != nil {
		return 0, err
	}
	defer s.close()
	results, err := f.perform(ctx, cmd.ErrOrStderr(), s, store.PointDir(dir, i))
	if err != nil {
		return 0, atPoint(sweep, i, err)
	}
	if f.index != allPoints {
		writeTable(cmd.OutOrStdout(), results)
	}
	return writeVerdicts(cmd.OutOrStdout(), "expected at "+pointText(sweep, i), run.Judge(s.plan, results)), nil
}
