package quantumdot

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/coretest"
	"github.com/helmholtz-physics/helmholtz/framework/energy/exact/exacttest"
)

// spread draws electrons 0.7 apart on a line and shakes them by less than half
// of that, so that 1/r has moderate third derivatives for central differences.
func spread(dimension int) func(r *rand.Rand, x []float64) {
	return func(r *rand.Rand, x []float64) {
		for i := range x {
			x[i] = 0.2 * (2*r.Float64() - 1)
			if i%dimension == 0 {
				x[i] += 0.7 * float64(i/dimension)
			}
		}
	}
}

func TestConformance(t *testing.T) {
	for _, s := range []core.Settings{{"n": 1}, {"n": 2}, {"n": 3, "dimension": 1, "kappa": 0.3}, {"n": 6, "kappa": 0}, {"n": 4, "dimension": 3}} {
		t.Run(fmt.Sprint(s), func(t *testing.T) {
			d, ok := s["dimension"].(int)
			if !ok {
				d = 2
			}
			coretest.EnergyPart(t, Part, s, coretest.EnergyOptions{Draw: spread(d), Large: 200, Betas: []float64{1, 3}})
		})
	}
}

// Two electrons at (0, 0) and (3, 4): 25/2 + kappa/5.
func TestPotential(t *testing.T) {
	e, err := New(Config{N: 2, Dimension: 2, Kappa: 2})
	if err != nil {
		t.Fatal(err)
	}
	v, slope := make([]float64, 1), make([]float64, 4)
	if err := e.Slope(slope, v, &core.Batch{N: 1, X: []float64{0, 0, 3, 4}}); err != nil {
		t.Fatal(err)
	}
	if math.Abs(v[0]-12.9) > 1e-14 || math.Abs(slope[2]-(3-2*3./125)) > 1e-15 {
		t.Errorf("V = %v, slope %v", v, slope)
	}
	if spec := e.Spec(); spec.Kinetic != 0.5 {
		t.Errorf("kinetic %v", spec.Kinetic)
	}
}

func values(t *testing.T, c Config, beta float64) map[string]float64 {
	t.Helper()
	e, err := New(c)
	return exacttest.Values(t, e, err, beta)
}

// Ground energies of the relative motion and its centre by the power series of
// the radial equation, elsewhere, to the digits shown. Singlets, m = 0, share
// the code; theirs at kappa = 1 is 3 (Taut 1993).
func TestPairLevels(t *testing.T) {
	for _, c := range []struct {
		kappa float64
		m     int
		want  float64
	}{
		{1, 0, 3}, {0.5, 1, 3.305474453}, {1, 1, 3.596498882}, {2, 1, 4.141751822}, {4, 1, 5.119389851}, {8, 1, 6.786891693},
		{2, 0, 3.720562319}, {8, 0, 6.618028756},
	} {
		if got := (Config{Kappa: c.kappa}).pairLevels(c.m, 1)[0] + 1; math.Abs(got-c.want) > 1e-9 {
			t.Errorf("kappa = %v, m = %d: E = %.10g, want %.10g", c.kappa, c.m, got, c.want)
		}
	}
	for k, e := range (Config{}).pairLevels(5, 20)[:8] { // the oscillator
		if want := float64(2*k + 6); math.Abs(e-want) > 1e-10 {
			t.Errorf("level %d of the oscillator with m = 5 is %v, want %v", k, e, want)
		}
	}
}

