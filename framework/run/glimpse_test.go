package run

import (
	"context"
	"fmt"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Who watches a run sees what the model drew at each snapshot of the training, a bounded number of it, and nothing
// of it once the run is done; and rows of progress tell how many draws the evaluation has, with the estimate so far.
func TestWhatIsWatched(t *testing.T) {
	p := testPlan(6)
	p.Checkpoint.Every = 3
	p.Train.Batch = 200
	parts, _ := testParts()
	rec := &memory{}
	if _, err := runPlan(context.Background(), p, parts, rec, &watcher{}, Options{}); err != nil {
		t.Fatal(err)
	}
	var steps []int64
	space := parts.Energy.Spec().Space
	for _, g := range rec.glimpses[:len(rec.glimpses)-1] {
		steps = append(steps, g.Step)
		if len(g.X) != mostGlimpsed*sites || space.Illegal(g.X) >= 0 {
			t.Errorf("step %d: %d numbers, want those of %d configurations of %d spins", g.Step, len(g.X), mostGlimpsed, sites)
		}
	}
	if fmt.Sprint(steps) != "[3 6]" {
		t.Errorf("glimpses of steps %v, want those with a snapshot", steps)
	}
	if last := rec.glimpses[len(rec.glimpses)-1]; len(last.X) != 0 {
		t.Errorf("the last glimpse has %d numbers, and is to be removed", len(last.X))
	}
	row := rec.rows[len(rec.rows)-1]
	total := int64(p.Evaluate.Samples)
	if row["phase"] != Evaluating || row["drawn"] != total || row["draws"] != total || row["step"] != int64(6) {
		t.Errorf("the last row of progress is %v, want one of %d draws", row, total)
	}
	if f, ok := row["free_energy"].(float64); !ok || f < exactF-5 || f > 0 { // a bound that six steps leave above the exact value
		t.Errorf("it has the free energy %v", row["free_energy"])
	}
}

// Learning from data alone has nothing drawn to show.
func TestNothingDrawnIsNotShown(t *testing.T) {
	r := &runner{rec: &memory{}}
	if err := r.glimpse(); err != nil || len(r.rec.(*memory).glimpses) != 0 {
		t.Errorf("error %v, glimpses %v before training", err, r.rec.(*memory).glimpses)
	}
	var _ Recorder = silent{}
	if err := (silent{}).SaveGlimpse(core.Glimpse{}); err != nil {
		t.Error(err)
	}
}
