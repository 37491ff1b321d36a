//go:build cgo

package store

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// evaluatedAgain adds two evaluations to results, with something in every field.
func evaluatedAgain(r *core.Results) *core.Results {
	for _, seed := range []uint64{7, 1<<63 + 6} {
		e := fullResults()
		e.Estimates[0].Value[0] = -541.25
		e.Run = core.RunInfo{Name: r.Run.Name, Seed: r.Run.Seed, Units: r.Run.Units, Creator: r.Run.Creator, CreatorVersion: "0.2.0", Status: core.Stopped,
			StopReason: "signal", Started: "2024-06-01T10:00:00Z", Updated: "2024-06-01T10:01:00Z", WallSeconds: 60.5, Warnings: []string{"one", "two"}}
		e.History, e.SamplesSpace = r.History, r.SamplesSpace
		r.Evaluations = append(r.Evaluations, core.Reevaluation{Seed: seed, Samples: 1000, Step: 2, Settings: `{"evaluate":{"seed":7}}`, ConfigSHA256: "feed", Results: e})
	}
	return r
}

// A recorder of an evaluation leaves the run's own results and other evaluations as
// they are, and so does a run that goes on.
func TestReevaluationIsAdded(t *testing.T) {
	f := open(t)
	if err := f.SaveResults(evaluatedAgain(fullResults())); err != nil {
		t.Fatal(err)
	}
	first, _, err := f.Results()
	if err != nil {
		t.Fatal(err)
	}
	v := f.Reevaluation(first, core.Reevaluation{Seed: 9, Samples: 10})
	want := evaluatedAgain(fullResults())
	for _, value := range []float64{-1, -2} { // the later snapshot takes the place of the earlier
		again := fullResults()
		again.Estimates[0].Value[0] = value
		if err := v.SaveResults(again); err != nil {
			t.Fatal(err)
		}
		again.History = want.History
		again.Run = core.RunInfo{Name: again.Run.Name, Seed: again.Run.Seed, Units: again.Run.Units, Creator: again.Run.Creator, CreatorVersion: again.Run.CreatorVersion,
			Status: again.Run.Status, Started: again.Run.Started, Updated: again.Run.Updated, WallSeconds: again.Run.WallSeconds, Warnings: again.Run.Warnings}
		whole := *want
		whole.Evaluations = []core.Reevaluation{want.Evaluations[0], {Seed: 9, Samples: 10, Results: again}, want.Evaluations[1]}
		got, _, err := f.Results()
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(&whole, got, exactly); diff != "" {
			t.Fatal(diff)
		}
	}
	longer := fullResults()
	longer.Run.WallSeconds = 1000
	if err := f.SaveResults(longer); err != nil {
		t.Fatal(err)
	}
	if got, err := ReadResults(f.Dir()); err != nil || got.Run.WallSeconds != 1000 || len(got.Evaluations) != 3 {
		t.Errorf("after the run went on: %v, %d evaluations", err, len(got.Evaluations))
	}
}

// The checkpoint of an evaluation is its own: the run's stay, and a damaged one is
// set aside.
func TestReevaluationCheckpoints(t *testing.T) {
	f := open(t)
	last := fullCheckpoint(4)
	if err := f.SaveCheckpoint(last, 2); err != nil {
		t.Fatal(err)
	}
	v := f.Reevaluation(fullResults(), core.Reevaluation{Seed: 9})
	begun := *last
	begun.Evaluation, begun.WallSeconds = nil, 0
	latest := func(want *core.Checkpoint, wantNotes int) {
		t.Helper()
		c, notes, err := v.LatestCheckpoint()
		if err != nil || len(notes) != wantNotes {
			t.Fatalf("notes %q, error %v", notes, err)
		}
		if diff := cmp.Diff(want, c, exactly); diff != "" {
			t.Error(diff)
		}
	}
	latest(&begun, 0)
	half := *last
	half.Evaluation, half.WallSeconds = &core.Evaluation{Phase: "evaluate", Done: 5, Samples: map[string][]float64{}}, 3
	if err := v.SaveCheckpoint(&half, 2); err != nil {
		t.Fatal(err)
	}
	latest(&half, 0)
	if c, _, err := f.LatestCheckpoint(); err != nil || c.Evaluation.Done != last.Evaluation.Done {
		t.Errorf("the run's own is %+v, error %v", c, err)
	}

	file := filepath.Join(f.Dir(), "evaluation-9.h5")
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	content[len(content)/2]++
	if err := os.WriteFile(file, content, 0o666); err != nil {
		t.Fatal(err)
	}
	latest(&begun, 1)
	if _, err := os.Stat(file + ".damaged"); err != nil {
		t.Error(err)
	}

	if err := v.SaveCheckpoint(&half, 2); err != nil {
		t.Fatal(err)
	}
	if err := v.SaveCheckpoint(&begun, 2); err != nil { // done
		t.Fatal(err)
	}
	if _, err := os.Stat(file); !os.IsNotExist(err) {
		t.Error("the checkpoint of a finished evaluation is still there")
	}
	if err := v.SaveCheckpoint(&half, 2); err != nil {
		t.Fatal(err)
	}
	if err := f.Clear(); err != nil {
		t.Fatal(err)
	}
	if left, _ := filepath.Glob(filepath.Join(f.Dir(), "*.h5")); len(left) > 0 {
		t.Errorf("a run that starts again leaves %s", strings.Join(left, ", "))
	}
}
