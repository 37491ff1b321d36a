//go:build cgo

package store

import (
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

func TestGradientsRoundTrip(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.gradients.h5")
	want := &Gradients{Name: "x", ConfigTOML: "[run]\n", Step: 7, Batch: 64, Repeats: 100,
		Axes: []SweptAxis{{Axis: core.Axis{Name: "function", Values: []float64{0, 1}}, Key: "energy.function", Labels: []string{"square", "cosine"}}},
		Points: [][]GradientEstimate{
			{{Name: "score", Total: 3, TotalStderr: 0.1, Distance: 0.2, Z: 1.5, Mean: []float64{1, 2}, Variance: []float64{1, 2}, VarianceStderr: []float64{0.1, 0.2}}},
			{{Name: "score", Mean: []float64{1}, Variance: []float64{1}, VarianceStderr: []float64{1}},
				{Name: "pathwise", Mean: []float64{1}, Variance: []float64{0.5}, VarianceStderr: []float64{1}, Total: 0.5, TotalStderr: 1}},
		}}
	if err := SaveGradients(path, want); err != nil {
		t.Fatal(err)
	}
	got, err := ReadGradients(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if !IsGradients(path) || IsGradients(filepath.Join(t.TempDir(), "none")) {
		t.Error("the format is not told")
	}
}
