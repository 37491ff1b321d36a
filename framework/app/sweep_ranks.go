package app

import (
	"context"
	"fmt"
	"io"
	"path/filepath"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/plan"
	"github.com/helmholtz-physics/helmholtz/framework/ranks"
	"github.com/helmholtz-physics/helmholtz/framework/store"
)

// On several ranks the points of a sweep are dealt to groups of them, --ranks-per-point each,
// so that one allocation runs a whole sweep. A point is a run on the ranks of its group, whose
// first has the point's folder; points that start from one another are of one group, in their
// order. A group does not wait for another before all points are done.

// swept is a point of a sweep.
type swept struct {
	sweep *plan.Sweep
	point int
}

// team is some of the ranks of a job with their points.
type team struct {
	ranks.Comm
	points []int
	out    io.Writer // for the tables of points
	log    io.Writer
	named  bool // whether others write beside it
}

// speaks tells that this rank writes for its group.
func (g *team) speaks() bool { return g.Rank() == 0 }

// logOf is where the progress of a point goes.
func (g *team) logOf(point int) io.Writer {
	if !g.named || !g.speaks() {
		return g.log
	}
	return &linesOf{out: g.log, word: fmt.Sprintf("point %d: ", point)}
}

// teamOf makes the groups and is that of this rank.
func (f *runFlags) teamOf(sweep *plan.Sweep, points []int, out, log io.Writer) (*team, error) {
	lines := chainsOf(sweep, points)
	per := f.perPoint
	if per == 0 {
		per = max(1, f.ranks.Size()/len(lines))
	}
	number, groups := f.ranks.Rank()/per, (f.ranks.Size()+per-1)/per
	c, err := f.ranks.Split(number, f.ranks.Rank())
	if err != nil {
		return nil, err
	}
	g := &team{Comm: c, out: out, log: log, named: groups > 1}
	if g.speaks() {
		g.out, g.log = f.stdout, f.stderr
	}
	for k := number; k < len(lines); k += groups {
		g.points = append(g.points, lines[k]...)
	}
	return g, nil
}

// chainsOf are the points that start from one another, line by line.
func chainsOf(sweep *plan.Sweep, points []int) (lines [][]int) {
	for _, i := range points {
		if _, ok := sweep.Before(i); !ok || len(lines) == 0 {
			lines = append(lines, nil)
		}
		last := len(lines) - 1
		lines[last] = append(lines[last], i)
	}
	return lines
}

// giveStartTogether is giveStart on the ranks of a group, of which the first writes.
func (f *runFlags) giveStartTogether(g *team, sw swept, dir string) error {
	var err error
	if g.speaks() {
		err = f.giveStart(sw.sweep, sw.point, dir)
	}
	if err = ranks.Agree(g, err); err != nil || g.speaks() {
		return err
	}
	if _, ok := sw.sweep.Before(sw.point); !ok {
		return nil
	}
	path, err := filepath.Abs(store.StartFile(store.PointDir(dir, sw.point)))
	if err != nil {
		return &core.Error{Kind: core.Storage, Op: "find run folder", Subject: dir, Err: err}
	}
	sw.sweep.StartFrom(sw.point, path)
	return nil
}

// outcome is what the points of a group came to.
type outcome struct {
	missed, failed int
	kind           core.Kind // of the first failure
}

// Flags of the end of a sweep.
const (
	cameFurther uint64 = 1 << iota // a point was computed
	waits                          // a point waits to be continued
)

// together is the outcome of all groups, on all ranks. err is what ended this rank's group; that
// of the first ends all, and none of them is Stalled where another came further.
func (f *runFlags) together(mine outcome, err error) (all outcome, _ error) {
	if f.ranks.Size() == 1 {
		return mine, err
	}
	var flags uint64
	if f.computed > 0 {
		flags |= cameFurther
	}
	if core.KindOf(err) == core.Interrupted {
		flags |= waits
	}
	flags, e := ranks.Tell(f.ranks, nil, flags)
	if e != nil {
		return all, e
	}
	if core.KindOf(err) == core.Stalled && flags != 0 {
		err = &core.Error{Kind: core.Interrupted, Err: err}
	}
	if err = ranks.Agree(f.ranks, err); err != nil {
		return all, err
	}
	const numbers = 3
	given := make([]float64, numbers*f.ranks.Size())
	counts := make([]int, f.ranks.Size())
	for rank := range counts {
		counts[rank] = numbers
	}
	if err := f.ranks.Gather(given, []float64{float64(mine.missed), float64(mine.failed), float64(mine.kind)}, counts); err != nil {
		return all, err
	}
	for ; len(given) > 0; given = given[numbers:] {
		if all.failed == 0 {
			all.kind = core.Kind(given[2])
		}
		all.missed, all.failed = all.missed+int(given[0]), all.failed+int(given[1])
	}
	return all, nil
}

// stopsHere tells whether something stops a rank of the group before a point.
func (f *runFlags) stopsHere(ctx context.Context, g *team, sw swept) error {
	var err error
	if ctx.Err() != nil {
		err = atPoint(sw.sweep, sw.point, beforeDraws(context.Cause(ctx)))
	}
	return ranks.Agree(g, err)
}
