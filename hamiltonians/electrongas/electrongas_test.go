package electrongas

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/coretest"
	"github.com/helmholtz-physics/helmholtz/framework/energy"
	"github.com/helmholtz-physics/helmholtz/framework/energy/exact"
	"github.com/helmholtz-physics/helmholtz/framework/energy/exact/exacttest"
	"github.com/helmholtz-physics/helmholtz/framework/engine/enginetest"
)

func TestConformance(t *testing.T) {
	uniform := func(r *rand.Rand, x []float64) {
		for i := range x {
			x[i] = 10 * r.Float64()
		}
	}
	for _, c := range []struct {
		settings core.Settings
		constant bool
	}{
		{core.Settings{"n": 1}, true},
		{core.Settings{"n": 3, "r_s": 5.0, "twist": []float64{0.25, 0.25}}, false},
		{core.Settings{"n": 4, "r_s": 0.0}, true},
		{core.Settings{"n": 13}, false},
		{core.Settings{"n": 7, "dimension": 3, "twist": []float64{0.5, 0, -0.25}}, false},
		{core.Settings{"n": 5, "n_down": 2}, false},
	} {
		t.Run(fmt.Sprint(c.settings), func(t *testing.T) {
			coretest.EnergyPart(t, Part, c.settings, coretest.EnergyOptions{Draw: uniform, Constant: c.constant, Large: 100})
		})
	}
}

