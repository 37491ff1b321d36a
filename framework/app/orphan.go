package app

import (
	"context"
	"os"
	"time"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/ranks"
)

// Ranks hear by MPI that their launcher was killed. One process alone, which mpirun -n 1 or srun -n 1 started, joins no
// MPI: it would go on with nobody waiting for it, and hold the run folder against the job that is to go on from there.

// watchLauncher cancels a context when the launcher of this process, if it has one, is gone. The caller calls end.
func watchLauncher(ctx context.Context) (_ context.Context, end func()) {
	by, err := ranks.Launch(os.Getenv)
	if err != nil || by == nil {
		return ctx, func() {}
	}
	return watchParent(ctx, by.By, os.Getppid)
}

// watchParent cancels a context when the parent of this process is another than at the start.
func watchParent(ctx context.Context, by string, parent func() int) (_ context.Context, end func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	first := parent()
	go func() {
		ticker := time.NewTicker(stopEvery)
		defer ticker.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
				if parent() != first {
					cancel(core.Errorf(core.Interrupted, "", "", "%s, which started this process, is gone", by))
					return
				}
			}
		}
	}()
	return ctx, func() { cancel(nil) }
}
