package ringworld

import (
	"math"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/coretest"
	"github.com/helmholtz-physics/helmholtz/framework/energy/exact/exacttest"
)

func TestConformance(t *testing.T) {
	for name, s := range map[string]core.Settings{"ring": {}, "narrow": {"radius": 1, "width": 0.1}, "point": {"radius": 0, "width": 3}} {
		t.Run(name, func(t *testing.T) { coretest.EnergyPart(t, Part, s, coretest.EnergyOptions{}) })
	}
}

func values(t *testing.T, c Config, beta float64) map[string]float64 {
	t.Helper()
	e, err := New(c)
	return exacttest.Values(t, e, err, beta)
}

// ln Z and <r^2> of the example in arXiv:1910.00024 by quadrature elsewhere, to
// the digits shown.
func TestReference(t *testing.T) {
	got := values(t, Config{2, 0.4}, 1)
	if math.Abs(got["log_z"]-2.5336720590) > 6e-11 || math.Abs(got["mean_square_radius"]-4.48) > 6e-5 {
		t.Errorf("ln Z = %.12g, <r^2> = %.12g", got["log_z"], got["mean_square_radius"])
	}
}

// The closed form against the sum over a fine grid of Z = int 2 pi r
// exp(-beta E) dr, by the midpoint rule: the integrand is smooth but for its
// end at r = 0, where it leaves an error of h^2/24 times its slope, 2 pi
// exp(-beta R^2/2w^2) (in the wide rings, up to 4e-10 relative).
func TestExactIsTheIntegral(t *testing.T) {
	const h = 1e-4
	for _, c := range []Config{{2, 0.4}, {1, 3}, {0, 0.7}, {40, 0.02}} {
		for _, beta := range []float64{0.2, 1, 9} {
			var z, u, uu, rr float64
			reach := c.Radius + 10*c.Width/math.Sqrt(beta)
			for r := h / 2; r < reach; r += h {
				e := (r - c.Radius) * (r - c.Radius) / (2 * c.Width * c.Width)
				w := 2 * math.Pi * r * h * math.Exp(-beta*e)
				z, u, uu, rr = z+w, u+w*e, uu+w*e*e, rr+w*r*r
			}
			u, uu, rr = u/z, uu/z, rr/z
			got := values(t, c, beta)
			for name, want := range map[string]float64{
				"log_z": math.Log(z), "energy": u, "heat_capacity": beta * beta * (uu - u*u), "mean_square_radius": rr,
			} {
				if math.Abs(got[name]-want) > 1e-8*(1+math.Abs(want)) {
					t.Errorf("%+v beta %v: %s = %.12g, want %.12g", c, beta, name, got[name], want)
				}
			}
		}
	}
}

// At the origin, the kink, and just beside it.
func TestKink(t *testing.T) {
	e, err := New(Config{2, 0.4})
	if err != nil {
		t.Fatal(err)
	}
	energies, slope := make([]float64, 2), make([]float64, 4)
	if err := e.Slope(slope, energies, &core.Batch{N: 2, X: []float64{0, 0, 0, -1e-200}}); err != nil {
		t.Fatal(err)
	}
	// E = 4/0.32; dE/dr = -2 R/0.32 = -12.5 towards the ring.
	if math.Abs(energies[0]-12.5) > 1e-13 || slope[0] != 0 || slope[1] != 0 || slope[2] != 0 || math.Abs(slope[3]-12.5) > 1e-13 {
		t.Errorf("energies %v, slope %v", energies, slope)
	}
}

func TestBadSettings(t *testing.T) {
	for _, c := range []Config{{math.Inf(1), 1}, {1, math.Inf(1)}} {
		if _, err := New(c); core.KindOf(err) != core.Invalid || !strings.Contains(err.Error(), "must be finite, got +Inf") {
			t.Errorf("%+v: error %v", c, err)
		}
	}
	for _, bad := range []core.Settings{{"radius": -1}, {"width": 0}} {
		if _, problems := core.Complete(Part.Params, bad); problems == nil {
			t.Errorf("settings %v were accepted", bad)
		}
	}
}
