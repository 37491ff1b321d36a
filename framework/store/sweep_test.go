//go:build cgo

package store

import (
	"encoding/json"
	"math"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// sweptPoint is what a run of size^2 spins could find; energy is its total.
func sweptPoint(size int, energy float64) *core.Results {
	e := core.Scalar("energy", "mean energy", energy, 0.5, "J", 100)
	e.Extensive, e.Bound = true, 1
	ess := core.Scalar("effective_sample_size", "fraction", 0.25, math.NaN(), "1", 100)
	line := core.Estimate{Name: "line", Long: "on a line", Units: "1", Value: []float64{energy, 2 * energy}, Stderr: []float64{1, 2},
		Axes: []core.Axis{{Name: "distance", Units: "1", Values: []float64{1, 2}}}}
	shells := core.Estimate{Name: "shells", Long: "of the lattice", Units: "1", Value: make([]float64, size), Stderr: make([]float64, size),
		Axes: []core.Axis{{Name: "shell", Units: "1", Values: make([]float64, size)}}}
	return &core.Results{Estimates: []core.Estimate{e, ess, line, shells}, Exact: map[string]float64{"energy": energy - 1}, ExactSource: "enumeration",
		SamplesSpace: core.Space{Kind: core.Spins, Shape: []int{size, size}}}
}

// sweptAxes are L = 2, 4 and two networks; point 1 is missing.
func sweptPoints() ([]SweptAxis, []*core.Results) {
	axes := []SweptAxis{
		{Axis: core.Axis{Name: "L", Values: []float64{2, 4}}, Key: "energy.L"},
		{Axis: core.Axis{Name: "network", Values: []float64{0, 1}}, Key: "model.network", Labels: []string{"made", "pixel cnn"}},
	}
	points := []*core.Results{sweptPoint(2, -8), nil, sweptPoint(4, -32), sweptPoint(4, -16)}
	points[2].Estimates[1].Warn(core.CautionHeavyWeight, "few count")
	points[3].Estimates[0].Bound = 0
	points[3].ExactSource = "Kaufman"
	return axes, points
}

var sweptEqual = cmp.Options{cmpopts.EquateNaNs(), cmpopts.EquateEmpty()}

func TestMerge(t *testing.T) {
	nan := math.NaN()
	s := Merge(sweptPoints())
	byName := map[string]Swept{}
	var names []string
	for _, e := range s.Observables {
		byName[e.Name] = e
		names = append(names, e.Name)
	}
	// The shells are not as many at both sizes, and so in no array.
	if got := strings.Join(names, " "); got != "energy energy_per_site effective_sample_size line" || strings.Join(s.LeftOut, " ") != "shells" {
		t.Errorf("merged %s, left out %v", got, s.LeftOut)
	}
	for _, c := range []struct {
		what      string
		got, want any
	}{
		{"finished", s.Finished, []bool{true, false, true, true}},
		{"energy", byName["energy"].Value, []float64{-8, nan, -32, -16}},
		{"its errors", byName["energy"].Stderr, []float64{0.5, nan, 0.5, 0.5}},
		{"exact", byName["energy"].Exact, []float64{-9, nan, -33, -17}},
		{"bound", byName["energy"].Bound, 0},                                      // one of them is none
		{"per site", byName["energy_per_site"].Value, []float64{-2, nan, -2, -1}}, // 4 and 16 sites
		{"its error", byName["energy_per_site"].Stderr, []float64{0.125, nan, 0.03125, 0.03125}},
		{"its exact", byName["energy_per_site"].Exact, []float64{-2.25, nan, -2.0625, -1.0625}},
		{"its total", byName["energy_per_site"].Of, "energy"},
		{"without error", byName["effective_sample_size"].Stderr, []float64{nan, nan, nan, nan}},
		{"cautions", byName["effective_sample_size"].PointCautions, [][]core.Caution{nil, nil, {{Code: core.CautionHeavyWeight, Text: "few count"}}, nil}},
		{"array", byName["line"].Value, []float64{-8, -16, nan, nan, -32, -64, -16, -32}},
		{"its axes", len(byName["line"].Axes), 3},
		{"source", s.ExactSource, "enumeration; Kaufman"},
	} {
		if diff := cmp.Diff(c.want, c.got, sweptEqual); diff != "" {
			t.Errorf("%s: %s", c.what, diff)
		}
	}
}

func savedSweep(t *testing.T) (*Sweep, string) {
	t.Helper()
	s := Merge(sweptPoints())
	s.Name, s.ConfigTOML = "curve", "# Größe\n"
	slope := s.Observables[0]
	slope.Name, slope.Way, slope.Beside, slope.Chi2, slope.Compared, slope.Exact = "energy_from_free_energy", "F - T dF/dT", "energy", 2.5, 3, nil
	s.Observables = append(s.Observables, slope)
	s.Limits = []Swept{{Estimate: core.Estimate{Name: "energy_per_site", Long: "of an infinite system", Units: "J", Axes: []core.Axis{s.Axes[1].Axis}, Value: []float64{-2, math.NaN()}, Stderr: []float64{0.5, math.NaN()}}, PointCautions: [][]core.Caution{{{Code: core.CautionFewPoints, Text: "of two sizes"}}, nil}}}
	path := filepath.Join(t.TempDir(), "sweep.h5")
	if err := SaveSweep(path, s); err != nil {
		t.Fatal(err)
	}
	return s, path
}

func TestSweepIsReadBack(t *testing.T) {
	want, path := savedSweep(t)
	got, err := ReadSweep(path)
	if err != nil {
		t.Fatal(err)
	}
	want.LeftOut = nil
	if diff := cmp.Diff(want, got, sweptEqual); diff != "" {
		t.Error(diff)
	}
	if _, err := ReadSweep(filepath.Join(t.TempDir(), "sweep.h5")); core.KindOf(err) != core.Storage {
		t.Errorf("no file: %v", err)
	}
}

const pythonSweep = `
import json, sys
try:
    import xarray as xr, netCDF4, h5netcdf
except ImportError:
    print("null"); sys.exit()
found = {}
for engine in ["netcdf4", "h5netcdf"]:
    o = xr.open_dataset(sys.argv[1], group="observables", engine=engine)
    e = o.energy_per_site.sel(L=4, network=1)
    found[engine] = dict(value=e.item(), error=o[e.ancillary_variables].sel(L=4, network=1).item(), dims=list(o.line.dims),
        line=o.line.sel(L=2, network=0, distance=2).item(), exact=o.energy_exact.isel(L=1).values.tolist(),
        labels=o.network.labels.split("\n"), key=o.L.key, mean=o.energy.mean().item())
print(json.dumps(found))
`

func TestPythonReadsSweep(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("there is no python3 to read the file with")
	}
	_, path := savedSweep(t)
	out, err := exec.Command(python, "-c", pythonSweep, path).CombinedOutput()
	var found map[string]map[string]any
	if err != nil || json.Unmarshal(out, &found) != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if found == nil {
		t.Skip("python3 has no xarray with netCDF4 and h5netcdf")
	}
	// The mean leaves out the NaN of the missing point: (-8 - 32 - 16)/3.
	want := map[string]any{"value": -1.0, "error": 0.03125, "dims": []any{"L", "network", "distance"}, "line": -16.0,
		"exact": []any{-33.0, -17.0}, "labels": []any{"made", "pixel cnn"}, "key": "energy.L", "mean": -56.0 / 3}
	for engine, got := range found {
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", engine, diff)
		}
	}
}
