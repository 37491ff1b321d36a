package mpi

import (
	"math"
	"os"
	"path/filepath"
	"testing"
)

// Ranks are near on one machine without an adapter, and nowhere else.
func TestNear(t *testing.T) {
	dir := t.TempDir()
	defer func(were []string) { adapters = were }(adapters)
	adapters = []string{filepath.Join(dir, "infiniband", "*"), filepath.Join(dir, "cxi", "*")}
	here, again := machine(), machine()
	if !near(append(here[:], again[:]...)) || registers() {
		t.Errorf("one machine: %v, %v", here, again)
	}
	other := here
	other[1] = math.Float64frombits(math.Float64bits(here[1]) ^ 1)
	if near(append(here[:], other[:]...)) {
		t.Error("two machines are near")
	}
	if err := os.MkdirAll(filepath.Join(dir, "cxi", "cxi0"), 0o777); err != nil {
		t.Fatal(err)
	}
	with, also := machine(), machine()
	if near(append(with[:], also[:]...)) || near(append(here[:], with[:]...)) || near(append(with[:], here[:]...)) {
		t.Error("ranks are near where there is an adapter")
	}
}
