//go:build linux

package app

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/helmholtz-physics/helmholtz/framework/store"
)

// What ranks make of a finished run, an evaluation and repeats of it, is what one process makes. A signal to one of them
// ends all, with what was finished.
func TestRanksOnAFinishedRun(t *testing.T) {
	all, dir := launchers(t), t.TempDir()
	file := rankFiles(t, dir)["van"]
	const repeats = 12
	alone := func(args ...string) {
		t.Helper()
		if out, err := exec.Command(built.helmholtz, args...).CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	whole := filepath.Join(dir, "whole")
	alone("run", file, "--out", whole)
	alone("evaluate", whole, "--samples", "900")
	alone("coverage", whole, "--samples", "100", "--repeats", fmt.Sprint(repeats))
	want, wantRepeats := finishedIn(t, whole, repeats)
	for by, launcher := range all {
		out := filepath.Join(dir, by)
		alone("run", file, "--out", out)
		run := launch(t, launcher, 3, "evaluate", out, "--samples", "900")
		if code := run.exit(); code != exitDone {
			t.Fatalf("%s: evaluate: exit code %d\n%s", by, code, run.said)
		}
		if said := run.said.String(); strings.Count(said, "ranks: 3, threads ") != 1 {
			t.Errorf("%s: the ranks are not said once in\n%s", by, said)
		}
		run = launch(t, launcher, 2, "coverage", out, "--samples", "100", "--repeats", "4000")
		rank := lastRank(t, run.Process.Pid, 2)
		for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
			if _, err := os.Stat(filepath.Join(out, "coverage.h5")); err == nil {
				break
			}
		}
		syscall.Kill(rank, syscall.SIGUSR1)
		if code := run.exit(); code != exitInterrupted || strings.Count(run.said.String(), "rank 1: stopped: after ") != 1 {
			t.Errorf("%s: coverage: exit code %d\n%s", by, code, run.said)
		}
		alone("coverage", out, "--samples", "100", "--repeats", fmt.Sprint(repeats))
		got, gotRepeats := finishedIn(t, out, repeats)
		if diff := cmp.Diff(want, got, cmpopts.EquateNaNs()); diff != "" {
			t.Errorf("%s: the evaluation differs from that of one process:\n%s", by, diff)
		}
		if diff := cmp.Diff(wantRepeats, gotRepeats, cmpopts.EquateNaNs()); diff != "" {
			t.Errorf("%s: repeats differ from those of one process:\n%s", by, diff)
		}
	}
}

// finishedIn are values with their errors of the only evaluation in a run folder, and those of the first repeats.
func finishedIn(t *testing.T, dir string, repeats int) (evaluation map[string][]float64, rows map[string][]float64) {
	t.Helper()
	results, err := store.ReadResults(dir)
	if err != nil || len(results.Evaluations) != 1 {
		t.Fatalf("%s: %v, %d evaluations", dir, err, len(results.Evaluations))
	}
	c, err := store.ReadCoverage(filepath.Join(dir, "coverage.h5"))
	if err != nil || c.Repeats < repeats || len(c.Rows) == 0 {
		t.Fatalf("%s: %v, %d repeats", dir, err, c.Repeats)
	}
	evaluation, rows = map[string][]float64{}, map[string][]float64{}
	for _, e := range results.Evaluations[0].Results.Estimates {
		evaluation[e.Name] = append(e.Value, e.Stderr...)
	}
	for _, r := range c.Rows {
		rows[r.Name] = append(r.Value[:repeats:repeats], r.Stderr[:repeats]...)
	}
	return evaluation, rows
}
