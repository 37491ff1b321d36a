package coretest

import (
	"math"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// energyDegree tests that V(sx) = s^degree V(x) of an energy that says so, in open space. What
// it says of a box is the business of its own tests: no call can ask for another box.
func energyDegree(t *testing.T, e core.Energy, o EnergyOptions) {
	spec := e.Spec()
	if spec.Degree == 0 || spec.Space.Box != nil {
		t.Skip("it claims no degree, or has a box")
	}
	const s = 1.3
	x := configurations(spec.Space, o.Draw, 9, 16)
	want := eval(t, e, x)
	for i := range want {
		want[i] *= math.Pow(s, spec.Degree)
	}
	for i := range x {
		x[i] *= s
	}
	near(t, "V at 1.3 x", eval(t, e, x), want, o.Tolerance)
}
