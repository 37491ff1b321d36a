package app

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/store"
)

// A point starts from the parameters that the one before it was evaluated with: with patience
// those of the smallest validation loss. Without the checkpoint of the last step they are lost.
func TestEndOfPoint(t *testing.T) {
	dir := t.TempDir()
	folder, err := store.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	c := &core.Checkpoint{Step: 5, Theta: []float64{1, 2}, Best: []float64{3, 4}, Blocks: []core.Block{{Name: "w", Shape: []int{2}}}, Optimizer: map[string][]float64{"m": {7}}}
	if err := folder.SaveCheckpoint(c, 2); err != nil {
		t.Fatal(err)
	}
	folder.Close()
	ended := func(patience int, steps ...int64) (*core.Checkpoint, error) {
		r := &core.Results{History: &core.History{Step: steps}}
		r.Run.ConfigJSON = fmt.Sprintf(`{"train": {"patience": %d}}`, patience)
		return endOf(r, dir)
	}
	for patience, want := range map[int][]float64{0: c.Theta, 3: c.Best} {
		got, err := ended(patience, 1, 5)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got.Theta); diff != "" || got.Optimizer != nil || got.Best != nil {
			t.Errorf("patience %d: %+v", patience, got)
		}
	}
	if _, err := ended(0, 1, 6); core.KindOf(err) != core.Storage || !strings.Contains(err.Error(), "no sound checkpoint of its last step, 6") {
		t.Errorf("of another step: %v", err)
	}
}
