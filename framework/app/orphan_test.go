package app

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// A process whose launcher is gone stops within the time between two looks; before that, and at the end of the watch, nothing happens.
func TestLauncherThatIsGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var parent atomic.Int64
		parent.Store(7)
		ctx, end := watchParent(t.Context(), "mpirun", func() int { return int(parent.Load()) })
		defer end()
		time.Sleep(5 * stopEvery)
		if ctx.Err() != nil {
			t.Fatalf("stopped by %v while the launcher is there", context.Cause(ctx))
		}
		parent.Store(1)
		time.Sleep(2 * stopEvery)
		if cause := context.Cause(ctx); core.KindOf(cause) != core.Interrupted || !strings.Contains(cause.Error(), "mpirun, which started this process, is gone") {
			t.Errorf("the cause is %v", cause)
		}
		ctx, end = watchParent(t.Context(), "mpirun", func() int { return 7 })
		end()
		if <-ctx.Done(); context.Cause(ctx) != context.Canceled {
			t.Errorf("after the watch: %v", context.Cause(ctx))
		}
	})
}
