package run

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Between two pieces of work, a training step, a batch of draws, a piece of the burn-in, a run
// may be stopped: ctx is cancelled, as by a signal or a stop file, or has a deadline before which
// another piece and the checkpoint after it may not come to their end. Their time is learned from
// those of this process:
//
//	stop if   time left < 1.5 longest piece + 2 last checkpoint
//
// 1.5, as the next piece may be slower than the longest so far; a larger factor gives away time of
// jobs whose steps are long. 2, as a checkpoint grows with what estimators have gathered: with a
// deadline one is written after the first piece of a phase and whenever their number has doubled.

// pace is what pieces and checkpoints of this process have taken.
type pace struct {
	limited bool // whether there is a deadline
	phase   Phase
	began   time.Time     // the piece in hand
	saving  time.Duration // in it
	known   bool          // whether a piece of this phase is finished
	moved   bool          // whether one of any phase is
	piece   time.Duration // the longest of this phase, before the first that of the phase before
	save    time.Duration // what the last checkpoint with a snapshot took
	saved   time.Time     // when
	pieces  int64         // of this phase, finished
	doubled int64         // how many there are at the next checkpoint for the deadline's sake
}

// enter begins the first piece of a phase, or goes on with one.
func (p *pace) enter(ctx context.Context, phase Phase) {
	_, p.limited = ctx.Deadline()
	if phase != p.phase {
		p.phase, p.known, p.pieces, p.doubled = phase, false, 0, 0
	}
	p.began, p.saving = time.Now(), 0
}

// lap ends a piece and begins the next.
func (p *pace) lap() {
	now := time.Now()
	if took := now.Sub(p.began) - p.saving; !p.known || took > p.piece {
		p.piece = took
	}
	p.began, p.saving, p.known, p.moved = now, 0, true, true
	p.pieces++
}

// needs is the time for another piece and a checkpoint.
func (p *pace) needs() time.Duration { return p.piece*3/2 + 2*p.save }

// saveShare bounds what checkpoints cost that nobody counts in steps: the next one waits for
// this many times the time that the last one took. With it factor 2 of needs is enough: the time
// that a checkpoint takes, save(t), grows by at most save'(t) saveShare save(t) while the next one waits,
// and so less than doubles as long as checkpoints grow by less than 1/saveShare of the time that goes by.
const saveShare = 20

// saveDue tells that a checkpoint is to be written to learn what it takes.
func (p *pace) saveDue() bool {
	return p.limited && p.pieces >= p.doubled && time.Since(p.saved) >= saveShare*p.save
}

// save writes a checkpoint with a snapshot.
func (r *runner) save() error {
	begin := time.Now()
	if err := r.saveCheckpoint(); err != nil {
		return err
	}
	if err := r.alone(cmp.Or(r.saveResults(), r.glimpse())); err != nil {
		return err
	}
	p := &r.pace
	p.saved = time.Now()
	p.save = p.saved.Sub(begin)
	p.saving += p.save
	p.doubled = 2 * max(p.pieces, 1)
	return nil
}

// stop says between two pieces why the run is to end now, nil where it goes on.
func (r *runner) stop(ctx context.Context) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	deadline, limited := ctx.Deadline()
	if left, needs := time.Until(deadline), r.pace.needs(); limited && left < needs {
		return fmt.Errorf("the time is nearly over: %v are left, and another piece of work with its checkpoint may take %v", rounded(left), rounded(needs))
	}
	return nil
}

// stopAgain is stop before the first piece of a phase. A process that has done nothing yet goes
// on, so that each comes further.
func (r *runner) stopAgain(ctx context.Context) error {
	if !r.pace.moved {
		return nil
	}
	return r.stop(ctx)
}

// rounded is a duration with three digits at most below a second, and two behind the point above.
func rounded(d time.Duration) time.Duration {
	if d < time.Second {
		return d.Round(time.Millisecond)
	}
	return d.Round(10 * time.Millisecond)
}

// Interrupted is the error of work that was stopped for a cause, with a checkpoint.
func Interrupted(cause error, where string) error {
	kind := core.Interrupted
	if core.KindOf(cause) == core.Halted {
		kind = core.Halted
	}
	return &core.Error{Kind: kind, Op: "stopped", Subject: where, Err: cause, Hint: "run the same command again to continue"}
}