// The same spectrum at finite temperature, computed elsewhere with fewer levels:
// exact in F to the digits shown, and to 3e-7 in E and S; kappa = 0 by Canonical.
func TestPair(t *testing.T) {
	for _, c := range []struct{ kappa, beta, f, e, s float64 }{
		{0, 2, 2.48952751, 3.38766473, 1.79627444},
		{0.5, 2, 2.79204402, 3.70177322, 1.81945839},
		{0.5, 5, 3.16411406, 3.31929761, 0.77591772},
		{2, 2, 3.61869225, 4.56261189, 1.88783928},
		{2, 5, 4.00034204, 4.15595642, 0.77807193},
		{2, 10, 4.07242801, 4.14184279, 0.69414772},
		{8, 2, 6.22114827, 7.27731281, 2.11232908},
		{8, 5, 6.64450438, 6.80609123, 0.80793423},
	} {
		got := values(t, Config{2, 2, c.kappa}, c.beta)
		for name, want := range map[string]float64{"free_energy": c.f, "energy": c.e, "entropy": c.s} {
			if tolerance := map[bool]float64{true: 1e-8, false: 3e-7}[name == "free_energy"]; math.Abs(got[name]-want) > tolerance {
				t.Errorf("kappa = %v, beta = %v: %s = %.10g, want %.10g", c.kappa, c.beta, name, got[name], want)
			}
		}
	}
}

// The two ways to Z meet where there is no repulsion, cold and hot.
func TestPairIsIdealWithoutRepulsion(t *testing.T) {
	for _, beta := range []float64{0.5, 1, 7} {
		pair := (Config{N: 2, Dimension: 2}).pair(beta).Values(beta, "").Values
		ideal := values(t, Config{2, 2, 0}, beta)
		for _, name := range []string{"log_z", "energy", "entropy"} {
			if math.Abs(pair[name]-ideal[name]) > 1e-10 {
				t.Errorf("beta = %v: %s = %v, want %v", beta, name, pair[name], ideal[name])
			}
		}
		if !(pair["heat_capacity"] > 0) {
			t.Errorf("beta = %v: heat capacity %v", beta, pair["heat_capacity"])
		}
	}
}

// Canonical values of the oscillator in the plane, by a recursion over
// elementary symmetric polynomials elsewhere, to the digits shown.
func TestIdeal(t *testing.T) {
	for _, c := range []struct {
		n             int
		beta, f, e, s float64
	}{
		{6, 2, 13.323898, 15.249981, 3.852165}, {6, 5, 13.984098, 14.078228, 0.470652}, {6, 10, 13.999946, 14.000545, 0.005991},
		{10, 2, 29.014756, 31.719810, 5.410107}, {10, 6, 29.991838, 30.048382, 0.339260}, {3, 2, 4.611386, 5.773151, 2.323529},
	} {
		got := values(t, Config{c.n, 2, 3}, c.beta)
		for name, want := range map[string]float64{"ideal_free_energy": c.f, "ideal_energy": c.e, "ideal_entropy": c.s} {
			if math.Abs(got[name]-want) > 6e-7 {
				t.Errorf("n = %d, beta = %v: %s = %.8g, want %.8g", c.n, c.beta, name, got[name], want)
			}
		}
		if _, ok := got["free_energy"]; ok {
			t.Errorf("n = %d: the free energy with repulsion is declared known", c.n)
		}
	}
}

// One oscillator in d dimensions: F = d/beta ln(2 sinh(beta/2)).
func TestDimensions(t *testing.T) {
	const beta = 0.7
	for d := 1; d <= 3; d++ {
		want := float64(d) / beta * math.Log(2*math.Sinh(beta/2))
		if got := values(t, Config{1, d, 1}, beta)["free_energy"]; math.Abs(got-want) > 1e-12 {
			t.Errorf("d = %d: F = %v, want %v", d, got, want)
		}
	}
}

func TestBadSettings(t *testing.T) {
	if _, err := New(Config{2, 2, math.Inf(1)}); core.KindOf(err) != core.Invalid || !strings.Contains(err.Error(), "quantumdot: kappa must be finite") {
		t.Errorf("error %v", err)
	}
	for _, bad := range []core.Settings{{}, {"n": 0}, {"n": 2, "dimension": 4}, {"n": 2, "kappa": -1}} {
		if _, problems := core.Complete(Part.Params, bad); problems == nil {
			t.Errorf("settings %v were accepted", bad)
		}
	}
	e, err := New(Config{1, 3, 0})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := e.Exact(1e-3); core.KindOf(err) != core.Unsupported || !strings.Contains(err.Error(), "fills more than 4194304 orbitals (choose a larger beta)") {
		t.Errorf("error %v", err)
	}
}
