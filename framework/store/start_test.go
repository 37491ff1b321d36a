//go:build cgo

package store

import (
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// What a run starts from identifies it by the digest of the file, so that equal starts are
// equal files, also when they were written in different seconds, in which HDF5 counts.
func TestStart(t *testing.T) {
	c := &core.Checkpoint{Step: 3, Seed: 1, ConfigSHA256: "ab", Theta: []float64{1, -2, 0.5}, Blocks: []core.Block{{Name: "w", Shape: []int{3}}},
		Base: &core.Base{Mean: []float64{1}, Factor: []float64{2}}}
	write := func(dir string) []byte {
		f, err := Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if err := f.SaveStart(c); err != nil {
			t.Fatal(err)
		}
		if err := f.Clear(); err != nil { // leaves it
			t.Fatal(err)
		}
		text, err := os.ReadFile(StartFile(dir))
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	dir := t.TempDir()
	first := write(dir)
	time.Sleep(1100 * time.Millisecond)
	if again := write(t.TempDir()); string(again) != string(first) {
		t.Error("the same parameters are another file")
	}
	got, err := ReadCheckpoint(StartFile(dir))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(c.Theta, got.Theta); diff != "" || !c.Base.Equal(got.Base) || got.Blocks[0].Name != "w" {
		t.Errorf("read back as %+v", got)
	}
	f, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if c, _, err := f.LatestCheckpoint(); c != nil || err != nil { // it is none that the run goes on from
		t.Errorf("the start is taken for a checkpoint: %v, %v", c, err)
	}
}
