package app

import (
	"math"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Untrained density matrices of free particles at their own temperature. 13
// electrons at the Fermi temperature do not fit into plane waves up to
// |n|^2 = 9: the entropy over the exact one, an effective mass, is 0.68 where the
// truth is 1. Up to 49 it is right within 0.1 % and the error, and so is a trap
// with eight quanta of excitation where four are too few.
func TestBasisThatIsTooSmall(t *testing.T) {
	gas := core.Settings{"n": int64(13), "dimension": int64(2), "r_s": 1.0}
	dot := core.Settings{"n": int64(2), "dimension": int64(2)}
	for _, c := range []struct {
		energy, model string
		of, settings  core.Settings
		theta, beta   float64
		mass          float64 // 0: not compared
		key           string  // named by a caution
	}{
		{"electrongas", "electronflow", gas, core.Settings{"e_max": int64(9)}, 1, 0, 0.68, "model.e_max"},
		{"electrongas", "electronflow", gas, core.Settings{"e_max": int64(49)}, 1, 0, 1, ""},
		{"quantumdot", "fermiflow", dot, core.Settings{"excitation": int64(4), "initial_beta": 2.0}, 0, 2, 0, "model.excitation"},
		{"quantumdot", "fermiflow", dot, core.Settings{"excitation": int64(8), "initial_beta": 2.0}, 0, 2, 1, ""},
		{"quantumdot", "fermiflow", dot, core.Settings{"excitation": int64(0)}, 0, math.Inf(1), 0, ""},
	} {
		energy := builtEnergy(t, c.energy, c.of)
		setting := core.Setting{Beta: c.beta, Energy: energy.Spec()}
		if c.theta > 0 {
			setting.Beta = 1 / (c.theta * setting.Energy.FermiTemperature)
			c.settings["theta_0"] = c.theta
		}
		names := []string{"entropy", "energy"}
		if !math.IsInf(setting.Beta, 1) {
			exact, err := energy.(core.Exacter).Exact(setting.Beta)
			if err != nil {
				t.Fatal(err)
			}
			setting.Exact, names = exact.Values, append(names, "effective_mass")
		}
		_, b := drawUntrained(t, c.model, c.settings, &setting, 1000)
		for _, name := range names {
			e := estimated(t, name, nil, setting, b)[name]
			text := e.Caution()
			if said := strings.Contains(text, "so that what lies beyond is missing: raise "+c.key); said != (c.key != "") {
				t.Errorf("%s of %s, %v: caution %q", name, c.model, c.settings, text)
			}
			if c.key == "" && strings.Contains(text, "basis") {
				t.Errorf("%s of %s, %v: caution %q", name, c.model, c.settings, text)
			}
			if m := e.Value[0]; name == "effective_mass" && c.mass > 0 && math.Abs(m-c.mass) > 0.005+4*e.Stderr[0] {
				t.Errorf("%v: effective mass %v +- %v, want %v", c.settings, m, e.Stderr[0], c.mass)
			}
		}
	}
}

// drawUntrained draws from a model with its starting parameters, and adds the
// model to the setting. Energies are zero.
func drawUntrained(t *testing.T, name string, given core.Settings, setting *core.Setting, n int) (core.Model, *core.Batch) {
	t.Helper()
	part, err := parts.find(core.KindModel, name)
	if err != nil {
		t.Fatal(err)
	}
	settings, problems := core.Complete(part.Params, given)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	m, err := part.NewModel(settings, setting.Energy.Space)
	if err != nil {
		t.Fatal(err)
	}
	theta, b := make([]float64, m.Spec().Parameters), &core.Batch{}
	if err := m.Init(theta, 1); err != nil {
		t.Fatal(err)
	}
	if err := m.Load(theta); err != nil {
		t.Fatal(err)
	}
	if err := m.Sample(b, 2, n); err != nil {
		t.Fatal(err)
	}
	b.E = make([]float64, n)
	setting.Model = m.Spec()
	return m, b
}

// The Laplacian of plane waves is minus the sum of k^2 over the closed shell, for
// five electrons at r_s = 1 10.053096 per state, whatever x: what 200 draws differ
// by is rounding, and no error bar is made of it.
func TestKineticEnergyOfPlaneWaves(t *testing.T) {
	energy := builtEnergy(t, "electrongas", core.Settings{"n": int64(5), "dimension": int64(2), "r_s": 1.0})
	setting := core.Setting{Beta: math.Inf(1), Energy: energy.Spec()}
	m, b := drawUntrained(t, "electronflow", core.Settings{"states": "ground", "laplacian": "exact"}, &setting, 200)
	b.Lap = make([]complex128, b.N)
	if err := m.(core.DensityMatrix).Laplacian(b.Lap, b); err != nil {
		t.Fatal(err)
	}
	e := estimated(t, "kinetic_energy", nil, setting, b)["kinetic_energy"]
	if !e.Constant || e.Stderr[0] != 0 || e.Caution() != "" || math.Abs(e.Value[0]-10.053096491487) > 1e-11 {
		t.Errorf("%+v", e)
	}
}
