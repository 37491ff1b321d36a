package host

import (
	"math"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// zeroOne is a model that answers what it is told to, whatever its space.
type zeroOne struct {
	core.Model
	space core.Space
	x     []float64
}

func (m *zeroOne) Spec() core.ModelSpec { return core.ModelSpec{Space: m.space} }

func (m *zeroOne) Sample(dst *core.Batch, _ uint64, n int) error {
	dst.Reset(n, m.space.Size())
	copy(dst.X, m.x)
	clear(dst.LogP)
	return nil
}

// testGuard guards a model of this process as if it declared all that it has.
func testGuard(m core.Model) model {
	spec := m.Spec()
	spec.Powers = append(spec.Powers, core.PowerPath, core.PowerSlope, core.PowerMap, core.PowerStates, core.PowerNatural)
	return guardModel(core.Local{Part: m}, spec, inProcess{}, "model test", false)
}

func TestGuardRefusesConfigurationsOutsideTheirSpace(t *testing.T) {
	for _, c := range []struct {
		kind core.SpaceKind
		x    []float64
		want string // "" passes
	}{
		{core.Spins, []float64{1, -1, -1, 1}, ""},
		{core.Spins, []float64{1, -1, 0, 1}, "component 0 of sample 1 is 0, in a space of spins"},
		{core.Field, []float64{0, 2.5, -1, 1}, ""},
		{core.Field, []float64{0, math.NaN(), -1, 1}, "component 1 of sample 0 is NaN, in a space of field"},
		{core.Particles, []float64{0, 1, 3, math.Inf(1)}, "component 1 of sample 1 is +Inf"},
		{core.Angles, []float64{0, -math.Pi, 3, -1}, ""},
		{core.Angles, []float64{0, 1, 3.5, -1}, "component 0 of sample 1 is 3.5, in a space of angles: angles are in [-pi, pi)"},
	} {
		g := testGuard(&zeroOne{space: core.Space{Kind: c.kind, Shape: []int{2, 1}}, x: c.x})
		var b core.Batch
		err := g.Sample(&b, 1, 2)
		kind := core.Numeric
		if c.kind == core.Spins || c.kind == core.Angles {
			kind = core.Plugin
		}
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%s %v: %v", c.kind, c.x, err)
		case c.want != "" && (core.KindOf(err) != kind || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%s %v: error %v, want %q", c.kind, c.x, err, c.want)
		}
	}
}