func open(t *testing.T, c Config) *energy.Energy {
	t.Helper()
	e, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// One electron has V = r_s xi/L, L = sqrt(pi) or (4 pi/3)^(1/3), with xi computed
// by other programs; V is proportional to r_s and does not see where a box begins.
func TestUnits(t *testing.T) {
	v := make([]float64, 1)
	for _, c := range []struct {
		Config
		want float64
	}{
		{Config{1, 0, 2, 3, nil}, 3 * -3.9002649200 / math.Sqrt(math.Pi)},
		{Config{1, 0, 3, 2, nil}, 2 * -2.8372974795 / math.Cbrt(4*math.Pi/3)},
	} {
		x := make([]float64, c.Dimension)
		if err := open(t, c.Config).Eval(v, &core.Batch{N: 1, X: x}); err != nil || math.Abs(v[0]-c.want) > 1e-9 {
			t.Errorf("%+v: V = %.10f, want %.10f, error %v", c.Config, v[0], c.want, err)
		}
	}
	e := open(t, Config{5, 0, 2, 1, nil})
	box := e.Spec().Space.Box
	r := rand.New(rand.NewPCG(1, 2))
	x := make([]float64, 20)
	for i := range 10 {
		x[i] = 20 * r.NormFloat64()
		x[10+i] = x[i] + box[0]*float64(r.IntN(5)-2)
	}
	both := make([]float64, 2)
	if err := e.Eval(both, &core.Batch{N: 2, X: x}); err != nil || math.Abs(both[1]/both[0]-1) > 1e-12 {
		t.Errorf("V = %v before, %v after moves by whole boxes, error %v", both[0], both[1], err)
	}
	strong := open(t, Config{5, 0, 2, 7, nil})
	if err := strong.Eval(v, &core.Batch{N: 1, X: x[:10]}); err != nil || math.Abs(v[0]/both[0]-7) > 1e-12 {
		t.Errorf("V is %v at r_s = 1 and %v at 7, error %v", both[0], v[0], err)
	}
}

// Electrons at the same place.
func TestCollision(t *testing.T) {
	v := make([]float64, 1)
	if err := open(t, Config{2, 0, 2, 1, nil}).Eval(v, &core.Batch{N: 1, X: []float64{1, 2, 1, 2}}); err != nil || !math.IsInf(v[0], 1) {
		t.Errorf("V = %v, error %v", v, err)
	}
}

// The free gas at T/T_F = 0.15, in as many orbitals as the trained networks of
// arXiv:2201.03156 have: all with |n|^2 <= 25 or 49. The values are those of another
// program with the same recursion; in three dimensions they are per electron.
func TestIdealGas(t *testing.T) {
	for _, c := range []struct {
		Config
		top, orbitals int
		theta         float64
		f, e, s       float64
	}{
		{Config{5, 0, 2, 1, nil}, 25, 81, 0.15, 9.918234, 10.578323, 1.100149},
		{Config{13, 0, 2, 1, []float64{0.25, 0.25}}, 25, 81, 0.15, 24.811052, 27.524258, 4.522011},
		{Config{13, 0, 2, 1, nil}, 25, 81, 0.15, 25.332120, 28.937676, 6.009260},
		{Config{29, 0, 2, 1, []float64{0.25, 0.25}}, 25, 81, 0.15, 54.701205, 61.961012, 12.099678},
		{Config{29, 0, 2, 1, nil}, 25, 81, 0.15, 54.830405, 62.495530, 12.775208},
		{Config{57, 0, 2, 1, []float64{0.25, 0.25}}, 49, 149, 0.15, 106.762999, 122.089374, 25.543958},
		{Config{7, 0, 3, 1, nil}, 0, 0, 0.125, 7 * 3.534711, 7 * 3.686322, 7 * .207449},
		{Config{33, 0, 3, 1, nil}, 0, 0, 0.5, 33 * .575655, 33 * 5.950506, 33 * 1.838604},
	} {
		beta := 1 / (c.theta * c.fermi())
		var eps []float64
		unit := square(2 * math.Pi / c.box())
		for _, v := range c.levels(8) {
			if c.top > 0 && len(c.Twist) == 0 && v < unit*(float64(c.top)+0.5) {
				eps = append(eps, v)
			}
		}
		if c.top > 0 && len(c.Twist) > 0 { // |n|^2 and not |n + twist|^2 is bounded
			for x := -8; x <= 8; x++ {
				for y := -8; y <= 8; y++ {
					if square(x)+square(y) <= c.top {
						eps = append(eps, unit*(square(float64(x)+0.25)+square(float64(y)+0.25)))
					}
				}
			}
		}
		if len(eps) != c.orbitals {
			t.Fatalf("%d orbitals, want %d", len(eps), c.orbitals)
		}
		// Half a unit of the last digit given, times the electrons where it is per
		// electron.
		tolerance := 1e-6
		if c.Dimension == 3 {
			tolerance = 0.5e-6 * float64(c.N)
		}
		check := func(what string, f, e, s, tolerance float64) {
			if math.Abs(f-c.f) > tolerance || math.Abs(e-c.e) > tolerance || math.Abs(s-c.s) > tolerance {
				t.Errorf("%+v %s: F %.7f E %.7f S %.7f, want %.6f %.6f %.6f", c.Config, what, f, e, s, c.f, c.e, c.s)
			}
		}
		if c.top > 0 {
			f, e, s := exact.IdealFermions(eps, c.N, beta)
			check("in these orbitals", f, e, s, tolerance)
		}
		if c.N <= 33 && c.N != 29 { // where the orbitals left out do not show
			e, err := New(c.Config)
			x := exacttest.Values(t, e, err, beta)
			check("exact", x["ideal_free_energy"], x["ideal_energy"], x["ideal_entropy"], tolerance)
		}
	}
}

// Only without interaction are the values of the free gas those of the gas.
func TestExactNames(t *testing.T) {
	for rs, want := range map[float64]bool{0: true, 1: false} {
		e, err := New(Config{3, 0, 2, rs, nil})
		x := exacttest.Values(t, e, err, 1)
		f, ok := x["free_energy"]
		if ok != want || ok && f != x["ideal_free_energy"] {
			t.Errorf("r_s = %v: values %v", rs, x)
		}
	}
}

// At a temperature far below the gap, all that is left is the Fermi sea: N = 5 fills
// n = 0 and four of |n| = 1, at (2 pi/L)^2 with L^2 = 5 pi.
func TestGroundState(t *testing.T) {
	e, err := New(Config{5, 0, 2, 1, nil})
	x := exacttest.Values(t, e, err, 1e3)
	if want := 4 * 4 * math.Pi / 5; math.Abs(x["ideal_energy"]-want) > 1e-10 || x["ideal_entropy"] > 1e-9 {
		t.Errorf("energy %v, want %v; entropy %v", x["ideal_energy"], want, x["ideal_entropy"])
	}
}

func TestSpec(t *testing.T) {
	s := open(t, Config{7, 0, 3, 1, []float64{0, 0.1, 0.5}}).Spec()
	box := math.Cbrt(4 * math.Pi / 3 * 7)
	if !s.Space.Periodic || !slices.Equal(s.Space.Box, []float64{box, box, box}) || !slices.Equal(s.Space.Twist, []float64{0, 0.1, 0.5}) {
		t.Errorf("space %+v", s.Space)
	}
	// 5.84667 Ry/r_s^2 in three dimensions, 4 in two.
	if s.Kinetic != 1 || s.Units != "Ry/r_s^2" || math.Abs(s.FermiTemperature-5.84667) > 5e-6 {
		t.Errorf("spec %+v", s)
	}
	if got, want := open(t, Config{N: 7, Dimension: 3, RS: 5}).Spec().Scale, (core.Scale{Energy: 0.04, EnergyUnits: "Ry", Length: 5, LengthUnits: "Bohr"}); got != want {
		t.Errorf("scale %+v, want %+v", got, want)
	}
	if got := open(t, Config{N: 7, Dimension: 3}).Spec().Scale; got != (core.Scale{}) {
		t.Errorf("the free gas has the scale %+v", got)
	}
}

// Both spins: k_F is that of the majority, k_F^2 = 2 pi n (1 + zeta) and k_F^3 = 3 pi^2 n (1 + zeta) with
// n = 1/pi and 3/(4 pi); free electrons of one spin do not know of the others; V knows no spin.
func TestSpins(t *testing.T) {
	for _, c := range []struct {
		Config
		fermi, unpolarised float64
	}{
		{Config{10, 5, 2, 1, nil}, 2, 2}, {Config{4, 1, 2, 1, nil}, 3, 2}, {Config{5, 0, 2, 1, nil}, 4, 2},
		{Config{14, 7, 3, 1, nil}, 3.68317, 3.68317}, {Config{4, 1, 3, 1, nil}, math.Pow(9*math.Pi/4*1.5, 2./3), 3.68317},
	} {
		s := open(t, c.Config).Spec()
		if math.Abs(s.FermiTemperature-c.fermi) > 5e-6 || math.Abs(s.UnpolarisedFermiTemperature-c.unpolarised) > 5e-6 {
			t.Errorf("%+v: T_F = %v and %v", c, s.FermiTemperature, s.UnpolarisedFermiTemperature)
		}
		want := []int{c.N - c.NDown, c.NDown}
		if c.NDown == 0 {
			want = nil
		}
		if !slices.Equal(s.Space.Kinds, want) || s.Space.Check() != nil {
			t.Errorf("%+v: kinds %v", c, s.Space.Kinds)
		}
	}
	// In a box of a size that is that of all electrons: E -> E (L/L')^2 of 3 + 2 electrons in L, each spin with L'.
	both := open(t, Config{5, 2, 2, 0, nil})
	x, err := both.Exact(0.7)
	sum := 0.0
	for _, n := range []int{3, 2} {
		scale := 5 / float64(n) // (L/L')^2
		one, err := open(t, Config{n, 0, 2, 0, nil}).Exact(0.7 / scale)
		if err != nil {
			t.Fatal(err)
		}
		sum += one.Values["energy"] / scale
	}
	if got := x.Values["energy"]; err != nil || math.Abs(got-sum) > 1e-12*sum {
		t.Errorf("energy %v, of the spins %v, error %v", got, sum, err)
	}
	r := rand.New(rand.NewPCG(1, 2))
	at := &core.Batch{N: 1, X: make([]float64, 10)}
	for i := range at.X {
		at.X[i] = 4 * r.Float64()
	}
	v, polarised := make([]float64, 1), make([]float64, 1)
	if open(t, Config{5, 2, 2, 1, nil}).Eval(v, at) != nil || open(t, Config{5, 0, 2, 1, nil}).Eval(polarised, at) != nil || v[0] != polarised[0] {
		t.Errorf("V = %v with two spins and %v with one", v, polarised)
	}
}

func TestBadSettings(t *testing.T) {
	for _, c := range []struct {
		Config
		want string
	}{
		{Config{2, 0, 2, math.Inf(1), nil}, "r_s must be finite, got +Inf"},
		{Config{N: 3, NDown: 2, Dimension: 2}, "n_down must be at most half of n = 3, as spin up is that of the majority, got 2"},
		{Config{2, 0, 2, 1, []float64{0.1}}, "twist must have 2 numbers, one per dimension, got 1"},
	} {
		if _, err := New(c.Config); core.KindOf(err) != core.Invalid || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: error %v, want %q", c.Config, err, c.want)
		}
	}
	for _, c := range []struct {
		settings core.Settings
		want     string
	}{
		{core.Settings{}, "n is required"},
		{core.Settings{"n": 0}, "n must be at least 1, got 0"},
		{core.Settings{"n": 2, "dimension": 1}, "dimension must be at least 2, got 1"},
		{core.Settings{"n": 2, "r_s": -1.0}, "r_s must be at least 0, got -1"},
		{core.Settings{"n": 2, "twist": []float64{-0.5, 0}}, "twist has an element that must be greater than -0.5, got -0.5"},
		{core.Settings{"n": 2, "twist": []float64{0, 0.6}}, "twist has an element that must be at most 0.5, got 0.6"},
	} {
		_, problems := core.Complete(Part.Params, c.settings)
		if len(problems) != 1 || !strings.Contains(problems[0].Error(), c.want) {
			t.Errorf("%v: %v, want %q", c.settings, problems, c.want)
		}
	}
	if _, err := open(t, Config{2, 0, 3, 1, nil}).Exact(1e-5); core.KindOf(err) != core.Unsupported {
		t.Errorf("a temperature of 1e5: error %v", err)
	}
}

