package follow

import (
	"strings"
	"testing"
	"time"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/folders"
	"github.com/helmholtz-physics/helmholtz/framework/store"
)

// A folder as a run leaves it between its first checkpoint and its results: what was drawn in training is shown
// until samples are kept, and rows of draws tell how far the evaluation is.
func TestFollowedRun(t *testing.T) {
	dir := t.TempDir()
	folder, err := store.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer folder.Close()
	do := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	do(folder.WriteText(store.ResolvedFile, "[run]\nname = \"two\"\n[train]\nsteps = 20\n[evaluate]\nsamples = 1000\n"))
	do(folder.SaveKnown(store.Known{Units: "J", Space: core.Space{Kind: core.Spins, Shape: []int{2}}, Exact: map[string]float64{"free_energy": -4}}))
	w := newRun(folders.Folder{Dir: dir})
	row := func(row map[string]any) { t.Helper(); do(folder.AppendProgress(row)) }
	row(map[string]any{"phase": "train", "step": 10, "wall_seconds": 1, "free_energy": -2.0, "free_energy_stderr": 0.1})
	row(map[string]any{"phase": "train", "step": 20, "wall_seconds": 3, "free_energy": -3.0, "free_energy_stderr": 0.1})
	do(folder.SaveGlimpse(core.Glimpse{Step: 20, X: []float64{1, -1, -1, -1}}))
	w.look(time.Now())
	s := w.run.Summary
	if s.Unit != "steps" || s.Done != 20 || s.Total != 20 || float64(s.PerSecond) != 5 || float64(s.Watched.Value) != -1.5 {
		t.Errorf("in training: %+v with %+v, want 20 of 20 steps, 5 in a second, F/site -1.5", s, s.Watched)
	}
	if p := w.run.Samples; p == nil || !strings.HasPrefix(p.Caption, "drawn in training step 20: spins [2]") || len(p.Shades) != 4 {
		t.Errorf("drawn in training: %+v", p)
	}
	if n := len(w.run.Curves[0].X); n != 2 {
		t.Errorf("the curve has %d points, want those of 2 steps", n)
	}
	row(map[string]any{"phase": "evaluate", "step": 20, "wall_seconds": 4, "drawn": 100, "draws": 1000})
	row(map[string]any{"phase": "evaluate", "step": 20, "wall_seconds": 6, "drawn": 500, "draws": 1000, "free_energy": -3.9, "free_energy_stderr": 0.01})
	w.look(time.Now())
	s = w.run.Summary
	if s.Unit != "samples" || s.Done != 500 || s.Total != 1000 || float64(s.PerSecond) != 200 || float64(s.Watched.Value) != -1.95 || s.Watched.Of != "500 samples" {
		t.Errorf("in the evaluation: %+v with %+v, want 500 of 1000 samples, 200 in a second, F/site -1.95", s, s.Watched)
	}
	if eta := float64(s.ETA); eta < 0 || eta > 3 { // 500 at 200 in a second, less what has passed
		t.Errorf("the rest takes %v s, want 2.5 at most", eta)
	}
	if n := len(w.run.Curves[0].X); n != 2 {
		t.Errorf("the curve of the training has %d points after rows of draws", n)
	}
	// A glimpse of another space, as of a run file that was changed, is none.
	do(folder.SaveGlimpse(core.Glimpse{Step: 3, X: []float64{1, -1, 0.5}}))
	w.look(time.Now())
	if w.run.Samples != nil {
		t.Errorf("what does not fit is shown: %+v", w.run.Samples)
	}
}
