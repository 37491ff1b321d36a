//go:build cgo

package store

import (
	"math"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

func TestCoverageRoundTrip(t *testing.T) {
	path := filepath.Join(t.TempDir(), "coverage.h5")
	want := &Coverage{Name: "x", ConfigTOML: "[run]\n", ConfigSHA256: "ab", Step: 7, Samples: 64, Seed: 1001, WallSeconds: 2, Version: "1", Kernels: "avx2", ExactSource: "theory"}
	of := func(*core.Estimate) bool { return true }
	first := core.Scalar("energy", "", 1, 0.1, "J", 64)
	first.Warn(core.CautionNotMixed, "a")
	long := core.Estimate{Name: "long", Value: make([]float64, mostEntries+1), Stderr: make([]float64, mostEntries+1), Axes: make([]core.Axis, 1)}
	want.Add(&core.Results{Estimates: []core.Estimate{first, long}, Exact: map[string]float64{"energy": 3}}, of)
	second := core.Scalar("energy", "", 2, 0.2, "J", 64)
	second.Warn(core.CautionFewDraws, "b")
	second.Warn(core.CautionNotMixed, "a")
	array := core.Estimate{Name: "g", Units: "1", Value: []float64{5, 6}, Stderr: []float64{0.5, 0.6}, Axes: make([]core.Axis, 1)}
	want.Add(&core.Results{Estimates: []core.Estimate{second, array}, Exact: map[string]float64{"energy": 3}}, of)
	nan := math.NaN()
	rows := []CoverageRow{
		{Name: "energy", Units: "J", Exact: 3, Boltzmann: true, Value: []float64{1, 2}, Stderr: []float64{0.1, 0.2}, Codes: []core.CautionCode{"not_mixed", "few_draws"}, Cautions: []int64{1, 3}},
		{Name: "g[0]", Units: "1", Exact: nan, Boltzmann: true, Value: []float64{nan, 5}, Stderr: []float64{nan, 0.5}, Cautions: []int64{0, 0}},
		{Name: "g[1]", Units: "1", Exact: nan, Boltzmann: true, Value: []float64{nan, 6}, Stderr: []float64{nan, 0.6}, Cautions: []int64{0, 0}},
	}
	if diff := cmp.Diff(rows, want.Rows, cmpopts.EquateNaNs()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"long"}, want.LeftOut); diff != "" {
		t.Error(diff)
	}
	want.Tables = []CoverageTable{{Group: "all", Names: []string{"energy"}, Columns: []CoverageColumn{{"n", []float64{2}}}}}
	if err := SaveCoverage(path, want); err != nil {
		t.Fatal(err)
	}
	got, err := ReadCoverage(path)
	if err != nil {
		t.Fatal(err)
	}
	want.Tables = nil
	if diff := cmp.Diff(want, got, cmpopts.EquateNaNs()); diff != "" {
		t.Error(diff)
	}
	if !IsCoverage(path) || IsGradients(path) || IsCoverage(filepath.Join(t.TempDir(), "none")) {
		t.Error("the format is not told")
	}
}
