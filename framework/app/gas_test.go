package app

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// estimated is the report of an estimator about one batch, by name.
func estimated(t *testing.T, name string, given core.Settings, setting core.Setting, b *core.Batch) map[string]core.Estimate {
	t.Helper()
	part, settings := builtEstimator(t, name, given)
	e, err := part.NewEstimator(settings, setting)
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Add(b); err != nil {
		t.Fatal(err)
	}
	r, err := e.Report()
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]core.Estimate{}
	for _, one := range r {
		all[one.Name] = one
	}
	return all
}

// electronGas is electrons whose flow is the identity, their setting, and n draws.
func electronGas(t *testing.T, of, model core.Settings, beta func(core.EnergySpec) float64, n int) (core.Energy, core.Model, core.Setting, *core.Batch) {
	t.Helper()
	energy := builtEnergy(t, "electrongas", of)
	setting := core.Setting{Energy: energy.Spec(), Seed: 3}
	setting.Beta = beta(setting.Energy)
	m, b := drawUntrained(t, "electronflow", model, &setting, n)
	setting.Quantum = m.(core.DensityMatrix)
	return energy, m, setting, b
}

func cold(core.EnergySpec) float64 { return math.Inf(1) }

var five = core.Settings{"n": int64(5), "dimension": int64(2), "r_s": 1.0}

// small is a small flow, which starts as the identity.
func small(more core.Settings) core.Settings {
	all := core.Settings{"width": int64(1), "pair_width": int64(1), "laplacian": "exact"}
	for k, v := range more {
		all[k] = v
	}
	return all
}

// In first order the energy of five electrons is 10.053096/r_s^2 - 8.870874/r_s Ry (the values of
// runs/electrongas/first-order.toml), and the pressure at T = 0 its derivative in the volume 5 pi r_s^2, in Ry and
// Bohr radii, which at r_s = 1 are the units of the energy.
func TestPressureIsDerivativeOfFirstOrder(t *testing.T) {
	energy, m, setting, b := electronGas(t, five, small(core.Settings{"states": "ground"}), cold, 4000)
	b.Lap, b.Potential = make([]complex128, b.N), make([]float64, b.N)
	if err := m.(core.DensityMatrix).Laplacian(b.Lap, b); err != nil {
		t.Fatal(err)
	}
	if err := energy.Eval(b.Potential, b); err != nil {
		t.Fatal(err)
	}
	e := func(rs float64) float64 { return 10.053096/rs/rs - 8.870874/rs }
	volume := func(rs float64) float64 { return 5 * math.Pi * rs * rs }
	const h = 1e-4
	want := -(e(1+h) - e(1-h)) / (volume(1+h) - volume(1-h))
	p := estimated(t, "pressure", nil, setting, b)["pressure"]
	if !(math.Abs(p.Value[0]-want) < 4*p.Stderr[0]) || !(p.Stderr[0] < 0.01*want) || p.Units != "Ry/r_s^2/length^2" {
		t.Errorf("pressure %v +- %v %s, want %v", p.Value, p.Stderr, p.Units, want)
	}
}

// sea are the numbers n of five electrons without a twist.
var sea = [][2]float64{{0, 0}, {1, 0}, {-1, 0}, {0, 1}, {0, -1}}

// Of one determinant of plane waves, with F the sea and rho(r) = sum over F of exp(ik.r),
//
//	S(k) = 1 - 1/N (pairs q, q + k in F),   g(r) = N/(N-1) ( 1 - |rho(r)|^2/N^2 ).
func TestStructureOfFreeElectrons(t *testing.T) {
	_, _, setting, b := electronGas(t, five, small(core.Settings{"states": "ground"}), cold, 4000)
	unit := 2 * math.Pi / setting.Energy.Space.Box[0]
	s := estimated(t, "structure_factor", nil, setting, b)["structure_factor"]
	for row, k := range s.Axes[0].Values {
		pairs, vectors := 0.0, 0.0
		for nx := -4.0; nx <= 4; nx++ {
			for ny := -4.0; ny <= 4; ny++ {
				if math.Abs(math.Hypot(nx, ny)*unit-k) > 1e-9 {
					continue
				}
				vectors++
				for _, q := range sea {
					if slices.Contains(sea, [2]float64{q[0] + nx, q[1] + ny}) {
						pairs++
					}
				}
			}
		}
		if want := 1 - pairs/vectors/5; !(math.Abs(s.Value[row]-want) < 5*s.Stderr[row]) || !(s.Stderr[row] < 0.03) {
			t.Errorf("S(%v) = %v +- %v, want %v", k, s.Value[row], s.Stderr[row], want)
		}
	}
	g := estimated(t, "pair_correlation", core.Settings{"bins": int64(10)}, setting, b)["pair_correlation"]
	width := setting.Energy.Space.Box[0] / 20
	for row, middle := range g.Axes[0].Values {
		sum, weight := 0.0, 0.0
		for i := range 40 { // a mean over the ring: points in r with the weight r, and around it
			r := middle + width*((float64(i)+0.5)/40-0.5)
			for j := range 64 {
				sin, cos := math.Sincos(2 * math.Pi * float64(j) / 64)
				rho := 1 + 2*math.Cos(unit*r*cos) + 2*math.Cos(unit*r*sin)
				sum, weight = sum+r*1.25*(1-rho*rho/25), weight+r
			}
		}
		if want := sum / weight; !(math.Abs(g.Value[row]-want) < 5*g.Stderr[row]) || !(g.Stderr[row] < 0.1) {
			t.Errorf("g(%v) = %v +- %v, want %v", middle, g.Value[row], g.Stderr[row], want)
		}
	}
}

