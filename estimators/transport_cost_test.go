package estimators

import (
	"math"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// The mean and its error s/sqrt(n) of eight displacements, by hand.
func TestTransportCost(t *testing.T) {
	e, err := build("transport_cost", nil, core.Setting{Beta: 1})
	if err != nil {
		t.Fatal(err)
	}
	b := &core.Batch{N: 8}
	core.Displacement.Put(b, []float64{1, 3, 1, 3, 1, 3, 1, 3})
	if err := e.Add(b); err != nil {
		t.Fatal(err)
	}
	got := reportOf(t, e) // s^2 = 8/7
	if got.Value[0] != 2 || math.Abs(got.Stderr[0]-math.Sqrt(1./7)) > 1e-15 {
		t.Errorf("%v +- %v, want 2 +- sqrt(1/7)", got.Value[0], got.Stderr[0])
	}
	core.Displacement.Put(b, []float64{1, 3, 1, 3, math.NaN(), 3, 1, 3})
	if err := e.Add(b); core.KindOf(err) != core.Numeric {
		t.Errorf("NaN: %v", err)
	}
}
