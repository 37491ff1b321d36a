package run

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/ranks"
)

// One run on R ranks. Each of them is a process with plugins of its own, which makes its
// rows of every batch; theta, the optimiser and the history are on all, bit for bit those of
// a run on one rank. Rank 0 alone reads and writes the run folder, has the estimators, and
// speaks to the user. What it decides by its clock, a signal that any rank got and what went
// wrong on one of them are told at the next meeting, so that all end after the same step.

// Flags of a meeting.
const (
	flagDue    uint64 = 1 << iota // rank 0: a checkpoint is due
	flagStop                      // something stops a rank: a signal, a stop file, the time
	flagSave                      // rank 0: there is something to save
	flagHeard                     // the model has noticed something
	flagEnough                    // rank 0: the targets are reached
)

// first tells that this is rank 0, which may be the only one.
func (r *runner) first() bool { return r.comm.Rank() == 0 }

// meet tells all ranks the error of one and the flags of any, with what went wrong on this
// rank alone since the last meeting, and collects what their models have noticed.
func (r *runner) meet(err error, flags uint64) (uint64, error) {
	err, r.kept = cmp.Or(r.kept, err), nil
	if len(r.heard) > 0 {
		flags |= flagHeard
	}
	flags, err = ranks.Tell(r.comm, err, flags)
	if flags&flagHeard != 0 {
		err = cmp.Or(err, r.hear())
	}
	return flags, err
}

// alone is the error of something that this rank did alone: at once in a run of one rank, else
// at the next meeting.
func (r *runner) alone(err error) error {
	if r.comm.Size() == 1 {
		return err
	}
	r.kept = cmp.Or(r.kept, err)
	return nil
}

// whenFirst are flags that rank 0 alone raises.
func (r *runner) whenFirst(flag uint64, raised bool) uint64 {
	if raised && r.first() {
		return flag
	}
	return 0
}

// hear takes up what the models of all ranks have noticed.
func (r *runner) hear() error {
	all, err := ranks.Gathered(r.comm, r.heard)
	if err != nil {
		return err
	}
	r.heard = r.heard[:0]
	for _, notices := range all {
		r.takeNotices(notices)
	}
	return nil
}

// stopped is the error of what stops this rank, nil where nothing does.
func stopped(cause error, where string) error {
	if cause == nil {
		return nil
	}
	return Interrupted(cause, where)
}

// between is what the ranks agreed on after a piece of an evaluation.
type between struct {
	flags uint64
	cause error // what stops this rank, nil where nothing does
}

func (b between) stops() bool { return b.flags&flagStop != 0 }

// between tells all ranks the error of a piece, whether a checkpoint is due and, where more is to
// come, whether something stops a rank.
func (r *runner) between(ctx context.Context, failed error, more bool) (b between, err error) {
	b.flags = r.whenFirst(flagDue, r.keepDue())
	if more {
		b.cause = r.stop(ctx)
	}
	if b.cause != nil {
		b.flags |= flagStop
	}
	b.flags, err = r.meet(failed, b.flags)
	return b, err
}

// pause writes the checkpoint that is due, and ends the run where something stops a rank.
func (r *runner) pause(b between, where string) error {
	if b.flags&flagDue != 0 {
		if err := r.save(); err != nil {
			return err
		}
	}
	return r.leave(b, where)
}

// leave ends the run where something stops a rank.
func (r *runner) leave(b between, where string) error {
	if !b.stops() {
		return nil
	}
	_, err := r.meet(stopped(b.cause, where), 0)
	return err
}

// sameEvery is after how many steps parameters are compared: hashing them takes a
// thousandth of as many steps of a model that is all linear layers.
const sameEvery = 100

// compare makes sure that all ranks have the same parameters.
func (r *runner) compare() error {
	err := ranks.Same(r.comm, fmt.Sprintf("the parameters after step %d", r.step), r.theta)
	if err != nil {
		r.torn = true // nothing of this is for a checkpoint
	}
	return err
}

// latest is the newest sound checkpoint, which rank 0 reads; of what estimators gathered
// nothing is sent.
func (r *runner) latest() (*core.Checkpoint, error) {
	var c *core.Checkpoint
	var err error
	if r.first() {
		var notes []string
		c, notes, err = r.rec.LatestCheckpoint()
		for _, note := range notes {
			r.note(note)
		}
	}
	if _, err := r.meet(err, 0); err != nil || r.comm.Size() == 1 {
		return c, err
	}
	return r.receive(c)
}

func (r *runner) receive(c *core.Checkpoint) (*core.Checkpoint, error) {
	sent := []core.Checkpoint{}
	if c != nil {
		sent = append(sent, *c)
		if e := c.Evaluation; e != nil {
			light := *e
			light.Estimators, light.Samples = nil, nil
			sent[0].Evaluation = &light
		}
	}
	got, err := ranks.FromFirst(r.comm, sent)
	switch {
	case err != nil || r.first():
		return c, err
	case len(got) == 0:
		return nil, nil
	}
	return &got[0], nil
}

// exchanges begins to count the time in exchanges; what it returns ends it, and tells the user and the results. All ranks
// call both together.
func (r *runner) exchanges() (end func() error, err error) {
	if r.timed == nil {
		return func() error { return nil }, nil
	}
	before, err := r.timed.Spent()
	begin := time.Now()
	return func() error {
		mean, least, err := r.timed.Shares(before, time.Since(begin))
		if err != nil {
			return err
		}
		r.results.Run.InExchanges, r.results.Run.LeastInExchanges = mean, least
		r.mon.Note(fmt.Sprintf("ranks: %.1f %% of the training in exchanges and waiting for other ranks, %.1f %% without the waiting", 100*mean, 100*least))
		return nil
	}, err
}

// silent is the recorder and the monitor of a rank that is not the first.
type silent struct{}

func (silent) SaveResults(*core.Results) error                       { return nil }
func (silent) SaveCheckpoint(*core.Checkpoint, int) error            { return nil }
func (silent) LatestCheckpoint() (*core.Checkpoint, []string, error) { return nil, nil, nil }
func (silent) AppendProgress(any) error                              { return nil }
func (silent) SaveGlimpse(core.Glimpse) error                        { return nil }
func (silent) TruncateProgress(int64) error                          { return nil }
func (silent) Progress(Progress)                                     {}
func (silent) Note(string)                                           {}
