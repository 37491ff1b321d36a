package estimators

import (
	"math"
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

func lowestOf(t *testing.T, e core.Estimator) (energy, x core.Estimate) {
	t.Helper()
	r, err := e.Report()
	if err != nil || len(r) != 2 {
		t.Fatalf("report %+v, error %v", r, err)
	}
	return r[0], r[1]
}

// Of two configurations of the lowest energy the first drawn is kept, whatever
// the batches, also when the estimator is restored and when two are merged.
func TestLowestEnergy(t *testing.T) {
	s := core.Setting{Beta: 1, Energy: core.EnergySpec{Space: core.Space{Kind: core.Spins, Shape: []int{1, 2}}, Units: "J"}}
	fresh := func() core.Estimator {
		e, err := build("lowest_energy", nil, s)
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	first := &core.Batch{N: 2, X: []float64{1, 1, 1, -1}, E: []float64{0.5, -3}}
	second := &core.Batch{N: 2, X: []float64{-1, 1, -1, -1}, E: []float64{-3, 7}}
	e := fresh()
	if energy, x := lowestOf(t, e); !math.IsNaN(energy.Value[0]) || !math.IsNaN(x.Value[1]) || energy.Caution() != "" {
		t.Errorf("of nothing: %+v %+v", energy, x)
	}
	addAll(t, e, []*core.Batch{first, second})
	check := func(e core.Estimator, n int64, want ...float64) {
		t.Helper()
		energy, x := lowestOf(t, e)
		if energy.Value[0] != -3 || !math.IsNaN(energy.Stderr[0]) || energy.N != n || energy.Bound != 1 || !energy.Extensive || energy.Units != "J" || energy.Caution() != "" {
			t.Errorf("energy %+v", energy)
		}
		if !slices.Equal(x.Value, want) || len(x.Axes) != 2 || x.Axes[0].Name != "y" || !slices.Equal(x.Axes[1].Values, []float64{0, 1}) {
			t.Errorf("configuration %+v, want %v", x, want)
		}
	}
	check(e, 4, 1, -1)
	restored := fresh()
	addAll(t, restored, []*core.Batch{second})
	if err := restored.Restore(e.State()); err != nil {
		t.Fatal(err)
	}
	check(restored, 4, 1, -1)
	merged := fresh()
	addAll(t, merged, []*core.Batch{second})
	if err := merged.Merge(e.State()); err != nil {
		t.Fatal(err)
	}
	check(merged, 6, -1, 1) // equal to its own
	if err := merged.Merge(fresh().State()); err != nil {
		t.Fatal(err)
	}
	check(merged, 6, -1, 1)
	err := merged.Restore(core.EstimatorState{"n": {1}, "lowest": {1, 2}})
	if err == nil || err.Error() != "lowest: 2 numbers are not an energy and 2 sites" {
		t.Errorf("error %v", err)
	}
}

// The lowest energy of draws is that of the ground state once it is among them:
// of the chain with its couplings and fields, all spins up.
func TestLowestEnergyOfChain(t *testing.T) {
	e := open(t, setting(beta))["lowest_energy"]
	addAll(t, e, batches(0, 1, 1000, 5))
	energy, x := lowestOf(t, e)
	ground := []float64{1, 1, 1, 1, 1, 1}
	if energy.Value[0] != chainEnergy(ground) || !slices.Equal(x.Value, ground) || x.Axes[0].Name != "site" {
		t.Errorf("%+v, %+v", energy, x)
	}
}
