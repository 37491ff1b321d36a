package normal

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/coretest"
	"github.com/helmholtz-physics/helmholtz/framework/flow/flowtest"
)

func field(shape ...int) core.Space { return core.Space{Kind: core.Field, Shape: shape} }

func build(t *testing.T, c config, space core.Space) *affine {
	t.Helper()
	a, err := c.flow(space)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestBattery(t *testing.T) {
	for _, c := range []struct {
		covariance string
		space      core.Space
	}{
		{"full", core.Space{Kind: core.Particles, Shape: []int{3, 2}}}, {"full", field(1)},
		{"diagonal", field(1)}, {"isotropic", field(1)},
	} {
		t.Run(fmt.Sprint(c.covariance, c.space.Shape), func(t *testing.T) {
			a := build(t, config{Covariance: c.covariance, Mean: []float64{0.5}, Width: []float64{1.3}}, c.space)
			flowtest.Battery(t, a, flowtest.Options{Dim: c.space.Size()})
		})
	}
}

// Without a factor, and with one width, the map is that of the full covariance with zeros
// below the diagonal and equal widths; so are its derivatives.
func TestDiagonalIsFull(t *testing.T) {
	const d, n = 3, 2
	mean, width := []float64{0.3, -1, 2}, []float64{0.5, 1.2, 3}
	z, bar, lbar := []float64{1, -2, 0.3, 0.4, -0.7, 1.5}, []float64{0.2, 1, -0.6, 0.1, 2, -1}, []float64{0.7, -0.2}
	run := func(covariance string, width []float64) (x, l, zbar []float64, w *workspace) {
		a := build(t, config{Covariance: covariance, Mean: mean, Width: width}, field(d))
		for _, p := range a.Params() {
			if p.Start != nil {
				p.Start(p.Val, nil)
			}
		}
		w = a.On(n).(*workspace)
		x, l, zbar = make([]float64, d*n), make([]float64, n), make([]float64, d*n)
		if err := w.Forward(x, l, z); err != nil {
			t.Fatal(err)
		}
		w.PullForward(zbar, bar, lbar, true)
		return x, l, zbar, w
	}
	near := func(what string, got, want []float64) {
		t.Helper()
		for i := range want {
			if math.Abs(got[i]-want[i]) > 1e-14*(1+math.Abs(want[i])) {
				t.Errorf("%s: %v, want %v", what, got, want)
			}
		}
	}
	x, l, zbar, w := run("diagonal", width)
	fx, fl, fbar, f := run("full", width)
	near("x", x, fx)
	near("l", l, fl)
	near("zbar", zbar, fbar)
	near("gradient of the mean", w.mean.Grad, f.mean.Grad)
	near("gradient of the widths", w.logWidth.Grad, f.logWidth.Grad)

	x, l, zbar, w = run("isotropic", []float64{1.2})
	fx, fl, fbar, f = run("full", []float64{1.2})
	near("isotropic: x", x, fx)
	near("isotropic: l", l, fl)
	near("isotropic: zbar", zbar, fbar)
	g := f.logWidth.Grad
	near("isotropic: gradient of the width", w.logWidth.Grad, []float64{g[0] + g[1] + g[2]})
	if math.Abs(g[0]) < 0.1 || math.Abs(l[0]-3*math.Log(1.2)) > 1e-14 {
		t.Errorf("gradient %v, ln det %v", g, l)
	}
}

func TestPart(t *testing.T) {
	for _, c := range []struct {
		covariance string
		space      core.Space
		parameters int
	}{
		{"diagonal", field(2), 4}, {"isotropic", core.Space{Kind: core.Particles, Shape: []int{2, 2}}, 5}, {"full", field(3), 9},
	} {
		t.Run(c.covariance, func(t *testing.T) {
			s := coretest.Settings(t, Part, core.Settings{"covariance": c.covariance, "mean": []any{0.3}, "width": []any{0.8}})
			m, err := Part.NewModel(s, c.space)
			if err != nil {
				t.Fatal(err)
			}
			if p := m.Spec().Parameters; p != c.parameters {
				t.Errorf("%d parameters, want %d", p, c.parameters)
			}
			coretest.ModelPart(t, Part, s, c.space, coretest.ModelOptions{})
		})
	}
}

// At the start ln p is that of the normal density by its formula, whatever the seed.
func TestStart(t *testing.T) {
	s := coretest.Settings(t, Part, core.Settings{"mean": []any{1.0, -2.0}, "width": []any{0.5, 3.0}})
	m, err := Part.NewModel(s, field(2))
	if err != nil {
		t.Fatal(err)
	}
	theta := make([]float64, m.Spec().Parameters)
	if err := m.Init(theta, 7); err != nil {
		t.Fatal(err)
	}
	if err := m.Load(theta); err != nil {
		t.Fatal(err)
	}
	got := make([]float64, 1)
	if err := m.LogProb(got, []float64{1.7, 1}); err != nil {
		t.Fatal(err)
	}
	if want := -(1.4*1.4+1)/2 - math.Log(2*math.Pi) - math.Log(0.5*3); math.Abs(got[0]-want) > 1e-14 {
		t.Errorf("ln p = %v, want %v", got[0], want)
	}
}

func TestErrors(t *testing.T) {
	for name, c := range map[string]struct {
		settings core.Settings
		space    core.Space
		want     string
	}{
		"spins": {nil, core.Space{Kind: core.Spins, Shape: []int{4}}, "build model: normal: needs a field or particles, the energy has spins [4] (van is for spins)"},
		"box": {nil, core.Space{Kind: core.Particles, Shape: []int{2, 2}, Periodic: true, Box: []float64{3, 3}},
			"a normal density has no period, the energy has particles [2 2]"},
		"mean":      {core.Settings{"mean": []any{1.0, 2.0}}, field(3), "mean must have 1 number or 3, one for each, got 2"},
		"width":     {core.Settings{"width": []any{1.0, 0.0}}, field(2), "width must be greater than 0, got 0"},
		"isotropic": {core.Settings{"covariance": "isotropic", "width": []any{1.0, 2.0}}, field(2), "width must have 1 number, got 2"},
		"infinite":  {core.Settings{"mean": []any{math.Inf(1)}}, field(2), "mean must be finite, got +Inf"},
		"large":     {core.Settings{"covariance": "full"}, field(10_000_000), `covariance = "diagonal"`},
	} {
		full, problems := core.Complete(Part.Params, c.settings)
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		if _, err := Part.NewModel(full, c.space); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", name, err, c.want)
		}
	}
}
