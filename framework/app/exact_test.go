package app

import (
	"math"
	"testing"

	"github.com/helmholtz-physics/helmholtz/estimators"
	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// The wells of the default potential differ by these free energies at beta = 1,
// by quadrature of exp(-x^4 + 6 x^2 + x/2) on both sides of the split. The energy
// knows that of split = 0, and no other is shown where the split is another. The
// estimator gets the points of the midpoint rule as equally likely draws.
func TestExactValuesAreOfTheSameSettings(t *testing.T) {
	energy := builtEnergy(t, "doublewell", core.Settings{"dimension": int64(1)})
	known, err := energy.(core.Exacter).Exact(1)
	if err != nil {
		t.Fatal(err)
	}
	const n, edge = 1 << 16, 4.0
	b := core.Batch{N: n, X: make([]float64, n), LogP: make([]float64, n), E: make([]float64, n)}
	for i := range n {
		b.X[i] = edge * (2*(float64(i)+0.5)/n - 1)
		b.LogP[i] = -math.Log(2 * edge)
	}
	if err := energy.Eval(b.E, &b); err != nil {
		t.Fatal(err)
	}
	setting := core.Setting{Beta: 1, Energy: energy.Spec(), Exact: known.Values}
	for _, c := range []struct {
		split, want float64
		exact       bool
	}{{0, known.Values["well_free_energy_difference"], true}, {0.5, -1.689950, false}, {-0.5, -1.691128, false}} {
		part, settings := builtEstimator(t, "well_free_energy_difference", core.Settings{"split": c.split})
		e, err := part.NewEstimator(settings, setting)
		if err != nil {
			t.Fatal(err)
		}
		if err := e.Add(&b); err != nil {
			t.Fatal(err)
		}
		r, err := e.Report()
		// Bins of 1.2e-4 on either side of the split hold less than 1e-5 of the
		// weight, and the values have six decimals.
		if err != nil || math.Abs(r[0].Value[0]-c.want) > 2e-5 {
			t.Errorf("split %v: %v, want %v (%v)", c.split, r[0].Value, c.want, err)
		}
		if got, ok := exactFor(&known, part.Params, settings, e).Values["well_free_energy_difference"]; ok != c.exact || ok && got != c.want {
			t.Errorf("split %v: exact value %v (%v), want one: %v", c.split, got, ok, c.exact)
		}
	}
	if _, ok := known.Values["well_free_energy_difference"]; !ok {
		t.Error("what the energy knows has been changed")
	}
}

// Without field x -> -x fixes the magnetization, with it nothing does; the
// symmetry is named once, beside what the energy says of its own values.
func TestExactValuesOfSymmetry(t *testing.T) {
	part, settings := builtEstimator(t, "magnetization", nil)
	for field, want := range map[float64]string{0: "transfer matrix; symmetry x -> -x", 0.5: "transfer matrix"} {
		energy := builtEnergy(t, "ising", core.Settings{"L": int64(3), "field": field})
		e, err := part.NewEstimator(settings, core.Setting{Beta: 1, Energy: energy.Spec()})
		if err != nil {
			t.Fatal(err)
		}
		exact := exactFor(&core.Exact{Source: "transfer matrix"}, part.Params, settings, e)
		exact = exactFor(exact, part.Params, settings, e)
		if m, ok := exact.Values["magnetization"]; ok != (field == 0) || m != 0 || exact.Source != want {
			t.Errorf("field %v: <m> = %v (%v) from %q, want %q", field, m, ok, exact.Source, want)
		}
		if exact := exactFor(nil, part.Params, settings, e); (exact == nil) != (field != 0) {
			t.Errorf("field %v, nothing known: %v", field, exact)
		}
	}
}

func builtEnergy(t *testing.T, name string, given core.Settings) core.Energy {
	t.Helper()
	part, err := parts.find(core.KindEnergy, name)
	if err != nil {
		t.Fatal(err)
	}
	settings, errs := core.Complete(part.Params, given)
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	e, err := part.NewEnergy(settings)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func builtEstimator(t *testing.T, name string, given core.Settings) (core.Part, core.Settings) {
	t.Helper()
	for _, part := range estimators.All() {
		if part.Name == name {
			settings, errs := core.Complete(part.Params, given)
			if len(errs) > 0 {
				t.Fatal(errs)
			}
			return part, settings
		}
	}
	t.Fatalf("no estimator %s", name)
	return core.Part{}, nil
}
