//go:build cgo

package store

import (
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// A sweep of 2 x 3 points, of a number y = 100 i + 10 k with the error k + 1 at value i of the first key and k of the
// second, and of a pair of numbers y and -y. Its means over either key are by hand; points of one seed err alike, so that
// the error of a mean is the mean of the errors.
func TestAverage(t *testing.T) {
	points := make([]*core.Results, 6)
	for at := range points {
		i, k := float64(at/3), float64(at%3)
		y, s := 100*i+10*k, k+1
		points[at] = &core.Results{Estimates: []core.Estimate{
			{Name: "y", Long: "a number", Units: "1", Value: []float64{y}, Stderr: []float64{s}},
			{Name: "pair", Long: "two", Units: "1", Axes: []core.Axis{{Name: "which", Units: "1", Values: []float64{0, 1}}}, Value: []float64{y, -y}, Stderr: []float64{s, s}},
		}, Exact: map[string]float64{"y": y + 1}}
	}
	points[1].Estimates[0].Cautions = []core.Caution{{Code: core.CautionFewDraws, Text: "few"}}
	axes := []SweptAxis{{core.Axis{Name: "r_s", Units: "1", Values: []float64{1, 5}}, "energy.r_s", nil}, {core.Axis{Name: "twist", Units: "1", Values: []float64{0, 1, 2}}, "energy.twist", []string{"a", "b", "c"}}}
	s := Merge(axes, points)
	near := func(a, b float64) bool { return math.Abs(a-b) < 1e-12 }
	check := func(of *Sweep, err error, key string, value, stderr []float64) {
		t.Helper()
		if err != nil || len(of.Axes) != 1 || of.Axes[0].Key != key || len(of.Finished) != len(value) {
			t.Fatalf("%+v, %v", of, err)
		}
		y, pair := of.Observables[0], of.Observables[1]
		for i, v := range value {
			if !near(y.Value[i], v) || !near(y.Stderr[i], stderr[i]) || !near(y.Exact[i], v+1) || !near(pair.Value[2*i], v) || !near(pair.Value[2*i+1], -v) {
				t.Errorf("over the other than %s: %v +- %v, exact %v, pair %v, want %v +- %v", key, y.Value, y.Stderr, y.Exact, pair.Value, value, stderr)
			}
		}
		if len(pair.Axes) != 2 || pair.Axes[0].Name != of.Axes[0].Name || pair.Axes[1].Name != "which" {
			t.Errorf("axes %v", pair.Axes)
		}
	}
	of, err := Average(s, "energy.twist", nil)
	check(of, err, "energy.r_s", []float64{10, 110}, []float64{2, 2})
	if c := of.Observables[0].PointCautions; len(c[0]) != 1 || len(c[1]) != 0 {
		t.Errorf("cautions %v", c)
	}
	file := filepath.Join(t.TempDir(), "mean.h5")
	if err := SaveSweep(file, of); err != nil {
		t.Fatal(err)
	}
	if back, err := ReadSweep(file); err != nil || !slices.Equal(back.Observables[0].Value, of.Observables[0].Value) {
		t.Errorf("the means came back as %+v, %v", back, err)
	}
	of, err = Average(s, "energy.r_s", nil)
	check(of, err, "energy.twist", []float64{50, 60, 70}, []float64{1, 2, 3})
	of, err = Average(s, "energy.twist", []float64{1, 3, 0})
	check(of, err, "energy.r_s", []float64{7.5, 107.5}, []float64{7. / 4, 7. / 4})
	bySeed := slices.Clone(axes)
	bySeed[1].Key = "run.seed"
	of, err = Average(Merge(bySeed, points), "run.seed", []float64{1, 3, 0})
	check(of, err, "energy.r_s", []float64{7.5, 107.5}, slices.Repeat([]float64{math.Sqrt(1+9*4) / 4}, 2))
	points[2] = nil // without a weight it is not missed
	if of, err = Average(Merge(axes, points), "energy.twist", []float64{1, 3, 0}); err != nil || !of.Finished[0] || !near(of.Observables[0].Value[0], 7.5) {
		t.Errorf("%+v, %v", of, err)
	}
	if of, err = Average(Merge(axes, points), "energy.twist", nil); err != nil || of.Finished[0] || !of.Finished[1] || !math.IsNaN(of.Observables[0].Value[0]) || !near(of.Observables[0].Value[1], 110) {
		t.Errorf("%+v, %v", of, err)
	}
	for _, c := range []struct {
		key     string
		weights []float64
		want    string
	}{
		{"energy.n", nil, "it is not swept; the sweep varies [energy.r_s energy.twist]"},
		{"energy.twist", []float64{1, 1}, "there are 2 weights of the sum 2, and 3 values"},
		{"energy.twist", []float64{0, 0, 0}, "there are 3 weights of the sum 0, and 3 values"},
		{"energy.twist", []float64{1, -1, 1}, "a weight is -1, and must be 0 or a positive number"},
	} {
		if _, err := Average(s, c.key, c.weights); core.KindOf(err) != core.Invalid || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s, %v: error %v", c.key, c.weights, err)
		}
	}
}
