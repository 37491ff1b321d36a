package store_test

import (
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/store"
)

func TestKnown(t *testing.T) {
	dir := t.TempDir()
	if store.ReadKnown(dir) != nil {
		t.Error("something is known of an empty folder")
	}
	f, err := store.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	space := core.Space{Kind: core.Spins, Shape: []int{4, 4}, Lattice: "square", Periodic: true}
	if err := f.SaveKnown(store.Known{Units: "J", Space: space, ExactSource: "a test", Exact: map[string]float64{"free_energy": -541.5235012345678, "chi": math.Inf(1)}}); err != nil {
		t.Fatal(err)
	}
	r := store.ReadKnown(dir)
	if r == nil || r.Run.Units != "J" || !r.SamplesSpace.Fits(space) || r.ExactSource != "a test" {
		t.Fatalf("read %+v", r)
	}
	// Of what JSON cannot say nothing is known.
	if _, infinite := r.Exact["chi"]; r.Exact["free_energy"] != -541.5235012345678 || infinite {
		t.Errorf("exact values are %v", r.Exact)
	}
	if err := os.WriteFile(filepath.Join(dir, store.KnownFile), []byte("{\"units\": 3"), 0o666); err != nil {
		t.Fatal(err)
	}
	if r := store.ReadKnown(dir); r != nil {
		t.Errorf("of a damaged file %+v is known", r)
	}
}
