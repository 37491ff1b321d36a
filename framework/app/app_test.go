package app

import (
	"errors"
	"fmt"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/standard"
)

// parts are the command's.
var parts = builtins(standard.Parts())

func TestExitCodes(t *testing.T) {
	of := func(kind core.Kind) error { return core.Errorf(kind, "op", "subject", "cause") }
	for _, c := range []struct {
		err  error
		want int
	}{
		{of(core.Invalid), exitUsage},
		{of(core.Mismatch), exitUsage},
		{of(core.Unsupported), exitUsage},
		{of(core.Plugin), exitPlugin},
		{of(core.Numeric), exitFailed},
		{of(core.Storage), exitFailed},
		{of(core.Busy), exitFailed},
		{of(core.Internal), exitFailed},
		{of(core.Interrupted), exitInterrupted},
		{of(core.Stalled), exitStalled},
		{of(core.Halted), exitStalled},
		{unfinished{exitUnfinished, ""}, exitUnfinished},
		{errors.New("unsorted"), exitFailed},
		{expectError{2}, exitExpect},
		// The outermost and first decides: what was saved with it does not.
		{errors.Join(of(core.Plugin), of(core.Storage)), exitPlugin},
		{fmt.Errorf("with energy sk: %w", of(core.Mismatch)), exitUsage},
	} {
		if got := exitCode(c.err); got != c.want {
			t.Errorf("%v: exit code %d, want %d", c.err, got, c.want)
		}
	}
	described := map[int]bool{}
	for _, e := range exitMeanings {
		described[e.code] = true
	}
	for _, code := range []int{exitDone, exitFailed, exitUsage, exitPlugin, exitExpect, exitUnfinished, exitInterrupted, exitStalled} {
		if !described[code] {
			t.Errorf("the reference does not describe exit code %d", code)
		}
	}
}
