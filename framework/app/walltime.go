package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/helmholtz-physics/helmholtz/framework/batch"
	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/spf13/cobra"
)

// walltime is the flag of commands that end by themselves before their time is over.
type walltime struct{ text string }

func (w *walltime) flag(cmd *cobra.Command) {
	cmd.Flags().StringVar(&w.text, "walltime", "", "end with a checkpoint and exit code 85 before this `time` is over: auto (what Slurm or PBS leave to the job), or a duration like 4h30m or 04:30:00 (default no limit)")
	_ = cmd.RegisterFlagCompletionFunc("walltime", cobra.FixedCompletions([]string{batch.Auto}, cobra.ShellCompDirectiveNoFileComp))
}

// What comes after the last checkpoint takes some of the time: plugins end, the batch system
// notices. Where a tenth of the time is less than slackMost, that is left for it; more would be lost to
// every job, less is too little for a file system that pauses.
const (
	slackMost  = 10 * time.Second
	slackShare = 10
)

var errTimeOver = errors.New("the time is over")

// processBegan is when this process began, nearly.
var processBegan = time.Now()

// limit gives ctx the deadline that the flag asks for.
func (w *walltime) limit(ctx context.Context, log io.Writer) (context.Context, context.CancelFunc, error) {
	if w.text == "" {
		return ctx, func() {}, nil
	}
	l, err := batch.FindLimit(w.text, processBegan)
	if err != nil {
		return nil, nil, core.Errorf(core.Invalid, "read flags", "--walltime", "%w", err)
	}
	if l.End.IsZero() {
		fmt.Fprintln(log, "no limit of time:", l.Source)
		return ctx, func() {}, nil
	}
	left := max(0, time.Until(l.End))
	slack := min(slackMost, left/slackShare)
	fmt.Fprintf(log, "time left: %v (%s)\n", left.Round(time.Second), l.Source)
	ctx, cancel := context.WithDeadlineCause(ctx, l.End.Add(-slack), errTimeOver)
	return ctx, cancel, nil
}

// shortest is the least time that batch systems give a job.
const shortest = time.Minute

// beforeDraws is the error of a command that was stopped before anything was drawn. Where the time of
// a whole job was not enough for that, another one of the kind would not be either.
func beforeDraws(cause error) error {
	kind, hint := core.Interrupted, "run the same command again"
	switch {
	case core.KindOf(cause) == core.Halted:
		kind = core.Halted
	case errors.Is(cause, errTimeOver) && time.Since(processBegan) >= shortest-slackMost:
		kind, hint = core.Stalled, "give it more time, and see that a batch script does not queue it again"
	}
	return &core.Error{Kind: kind, Op: "stopped", Subject: "before anything was drawn", Err: cause, Hint: hint}
}
