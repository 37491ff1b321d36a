package app

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// stopName is the file in a run folder that ends the run: with a checkpoint, and not to be queued again.
const stopName = "STOP"

// stopEvery is how often the file is looked for. Nobody waits for less, and file systems that many
// machines share answer in milliseconds.
const stopEvery = time.Second

// stopFile watches for the file in a folder.
type stopFile struct {
	path   string
	done   chan struct{}
	wait   sync.WaitGroup
	cancel context.CancelCauseFunc
	seen   bool // valid once the watch has ended
}

// watchStop cancels a context when there is a stop file in dir, at once where it is there
// already. The caller ends the watch.
func watchStop(ctx context.Context, dir string) (context.Context, *stopFile) {
	ctx, cancel := context.WithCancelCause(ctx)
	s := &stopFile{path: filepath.Join(dir, stopName), done: make(chan struct{}), cancel: cancel}
	if !s.look() {
		s.wait.Go(s.watch)
	}
	return ctx, s
}

func (s *stopFile) watch() {
	ticker := time.NewTicker(stopEvery)
	defer ticker.Stop()
	for {
		select {
		case <-s.done:
			return
		case <-ticker.C:
			if s.look() {
				return
			}
		}
	}
}

// look tells whether the file is there, and then cancels.
func (s *stopFile) look() bool {
	if _, err := os.Stat(s.path); err != nil {
		return false
	}
	s.seen = true
	s.cancel(core.Errorf(core.Halted, "", "", "the file %s asks for it", s.path))
	return true
}

// end ends the watch. With remove, a file that ended the command, as err tells, has had its effect.
func (s *stopFile) end(err error, remove bool) {
	close(s.done)
	s.wait.Wait()
	s.cancel(nil)
	if remove && s.seen && core.KindOf(err) == core.Halted {
		os.Remove(s.path)
	}
}
