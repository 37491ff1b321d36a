package app

import (
	"math"
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// One electron of each spin has the levels of triplets and of singlets, and the ground state is a singlet.
func TestLevelsOfBothSpins(t *testing.T) {
	const rs = 1
	want := slices.Sorted(slices.Values(append(pairsByInteraction(rs, -1), pairsByInteraction(rs, +1)...)))
	if len(want) != 25 || want[0] >= pairsByInteraction(rs, -1)[0] {
		t.Fatalf("%d levels: %v", len(want), want)
	}
	of := core.Settings{"n": int64(2), "n_down": int64(1), "dimension": int64(2), "r_s": float64(rs), "twist": []float64{0.25, 0.25}}
	energy, _, setting, b := electronGas(t, of, small(core.Settings{"e_max": int64(1), "theta_0": 0.5}), func(core.EnergySpec) float64 { return 0.5 }, 8000)
	setting.Potential = energy
	got := estimated(t, "energy_levels", core.Settings{"states": int64(25), "levels": int64(25), "every": int64(1)}, setting, b)["energy_levels"]
	for n, e := range want {
		if !(math.Abs(got.Value[n]-e) < 5*got.Stderr[n]) || !(got.Stderr[n] < 0.35) {
			t.Errorf("level %d is %v +- %v, want %v", n, got.Value[n], got.Stderr[n], e)
		}
	}
}

// fiveAndOne fill the sea of five plane waves with one spin, and k = 0 with the other.
var fiveAndOne = core.Settings{"n": int64(6), "n_down": int64(1), "dimension": int64(2), "r_s": 1.0}

// In first order V of determinants of both spins is N xi/2 and an exchange of like spins alone: Fourier components of
// the potential are 1/|G| in the plane and 1/(pi G^2) in space, that of G = 0 is the background's.
func TestFirstOrderOfBothSpins(t *testing.T) {
	exchange := 4 + 4/math.Sqrt2 + 2/2. // of the pairs of the sea
	for _, c := range []struct {
		n, down, dim int64
		pairs, xi    float64
	}{{10, 5, 2, 2 * exchange, -3.9002649200}, {6, 1, 2, exchange, -3.9002649200}, {2, 1, 3, 0, -2.8372974795}} {
		of := core.Settings{"n": c.n, "n_down": c.down, "dimension": c.dim, "r_s": 1.0}
		energy, _, setting, b := electronGas(t, of, small(core.Settings{"states": "ground"}), cold, 8000)
		v := make([]float64, b.N)
		if err := energy.Eval(v, b); err != nil {
			t.Fatal(err)
		}
		mean, square := 0.0, 0.0
		for _, x := range v {
			mean, square = mean+x/float64(b.N), square+x*x/float64(b.N)
		}
		stderr := math.Sqrt((square - mean*mean) / float64(b.N-1))
		want := 2 / setting.Energy.Space.Box[0] * (float64(c.n)*c.xi/2 - c.pairs)
		if !(math.Abs(mean-want) < 3*stderr) || !(stderr < 0.05*math.Abs(want)) {
			t.Errorf("%v: <V> = %v +- %v, want %v", of, mean, stderr, want)
		}
	}
}

// Free electrons of both spins: E + T ln p(K) is F in every draw, with theta_0 in units of the majority's T_F.
func TestFreeElectronsOfBothSpins(t *testing.T) {
	const theta = 0.15
	of := core.Settings{"n": int64(4), "n_down": int64(1), "dimension": int64(2), "r_s": 0.0, "twist": []float64{0.25, 0.25}}
	energy, m, setting, b := electronGas(t, of, small(core.Settings{"theta_0": theta}), func(e core.EnergySpec) float64 { return 1 / (theta * e.FermiTemperature) }, 200)
	exact, err := energy.(core.Exacter).Exact(setting.Beta)
	if err != nil {
		t.Fatal(err)
	}
	lap := make([]complex128, b.N)
	if err := m.(core.DensityMatrix).Laplacian(lap, b); err != nil {
		t.Fatal(err)
	}
	for i, l := range lap {
		f := -real(l) + b.LogP[i]/setting.Beta
		if want := exact.Values["free_energy"]; math.Abs(f-want) > 1e-8 { // orbitals beyond e_max hold exp(-60)
			t.Fatalf("draw %d has E + T ln p = %v, want %v", i, f, want)
		}
	}
}

// What is known of the orbitals comes for each spin: the quasi-particles and the bare ones of a filled sea, and pairs,
// of which those of different spin know nothing of each other.
func TestEstimatesOfEachSpin(t *testing.T) {
	_, _, setting, b := electronGas(t, fiveAndOne, small(core.Settings{"states": "ground"}), cold, 4000)
	want := func(kind, row int) float64 { // of 0, and of the four of the next shell
		if row == 0 || row == 1 && kind == 0 {
			return 1
		}
		return 0
	}
	for name, keys := range map[string]core.Settings{"momentum_occupation": nil, "momentum_distribution": {"every": int64(2), "displacements": int64(2)}} {
		n := estimated(t, name, keys, setting, b)[name]
		if len(n.Axes) != 2 || n.Axes[0].Name != "kind" || n.Axes[1].Name != "k" {
			t.Fatalf("%s has the axes %v", name, n.Axes)
		}
		for kind := range 2 {
			for row := range 5 {
				at := kind*len(n.Axes[1].Values) + row
				if stderr := n.Stderr[at]; !(math.Abs(n.Value[at]-want(kind, row)) <= 5*stderr || n.Value[at] == want(kind, row)) || stderr > 0.1 {
					t.Errorf("%s of spin %d, shell %d is %v +- %v, want %v", name, kind, row, n.Value[at], stderr, want(kind, row))
				}
			}
		}
	}
	g := estimated(t, "pair_correlation", core.Settings{"bins": int64(6)}, setting, b)["pair_correlation"]
	width := setting.Energy.Space.Box[0] / 12
	unit := 2 * math.Pi / setting.Energy.Space.Box[0]
	for row, middle := range g.Axes[2].Values {
		sum, weight := 0.0, 0.0
		for i := range 40 { // as in TestStructureOfFreeElectrons
			r := middle + width*((float64(i)+0.5)/40-0.5)
			for j := range 64 {
				sin, cos := math.Sincos(2 * math.Pi * float64(j) / 64)
				rho := 1 + 2*math.Cos(unit*r*cos) + 2*math.Cos(unit*r*sin)
				sum, weight = sum+r*1.25*(1-rho*rho/25), weight+r
			}
		}
		for class, want := range []float64{sum / weight, 1, 1} {
			at := class*6 + row
			if !(math.Abs(g.Value[at]-want) < 5*g.Stderr[at]) || !(g.Stderr[at] < 0.15) {
				t.Errorf("g of the spins %d at %v is %v +- %v, want %v", class, middle, g.Value[at], g.Stderr[at], want)
			}
		}
		if !math.IsNaN(g.Value[18+row]) {
			t.Errorf("one electron has the pair correlation %v", g.Value[18+row])
		}
	}
	part, settings := builtEstimator(t, "landau_mass", nil)
	setting.Beta = 1
	if _, err := part.NewEstimator(settings, setting); core.KindOf(err) != core.Mismatch {
		t.Errorf("landau_mass of both spins: %v", err)
	}
}
