package backflow

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/coretest"
	"github.com/helmholtz-physics/helmholtz/framework/flow"
	"github.com/helmholtz-physics/helmholtz/framework/flow/flowtest"
)

func particles(n, d int) core.Space { return core.Space{Kind: core.Particles, Shape: []int{n, d}} }

// variants are all that settings can ask for, in 1 to 3 dimensions.
var variants = map[string]struct {
	s     core.Settings
	space core.Space
}{
	"line":      {core.Settings{}, particles(3, 1)},
	"plane":     {core.Settings{"width": 0.7}, particles(3, 2)},
	"timed":     {core.Settings{"time_dependent": true}, particles(2, 3)},
	"tolerance": {core.Settings{"integrator": "dopri5", "tolerance": 1e-9, "time_dependent": true}, particles(3, 2)},
	"alone":     {core.Settings{}, particles(1, 2)},
}

// complete adds the defaults, with few hidden units and soft distances.
func complete(tb testing.TB, s core.Settings) core.Settings {
	tb.Helper()
	return coretest.Settings(tb, Part, core.Settings{"hidden": int64(4), "softening": 1.0}, s)
}

func bijection(tb testing.TB, s core.Settings, space core.Space) *flow.Continuous[float64] {
	tb.Helper()
	var c config
	core.Decode(complete(tb, s), &c)
	return c.flow(space)
}

// 20 steps of rk4 invert the flow, and give its determinant, up to 1e-5.
func TestBattery(t *testing.T) {
	for name, v := range variants {
		t.Run(name, func(t *testing.T) {
			flowtest.Battery(t, bijection(t, v.s, v.space), flowtest.Options{Dim: v.space.Size(), Inverse: 1e-5, LogDet: 1e-5})
		})
	}
}

func TestConformance(t *testing.T) {
	for _, name := range []string{"plane", "tolerance"} {
		t.Run(name, func(t *testing.T) {
			v := variants[name]
			// step sizes that meet a tolerance vary with theta, and the derivatives leave that out
			coretest.ModelPart(t, Part, complete(t, v.s), v.space, coretest.ModelOptions{Tolerance: 1e-7, Inverse: 1e-5, LogDet: 1e-5, Samples: 2000, Large: 100})
		})
	}
}

// With eta and xi constant the flow is linear: relative vectors grow by
// exp(n eta + xi), the centre of mass by exp(xi), and l = d [(n-1)(n eta + xi) + xi].
func TestLinear(t *testing.T) {
	const n, d, eta, xi, width = 3, 2, 0.2, -0.3, 1.7
	b := bijection(t, core.Settings{"width": width}, particles(n, d))
	p := b.Params()
	p[0].Val[0], p[1].Val[0] = eta, xi
	z, x, l := []float64{0.3, -1, 0.5, 2, -0.7, 0.1}, make([]float64, n*d), make([]float64, 1)
	if err := b.On(1).Forward(x, l, z); err != nil {
		t.Fatal(err)
	}
	const tolerance = 1e-8 // 20 (rate/20)^5 / 120
	for a := range d {
		centre := (z[a] + z[d+a] + z[2*d+a]) / n
		for i := range n {
			want := width * (centre*math.Exp(xi) + (z[i*d+a]-centre)*math.Exp(n*eta+xi))
			if math.Abs(x[i*d+a]-want) > tolerance {
				t.Errorf("particle %d is at %v, want %v", i, x[i*d+a], want)
			}
		}
	}
	if want := d*((n-1)*(n*eta+xi)+xi) + n*d*math.Log(width); math.Abs(l[0]-want) > tolerance {
		t.Errorf("l = %v, want %v", l[0], want)
	}
}

// Particles on top of each other, or at the origin, have finite derivatives.
func TestCoincidence(t *testing.T) {
	b := bijection(t, core.Settings{}, particles(3, 2))
	for _, p := range b.Params() {
		for i := range p.Val {
			p.Val[i] = math.Sin(float64(i + 1))
		}
	}
	w := b.On(1)
	x, l, bar, one := make([]float64, 6), make([]float64, 1), make([]float64, 6), []float64{1, 1, 1, 1, 1, 1}
	if err := w.Forward(x, l, []float64{0, 0, 1, 2, 1, 2}); err != nil {
		t.Fatal(err)
	}
	w.PullForward(bar, one, one[:1], true)
	for _, v := range slices.Concat(x, l, bar) {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			t.Fatalf("x %v, l %v, pulled %v", x, l, bar)
		}
	}
}

func TestStartsAtTheIdentity(t *testing.T) {
	m := train(t, core.Settings{"width": 2.0, "time_dependent": true}, particles(3, 2), 0)
	z, x, l := []float64{0.3, -1, 0.5, 2, -0.7, 0.1}, make([]float64, 6), make([]float64, 1)
	if err := m.Map(x, l, z); err != nil {
		t.Fatal(err)
	}
	for i := range z {
		if x[i] != 2*z[i] || l[0] != 6*math.Ln2 {
			t.Fatalf("x = %v, l = %v", x, l)
		}
	}
}

func train(tb testing.TB, s core.Settings, space core.Space, noise float64) *flowtest.Training {
	tb.Helper()
	return flowtest.Train(tb, Part, complete(tb, s), space, noise)
}

func TestStep(t *testing.T) {
	for _, name := range []string{"timed", "tolerance"} {
		t.Run(name, func(t *testing.T) { train(t, variants[name].s, variants[name].space, 0.1).Test(t, 150) })
	}
}

func TestWhatDoesNotFit(t *testing.T) {
	field := core.Space{Kind: core.Field, Shape: []int{4, 4}}
	if _, err := Part.NewModel(complete(t, nil), field); core.KindOf(err) != core.Mismatch || !strings.Contains(fmt.Sprint(err), "backflow: needs particles") {
		t.Errorf("error %v", err)
	}
}
