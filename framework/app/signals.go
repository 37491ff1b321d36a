package app

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"
	"slices"
	"syscall"
	"time"
)

// lasting are the commands that take long: signals end them with a checkpoint, and several ranks make them together.
var lasting = []string{"run", "evaluate", "coverage"}

// listen decides what signals do to a command, before anything else is done:
// until then they end the process, or are lost. The context is cancelled by
// the first signal that asks a job to stop, and its cause names the signal.
//
// Commands that write files go on when nobody reads their output any more, as
// in `helmholtz run ... | head`. Of several ranks one speaks of signals.
func listen(args []string, speaks bool) context.Context {
	if len(args) < 2 || !slices.Contains([]string{"run", "evaluate", "coverage", "collect", "plot"}, args[1]) {
		return context.Background()
	}
	// With somebody to tell, a write to a closed pipe fails and does not end
	// the process; plugins are started with what is usual.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	if !slices.Contains(lasting, args[1]) {
		return context.Background()
	}
	ctx, cancel := context.WithCancelCause(context.Background())
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGUSR1, syscall.SIGUSR2)
	if !signal.Ignored(syscall.SIGHUP) { // as under nohup
		signal.Notify(signals, syscall.SIGHUP)
	}
	go heed(signals, cancel, speaks)
	return ctx
}

// echo is how long a second SIGINT is taken for the first, sent once more:
// `timeout -s INT` sends it to the process and then to its group, wrappers pass
// on what a terminal has already sent to everybody. Nobody reads the message
// and decides in less.
const echo = 500 * time.Millisecond

// heed cancels at the first signal: the run ends after the step in hand, with
// its checkpoint. Batch systems send more than one, of one kind or of several,
// and none of them is meant to lose this step; only a second SIGINT, by which a
// person insists, ends the process at once, and the plugins with it.
func heed(signals <-chan os.Signal, cancel context.CancelCauseFunc, speaks bool) {
	told := false
	var interrupt time.Time // first SIGINT
	for s := range signals {
		again := ""
		if s == syscall.SIGINT {
			switch {
			case interrupt.IsZero():
				interrupt, again = time.Now(), " (again to stop at once)"
			case time.Since(interrupt) > echo:
				os.Exit(128 + int(syscall.SIGINT))
			}
		}
		if speaks && (!told || again != "") {
			fmt.Fprintf(os.Stderr, "\nhelmholtz: %v: finishing the step, then writing a checkpoint%s\n", s, again)
		}
		told = true
		cancel(fmt.Errorf("signal: %v", s)) // the first counts
	}
}

// startPatience is how long a start may take to end once the plugins that it
// opened are stopped: the next one may just be opening, and cleans up.
const startPatience = time.Second

// starting does what comes before the first draw. Some of it cannot be
// interrupted: a file system that hangs, a plugin that loads, an enumeration.
// On a signal, abandon is called to make an end of it, and what does not end
// then is left behind, as nothing of it has to be kept.
func starting[T any](ctx context.Context, work func() (T, error), abandon func()) (T, error) {
	type outcome struct {
		value T
		err   error
		panic string
	}
	done := make(chan outcome, 1)
	go func() {
		var o outcome
		defer func() {
			if p := recover(); p != nil {
				o.panic = fmt.Sprintf("%v\n%s", p, debug.Stack())
			}
			done <- o
		}()
		o.value, o.err = work()
	}()
	var o outcome
	select {
	case o = <-done:
	case <-ctx.Done():
		abandon()
		select {
		case o = <-done:
		case <-time.After(startPatience):
		}
	}
	if o.panic != "" {
		panic(o.panic)
	}
	if ctx.Err() != nil {
		o.err = beforeDraws(context.Cause(ctx))
	}
	return o.value, o.err
}
