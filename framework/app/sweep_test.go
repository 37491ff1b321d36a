package app

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/plan"
	"github.com/helmholtz-physics/helmholtz/framework/store"
)

// curveSweep has the temperatures 3 and 1 for two networks; point 1 is missing.
func curveSweep() *store.Sweep {
	point := func(energy float64) *core.Results {
		e := core.Scalar("energy", "mean energy", energy, 0.5, "J", 100)
		ess := core.Scalar("effective_sample_size", "fraction", 0.25, math.NaN(), "1", 100)
		ess.Warn(core.CautionHeavyWeight, "few count")
		line := core.Estimate{Name: "line", Value: []float64{1}, Stderr: []float64{1}, Units: "1", Axes: []core.Axis{{Name: "distance", Values: []float64{1}}}}
		return &core.Results{Estimates: []core.Estimate{e, ess, line}, Exact: map[string]float64{"energy": energy - 1}, ExactSource: "enumeration"}
	}
	axes := []store.SweptAxis{
		{Axis: core.Axis{Name: "temperature", Values: []float64{3, 1}}, Key: "ensemble.temperature"},
		{Axis: core.Axis{Name: "network", Values: []float64{0, 1}}, Key: "model.network", Labels: []string{"made", "pixelcnn"}},
	}
	s := store.Merge(axes, []*core.Results{point(-8), nil, point(-32), point(-16)})
	s.Name = "curve"
	return s
}

func TestSweepSummary(t *testing.T) {
	var out bytes.Buffer
	writeSweepSummary(&out, curveSweep())
	want := `curve: 3 of 4 points are done
missing: point 1 (3, pixelcnn)
observable temperature network value +- error units exact deviation
energy 3 made -8.00 +- 0.50 J -9.000 +1.0e+00 (1.1e-01 relative, 2.0 sigma)
1 made -32.00 +- 0.50 J -33.000 +1.0e+00 (3.0e-02 relative, 2.0 sigma)
1 pixelcnn -16.00 +- 0.50 J -17.000 +1.0e+00 (5.9e-02 relative, 2.0 sigma)
effective_sample_size 3 made 0.250000 (!) 1
1 made 0.250000 (!) 1
1 pixelcnn 0.250000 (!) 1
(!) effective_sample_size at point 0: few count; and at 2 others
exact: enumeration
`
	if got := squeeze(out.String()); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestSweepJSON(t *testing.T) {
	var out bytes.Buffer
	if err := writeSweepJSON(&out, curveSweep()); err != nil {
		t.Fatal(err)
	}
	var shown struct {
		Points []struct {
			Sweep       map[string]string
			Observables map[string]map[string]any
		}
	}
	if err := json.Unmarshal(out.Bytes(), &shown); err != nil {
		t.Fatal(err)
	}
	if len(shown.Points) != 4 || shown.Points[1].Observables != nil || shown.Points[1].Sweep["model.network"] != "pixelcnn" {
		t.Errorf("points\n%s", out.String())
	}
	if e := shown.Points[2].Observables; e["energy"]["value"] != -32.0 || e["energy"]["exact"] != -33.0 || e["effective_sample_size"]["stderr"] != nil {
		t.Errorf("point 2: %v", e)
	}
}

// A curve goes along the first key in the order of its values, one for each
// value of the second, with a gap where a point is missing.
func TestSweptCurves(t *testing.T) {
	s := curveSweep()
	curves, exact := sweptCurves(s, s.Observables[0])
	if len(curves) != 2 || curves[0].label != "network = made" || curves[1].label != "network = pixelcnn" {
		t.Fatalf("curves %+v", curves)
	}
	if got := fmt.Sprint(curves[0].marks, curves[1].marks); got != "[{1 -32 0.5} {3 -8 0.5}] [{1 -16 0.5} {3 NaN NaN}]" {
		t.Errorf("marks %s", got)
	}
	if len(exact) != 2 || exact[1].label != "exact, network = pixelcnn" || exact[1].color != curves[1].color {
		t.Fatalf("exact %+v", exact)
	}
	if got := fmt.Sprint(exact[0].marks, exact[1].marks); got != "[{1 -33 NaN} {3 -9 NaN}] [{1 -17 NaN} {3 NaN NaN}]" {
		t.Errorf("exact marks %s", got)
	}
	unknown, none := sweptCurves(s, s.Observables[1])
	if unknown[0].marks[0].bounded() || len(none) > 0 {
		t.Errorf("an unknown error is %+v, exact values are %+v", unknown[0].marks, none)
	}
	// The networks have the same exact values, each where it is done: one curve.
	s.Observables[0].Exact = []float64{-9, math.NaN(), -33, -33}
	_, exact = sweptCurves(s, s.Observables[0])
	if len(exact) != 1 || exact[0].label != "exact" || fmt.Sprint(exact[0].marks) != "[{1 -33 NaN} {3 -9 NaN}]" {
		t.Errorf("equal exact values: %+v", exact)
	}
	// With one key the curve is named as what it is.
	s.Axes, s.Observables[0].Axes = s.Axes[:1], s.Observables[0].Axes[:1]
	if curves, exact = sweptCurves(s, s.Observables[0]); curves[0].label != "estimate ± standard error" || exact[0].label != "exact" {
		t.Errorf("one key: %+v, %+v", curves, exact)
	}
}

func TestSweepPlots(t *testing.T) {
	s := curveSweep()
	pictures, err := drawSweep(s, nil)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, p := range pictures {
		names = append(names, p.name)
		save(t, p.Plot)
	}
	if got := strings.Join(names, " "); got != "energy effective_sample_size" {
		t.Errorf("pictures %s", got)
	}
	s.Axes = s.Axes[1:] // labels alone, on the axis
	s.Observables = []store.Swept{{Estimate: core.Estimate{Name: "energy", Axes: []core.Axis{s.Axes[0].Axis}, Value: []float64{1, 2}, Stderr: []float64{0, 0}}}}
	if pictures, err = drawSweep(s, nil); err != nil || len(pictures) != 1 {
		t.Fatal(err)
	}
	save(t, pictures[0].Plot)
	s.Observables = nil
	if _, err := drawSweep(s, nil); core.KindOf(err) != core.Invalid {
		t.Errorf("nothing to draw: %v", err)
	}
}

func TestSweptAxes(t *testing.T) {
	for _, c := range []struct{ table, want string }{
		{"energy.r_s = [1, 2.5]", "r_s [1 2.5] []"},
		{"model.network = ['made', 'pixel cnn']", "network [0 1] [made pixel cnn]"},
		{"model.twist = [[0.0, 0.5], [0.25]]\nenergy.L = [1, 'two']", "twist [0 1] [[0.0, 0.5] [0.25]], L [0 1] [1 two]"},
		{"model.depth = [1]\nestimator.0.depth = [2]", "model.depth [1] [], estimator.0.depth [2] []"},
	} {
		f, err := plan.Parse("run.toml", []byte("[sweep]\n"+c.table), nil)
		if err != nil {
			t.Fatal(err)
		}
		sweep, err := f.Sweep()
		if err != nil {
			t.Fatal(err)
		}
		var words []string
		for _, a := range sweptAxes(sweep) {
			words = append(words, fmt.Sprint(a.Name, " ", a.Values, " ", a.Labels))
		}
		if got := strings.Join(words, ", "); got != c.want {
			t.Errorf("%s gives %s, want %s", c.table, got, c.want)
		}
	}
}
