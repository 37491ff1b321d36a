package main

import (
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// falling is a history of n steps, F = -8 + 16/step, with errors of 0.4.
func falling(n int) (step []int64, free, stderr []float64) {
	for i := range n {
		step = append(step, int64(i+1))
		free = append(free, -8+16/float64(i+1))
		stderr = append(stderr, 0.4)
	}
	return step, free, stderr
}

func TestCurveAndBand(t *testing.T) {
	const count = 4
	for _, n := range []int{1, 2, maxPoints, maxPoints + 1, 3*maxPoints + 7} {
		step, free, stderr := falling(n)
		curve, band := curveAndBand(step, free, stderr, count)
		if len(curve) > maxPoints || len(band) != 2*len(curve) {
			t.Fatalf("%d steps: %d points, %d of the band", n, len(curve), len(band))
		}
		piece := (n + maxPoints - 1) / maxPoints
		total := 0.0
		for i, p := range curve {
			// Means over the pieces add up to the mean of all.
			weight := float64(min(piece, n-i*piece))
			total += p.Y * weight
			// The mean of k values with an error of 0.4 has 0.4/sqrt(k); the
			// band goes there and comes back.
			up, down := band[i], band[len(band)-1-i]
			want := 0.4 / count / math.Sqrt(weight)
			if up.X != p.X || down.X != p.X || math.Abs(up.Y-p.Y-want) > 1e-12 || math.Abs(p.Y-down.Y-want) > 1e-12 {
				t.Fatalf("%d steps: at point %d of %v the band is %v to %v, want an error of %v", n, i, p, down, up, want)
			}
		}
		sum := 0.0
		for _, f := range free {
			sum += f / count
		}
		if math.Abs(total-sum) > 1e-9*math.Abs(sum) {
			t.Errorf("%d steps: the curve adds up to %v, the history to %v", n, total, sum)
		}
	}
	_, band := curveAndBand([]int64{1}, []float64{-8}, []float64{math.NaN()}, count)
	if band[0].Y != -2 || band[1].Y != -2 {
		t.Errorf("an unknown error gives the band %v", band)
	}
}

func TestWindow(t *testing.T) {
	step, free, stderr := falling(100)
	curve, _ := curveAndBand(step, free, stderr, 1)
	// The first tenth, up to +8, is left out: F(11) = -8 + 16/11.
	lo, hi := window(curve, -9)
	top := -8 + 16.0/11
	margin := 0.05 * (top + 9)
	if math.Abs(lo+9+margin) > 1e-12 || math.Abs(hi-top-margin) > 1e-12 {
		t.Errorf("window %v to %v, want %v to %v", lo, hi, -9-margin, top+margin)
	}
	flat := plotter.XYs{{X: 1, Y: -2}, {X: 2, Y: -2}}
	if lo, hi := window(flat, -2); !(lo < -2 && hi > -2) {
		t.Errorf("a flat curve has the window %v to %v", lo, hi)
	}
}

func TestTrainingCurve(t *testing.T) {
	for _, n := range []int{1, 50} {
		step, free, stderr := falling(n)
		r := &core.Results{Run: core.RunInfo{Name: "test", Units: "J"}, SamplesSpace: core.Space{Kind: core.Spins, Shape: []int{4}},
			Exact:   map[string]float64{"free_energy": -9},
			History: &core.History{Step: step, Columns: []core.Column{{Name: "free_energy", Data: free}, {Name: "free_energy_stderr", Data: stderr}}}}
		p, err := trainingCurve(r)
		if err != nil {
			t.Fatal(err)
		}
		// Per site, with the exact value -9/4 inside.
		if p.Y.Min > -2.25 || p.Y.Max < -2 || p.Y.Label.Text != "F per site (J)" {
			t.Errorf("%d steps: %q from %v to %v", n, p.Y.Label.Text, p.Y.Min, p.Y.Max)
		}
		save(t, p)
	}
}

func TestTicksTellApart(t *testing.T) {
	for _, c := range []struct {
		lo, hi float64
		want   string
	}{
		{-2.1163, -2.0974, "-2.115 -2.110 -2.105 -2.100"},
		{1, 3000, "500 1000 1500 2000 2500 3000"},
		{0, 6, "0 1 2 3 4 5 6"},
		{99.99, 100.01, "99.990 99.995 100.000 100.005 100.010"},
	} {
		var labels []string
		for _, tick := range ticks(c.lo, c.hi) {
			labels = append(labels, tick.Label)
			if value, err := strconv.ParseFloat(tick.Label, 64); err != nil || math.Abs(value-tick.Value) > 1e-9*(c.hi-c.lo)+1e-12 {
				t.Errorf("tick at %v is labelled %s", tick.Value, tick.Label)
			}
		}
		if got := strings.Join(labels, " "); got != c.want {
			t.Errorf("%v to %v: %s, want %s", c.lo, c.hi, got, c.want)
		}
	}
}

// A fit to data has no free energy, and steps that failed have no numbers: the
// curve is that of the loss, without them.
func TestLossCurve(t *testing.T) {
	nan := math.NaN()
	r := &core.Results{Run: core.RunInfo{Name: "test"}, SamplesSpace: core.Space{Kind: core.Field, Shape: []int{4}},
		History: &core.History{Step: []int64{1, 2, 3}, Columns: []core.Column{{Name: "loss", Data: []float64{3, nan, 1}}, {Name: "free_energy", Data: []float64{nan, nan, nan}}}}}
	p, err := trainingCurve(r)
	if err != nil || p.Y.Label.Text != "loss" || p.Y.Min > 1 || p.Y.Max < 3 || p.Y.Max > 4 {
		t.Errorf("%v: %+v", err, p)
	}
	save(t, p)
	r.History.Columns[0].Data = []float64{nan, nan, nan}
	if _, err := trainingCurve(r); core.KindOf(err) != core.Invalid {
		t.Errorf("error %v", err)
	}
}

func save(t *testing.T, p *plot.Plot) {
	t.Helper()
	for _, name := range []string{"a.png", "a.svg"} {
		file := filepath.Join(t.TempDir(), name)
		if err := p.Save(4*vg.Centimeter, 3*vg.Centimeter, file); err != nil {
			t.Error(err)
		}
		if info, err := os.Stat(file); err != nil || info.Size() == 0 {
			t.Errorf("%s is empty", name)
		}
	}
}

// Every observable with one or two axes has a picture, whatever its numbers.
func TestArrayPlots(t *testing.T) {
	nan := math.NaN()
	axis := func(name string, values ...float64) core.Axis {
		return core.Axis{Name: name, Units: "1", Values: values}
	}
	array := func(name string, value []float64, axes ...core.Axis) core.Estimate {
		return core.Estimate{Name: name, Long: name, Units: "J", Value: value, Stderr: make([]float64, len(value)), Axes: axes}
	}
	r := &core.Results{Estimates: []core.Estimate{
		core.Scalar("energy", "", 1, 1, "J", 1),
		array("line", []float64{1, nan, 3}, axis("distance", 1, 2, 3)),
		array("point", []float64{1}, axis("distance", 1)),
		array("empty", []float64{nan}, axis("distance", 1)),
		array("map", []float64{1, 2, 3, 4, nan, 6}, axis("row", 0, 1), axis("column", 0, 1, 2)),
		array("flat", []float64{2, 2, 2, 2}, axis("row", 5, 5), axis("column", 3, 1)),
		array("one", []float64{2, 3}, axis("row", 7), axis("column", 3, 4)),
		array("blank", []float64{nan}, axis("row", 7), axis("column", 3)),
		array("cube", make([]float64, 1), axis("x", 0), axis("y", 0), axis("z", 0)),
	}}
	pictures, err := drawAll(r)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, p := range pictures {
		names = append(names, p.name)
		save(t, p.Plot)
	}
	if got, want := strings.Join(names, " "), "line point empty map flat one blank"; got != want {
		t.Errorf("pictures %s, want %s", got, want)
	}
	if g := (grid{r.Estimates[4]}); g.Z(2, 0) != 3 || g.Z(0, 1) != 4 || g.X(2) != 2 || g.Y(1) != 1 {
		t.Error("rows and columns are exchanged")
	}
}