// The bare momenta of one determinant of plane waves are those of the sea, with and without a
// twist: 1 in its shells and 0 beyond; and their sum is N.
func TestMomentaOfFreeElectrons(t *testing.T) {
	for _, c := range []struct {
		of       core.Settings
		full     int // shells of the sea
		multiple []float64
	}{
		{five, 2, []float64{1, 4, 4, 4, 8}},
		// (n + 1/4)^2 = 2, 10, 10, 18 sixteenths of the four lowest plane waves, three electrons in the first two shells.
		{core.Settings{"n": int64(3), "dimension": int64(2), "r_s": 1.0, "twist": []any{0.25, 0.25}}, 2, []float64{1, 2, 1}},
	} {
		_, _, setting, b := electronGas(t, c.of, small(core.Settings{"states": "ground"}), cold, 4000)
		n := estimated(t, "momentum_distribution", core.Settings{"every": int64(2), "displacements": int64(2)}, setting, b)["momentum_distribution"]
		sum, variance := 0.0, 0.0
		for row, size := range c.multiple {
			want := 0.0
			if row < c.full {
				want = 1
			}
			if !(math.Abs(n.Value[row]-want) < 5*n.Stderr[row]) || !(n.Stderr[row] > 0 && n.Stderr[row] < 0.06) {
				t.Errorf("%v: n(%v) = %v +- %v, want %v", c.of, n.Axes[0].Values[row], n.Value[row], n.Stderr[row], want)
			}
			sum, variance = sum+size*n.Value[row], variance+math.Pow(size*n.Stderr[row], 2)
		}
		if want := float64(setting.Energy.Space.Count()); math.Abs(sum-want) > 5*math.Sqrt(variance) {
			t.Errorf("%v: %v +- %v electrons, want %v", c.of, sum, math.Sqrt(variance), want)
		}
	}
}

// p(K) of free electrons has the mass 1, no interaction, and nothing besides, to rounding of ln p
// in sums over the orbitals.
func TestLandauMassOfFreeElectrons(t *testing.T) {
	beta := func(e core.EnergySpec) float64 { return 1 / (0.5 * e.FermiTemperature) }
	_, _, setting, b := electronGas(t, five, small(core.Settings{"theta_0": 0.5}), beta, 4000)
	got := estimated(t, "landau_mass", nil, setting, b)
	if m := got["landau_mass"]; math.Abs(m.Value[0]-1) > 1e-7 || !(m.Stderr[0] < 1e-7) {
		t.Errorf("mass %v +- %v, %s", m.Value, m.Stderr, m.Caution())
	}
	if r := got["landau_residual"].Value[0]; !(r < 1e-7) {
		t.Errorf("residual %v", r)
	}
	known := 0
	for _, f := range got["landau_interaction"].Value {
		if !math.IsNaN(f) {
			known++
			if math.Abs(f) > 1e-6 {
				t.Errorf("f = %v", f)
			}
		}
	}
	if known != 4 {
		t.Errorf("%d elements of f, want those of two shells", known)
	}
}

// Both kinetic energies of a flow that is not the identity, with the exact Laplacian and an
// estimate of it, from the same draws.
func TestKineticEnergiesOfAFlow(t *testing.T) {
	for _, laplacian := range []string{"exact", "hutchinson"} {
		_, m, setting, b := electronGas(t, five, core.Settings{"theta_0": 0.5, "width": int64(4), "pair_width": int64(2), "laplacian": laplacian}, cold, 20)
		r := rand.New(rand.NewPCG(5, 6))
		theta := make([]float64, m.Spec().Parameters)
		if err := m.Init(theta, 1); err != nil {
			t.Fatal(err)
		}
		for i := range theta {
			theta[i] += 0.1 * r.NormFloat64()
		}
		if err := m.Load(theta); err != nil {
			t.Fatal(err)
		}
		if err := m.Sample(b, 4, 3000); err != nil {
			t.Fatal(err)
		}
		b.Lap = make([]complex128, b.N)
		if err := m.(core.DensityMatrix).Laplacian(b.Lap, b); err != nil {
			t.Fatal(err)
		}
		if err := m.(core.StateSloper).StateSlope(core.LogPsiSlope.Room(b, len(b.X)), b); err != nil {
			t.Fatal(err)
		}
		b.E = make([]float64, b.N)
		got := estimated(t, "kinetic_energy_gradient", nil, setting, b)
		energy, difference := got["kinetic_energy_gradient"], got["kinetic_energy_difference"]
		if off := difference.Value[0] / difference.Stderr[0]; !(off < 4 && off > -8) || !(energy.Value[0] > 10.06) || !(difference.Stderr[0] < 0.2*energy.Value[0]) {
			t.Errorf("%s: %v +- %v, difference %v +- %v", laplacian, energy.Value, energy.Stderr, difference.Value, difference.Stderr)
		}
	}
}
