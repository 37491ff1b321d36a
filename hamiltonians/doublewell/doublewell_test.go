package doublewell

import (
	"math"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/coretest"
	"github.com/helmholtz-physics/helmholtz/framework/energy/exact/exacttest"
)

func TestConformance(t *testing.T) {
	for name, s := range map[string]core.Settings{
		"stochastic flows": {}, "Boltzmann generators": {"c": 1}, "even": {"c": 0, "dimension": 1},
		"single": {"b": 2, "c": 3, "k": 0.4, "dimension": 5}, "narrow": {"a": 0.25, "b": -3, "k": 7},
	} {
		t.Run(name, func(t *testing.T) { coretest.EnergyPart(t, Part, s, coretest.EnergyOptions{}) })
	}
}

func values(t *testing.T, c Config, beta float64) map[string]float64 {
	t.Helper()
	e, err := New(c)
	return exacttest.Values(t, e, err, beta)
}

// ln Z and F(right) - F(left) in two dimensions at beta = 1, by quadrature
// elsewhere: arXiv:2002.06707, and arXiv:1812.01729 as in its program and as in
// its text. The weight of x < 0 is 1/(1 + exp(F(left) - F(right))).
func TestReference(t *testing.T) {
	for _, row := range []struct {
		a, b, c, lnZ, difference, left float64
	}{
		{1, -6, -0.5, 10.2934797071, -1.6906307849, 0.15569290},
		{1, -6, 1, 11.0204672302, 3.3799010712, 0.96707045},
		{0.25, -3, 1, 12.0649289986, 4.7772741300, 0.99165137},
	} {
		got := values(t, Config{row.a, row.b, row.c, 1, 2}, 1)
		left := 1 / (1 + math.Exp(-got["well_free_energy_difference"]))
		if math.Abs(got["log_z"]-row.lnZ) > 6e-11 || math.Abs(got["well_free_energy_difference"]-row.difference) > 6e-11 || math.Abs(left-row.left) > 6e-9 {
			t.Errorf("%+v: ln Z = %.12g, difference %.12g, left %.10g", row, got["log_z"], got["well_free_energy_difference"], left)
		}
	}
}

// Quadrature from the minima against the trapezoidal rule over everything,
// which converges exponentially for an analytic integrand that vanishes at the
// ends (here to exp(-(pi w/h)^2/2), w > 0.09 the width of the narrowest peak).
func TestExactIsTheIntegral(t *testing.T) {
	const h = 0.01
	for _, c := range []Config{{1, -6, -0.5, 1, 2}, {0.3, 2, 5, 0.4, 1}, {1, 0, 0, 2, 3}, {1, -1, 0.5443310539518174, 1, 1}, {1, -1, -0.6, 1, 2}, {0.01, 0, -1, 1, 1}} {
		for _, beta := range []float64{0.2, 1, 5} {
			var z, u, uu float64
			low := math.Inf(1)
			for x := -20.0; x <= 20; x += h {
				low = min(low, c.along(x))
			}
			for x := -20.0; x <= 20; x += h {
				e := c.along(x)
				w := h * math.Exp(-beta*(e-low))
				z, u, uu = z+w, u+w*e, uu+w*e*e
			}
			u, uu = u/z, uu/z
			modes := float64(c.Dimension-1) / 2
			got := values(t, c, beta)
			for name, want := range map[string]float64{
				"log_z":         math.Log(z) - beta*low + modes*math.Log(2*math.Pi/(beta*c.K)),
				"energy":        u + modes/beta,
				"heat_capacity": beta*beta*(uu-u*u) + modes,
			} {
				if math.Abs(got[name]-want) > 1e-10*(1+math.Abs(want)) {
					t.Errorf("%+v beta %v: %s = %.12g, want %.12g", c, beta, name, got[name], want)
				}
			}
		}
	}
}

