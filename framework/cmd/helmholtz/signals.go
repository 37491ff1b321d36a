package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

// signalContext is cancelled by the first signal that asks a job to stop: the
// run finishes its step and writes a checkpoint. The second stops at once.
func signalContext() (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(context.Background())
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGUSR1, syscall.SIGUSR2)
	if !signal.Ignored(syscall.SIGHUP) { // as under nohup
		signal.Notify(signals, syscall.SIGHUP)
	}
	go func() {
		first := <-signals
		fmt.Fprintf(os.Stderr, "\nhelmholtz: %v: finishing the step, then writing a checkpoint (again to stop at once)\n", first)
		cancel(fmt.Errorf("signal: %v", first))
		second := <-signals // the plugins end with this process
		code := 128
		if number, ok := second.(syscall.Signal); ok {
			code += int(number)
		}
		os.Exit(code)
	}()
	return ctx, func() { signal.Stop(signals); cancel(nil) }
}