func BenchmarkEval(b *testing.B) {
	for _, c := range []Config{{13, 0, 2, 1, nil}, {29, 0, 2, 1, nil}, {57, 0, 2, 1, nil}, {7, 0, 3, 1, nil}, {33, 0, 3, 1, nil}} {
		b.Run(fmt.Sprintf("%dD/n=%d", c.Dimension, c.N), func(b *testing.B) {
			e, err := New(c)
			if err != nil {
				b.Fatal(err)
			}
			const n = 512
			batch := &core.Batch{N: n, X: make([]float64, n*c.N*c.Dimension)}
			r := rand.New(rand.NewPCG(1, 1))
			for i := range batch.X {
				batch.X[i] = c.box() * r.Float64()
			}
			v := make([]float64, n)
			b.ReportAllocs()
			for range enginetest.Loop(b) {
				if err := e.Eval(v, batch); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/n, "us/configuration")
		})
	}
}

// The pressure of the free gas is -dF/dOmega at constant T, Omega = L^d: in a box s L the
// energies are s^-2 of those here, so that F = s^-2 f(T s^2).
func TestPressureOfFreeElectrons(t *testing.T) {
	for _, c := range []Config{{5, 0, 2, 0, nil}, {3, 0, 2, 0, []float64{0.25, 0.25}}, {7, 0, 3, 0, nil}} {
		e := open(t, c)
		exact := func(beta float64) map[string]float64 {
			x, err := e.Exact(beta)
			if err != nil {
				t.Fatal(err)
			}
			return x.Values
		}
		const beta, h = 0.7, 1e-4
		f := func(s float64) float64 { return exact(beta / s / s)["ideal_free_energy"] / s / s }
		volume := func(s float64) float64 { return math.Pow(s*c.box(), float64(c.Dimension)) }
		want := -(f(1+h) - f(1-h)) / (volume(1+h) - volume(1-h))
		if got := exact(beta)["pressure"]; math.Abs(got/want-1) > 1e-6 { // h^2 times the third derivative
			t.Errorf("%+v: pressure %v, want %v", c, got, want)
		}
	}
	if _, known := func() (float64, bool) {
		x, _ := open(t, Config{5, 0, 2, 1, nil}).Exact(1)
		v, ok := x.Values["pressure"]
		return v, ok
	}(); known {
		t.Error("the pressure of an interacting gas is not that of the free one")
	}
}