// Every well has its minimum between its ends, and stationary points have no
// slope. 4 p^3 + 27 q^2 = 0, where a well vanishes, is at c = sqrt(8/27) for
// a = 1, b = -1 (p = -1/2, q = c/4).
func TestWells(t *testing.T) {
	vanishing := math.Sqrt(8. / 27)
	for _, row := range []struct {
		a, b, c float64
		wells   int
	}{
		{1, -6, -0.5, 2}, {1, -6, 1, 2}, {1, -6, 0, 2}, {0.25, -3, 1, 2}, {1, 1, 1, 1}, {1, 0, 0, 1}, {1, 0, -2, 1}, {2, 3, 0, 1},
		{1, -1, 0.999 * vanishing, 2}, {1, -1, 1.001 * vanishing, 1}, {1, -1, -1.001 * vanishing, 1},
	} {
		c := Config{A: row.a, B: row.b, C: row.c, K: 1, Dimension: 1}
		wells := c.wells()
		if len(wells) != row.wells {
			t.Errorf("%+v: %d wells", row, len(wells))
		}
		for i, w := range wells {
			if !(w.left < w.minimum && w.minimum < w.right) || i > 0 && w.left != wells[i-1].right {
				t.Errorf("%+v: well %+v", row, w)
			}
			for _, x := range []float64{w.left, w.minimum, w.right} {
				if math.IsInf(x, 0) {
					continue
				}
				slope := c.C + x*(2*c.B+4*c.A*x*x)
				if scale := math.Abs(c.C) + math.Abs(c.B) + c.A; math.Abs(slope) > 1e-14*scale {
					t.Errorf("%+v: slope %v at %v", row, slope, x)
				}
			}
		}
	}
}

// By symmetry the wells are equal without c, and exchanged when c changes sign.
func TestMirror(t *testing.T) {
	if d := values(t, Config{1, -6, 0, 1, 1}, 2)["well_free_energy_difference"]; math.Abs(d) > 1e-13 {
		t.Errorf("difference %v between equal wells", d)
	}
	a, b := values(t, Config{1, -6, 1, 1, 1}, 2), values(t, Config{1, -6, -1, 1, 1}, 2)
	if d := a["well_free_energy_difference"]; math.Abs(d+b["well_free_energy_difference"]) > 1e-12 || d < 1 {
		t.Errorf("differences %v, %v", d, b["well_free_energy_difference"])
	}
	// One well has no difference.
	if _, ok := values(t, Config{1, 6, 0, 1, 1}, 2)["well_free_energy_difference"]; ok {
		t.Error("a difference between wells where there is one")
	}
}

// Near zero temperature F(right) - F(left) is the difference of the minima, and
// the energy one of kT/2 per direction above the lower.
func TestCold(t *testing.T) {
	const beta = 1e6
	c := Config{1, -6, -0.5, 1, 2}
	w := c.wells()
	left, right := c.along(w[0].minimum), c.along(w[1].minimum)
	got := values(t, c, beta)
	if d := got["well_free_energy_difference"]; math.Abs(d-(right-left)) > 1/beta || math.Abs(got["energy"]-right-1/beta) > 1e-3/beta {
		t.Errorf("difference %.10g, minima differ by %.10g; energy %.10g above %.10g", d, right-left, got["energy"]-right, right)
	}
}

func TestBadSettings(t *testing.T) {
	inf := math.Inf(1)
	for key, c := range map[string]Config{
		"a": {inf, -6, 0, 1, 2}, "b": {1, inf, 0, 1, 2}, "c": {1, -6, -inf, 1, 2}, "k": {1, -6, 0, inf, 2},
	} {
		if _, err := New(c); core.KindOf(err) != core.Invalid || !strings.Contains(err.Error(), "doublewell: "+key+" must be finite") {
			t.Errorf("%+v: error %v", c, err)
		}
	}
	for _, bad := range []core.Settings{{"a": 0}, {"k": 0}, {"dimension": 0}} {
		if _, problems := core.Complete(Part.Params, bad); problems == nil {
			t.Errorf("settings %v were accepted", bad)
		}
	}
}
