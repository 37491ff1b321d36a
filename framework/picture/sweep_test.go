package picture

import (
	"fmt"
	"math"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/store"
	"github.com/helmholtz-physics/helmholtz/framework/store/storetest"
)

// A curve goes along the first key in the order of its values, one for each
// value of the second, with a gap where a point is missing.
func TestSweptCurves(t *testing.T) {
	s := storetest.Sweep()
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
	if unknown[0].marks[0].Bounded() || len(none) > 0 {
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
	s := storetest.Sweep()
	pictures, err := Sweep(s, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := saved(t, pictures); got != "energy effective_sample_size" {
		t.Errorf("pictures %s", got)
	}
	s.Axes = s.Axes[1:] // labels alone, on the axis
	s.Observables = []store.Swept{{Estimate: core.Estimate{Name: "energy", Axes: []core.Axis{s.Axes[0].Axis}, Value: []float64{1, 2}, Stderr: []float64{0, 0}}}}
	if pictures, err = Sweep(s, nil); err != nil || len(pictures) != 1 {
		t.Fatal(err)
	}
	save(t, pictures[0].Plot)
	s.Observables = nil
	if _, err := Sweep(s, nil); core.KindOf(err) != core.Invalid {
		t.Errorf("nothing to draw: %v", err)
	}
}
