package coulombtrap

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/coretest"
	"github.com/helmholtz-physics/helmholtz/framework/energy/exact/exacttest"
	"github.com/helmholtz-physics/helmholtz/framework/engine/enginetest"
)

// apart draws particles at least 0.2 from each other, so that the third
// derivative of 1/r, 6/r^4, leaves central differences 4 digits more than asked.
func apart(dimension int) func(r *rand.Rand, x []float64) {
	return func(r *rand.Rand, x []float64) {
		for i := 0; i < len(x); {
			for k := range dimension {
				x[i+k] = 2 * r.NormFloat64()
			}
			near := false
			for j := 0; j < i; j += dimension {
				near = near || distance(x[i:i+dimension], x[j:j+dimension]) < 0.2
			}
			if !near {
				i += dimension
			}
		}
	}
}

func distance(a, b []float64) float64 {
	sum := 0.0
	for k := range a {
		sum += (a[k] - b[k]) * (a[k] - b[k])
	}
	return math.Sqrt(sum)
}

func TestConformance(t *testing.T) {
	for _, s := range []core.Settings{{"n": 1}, {"n": 2}, {"n": 2, "d": 3}, {"n": 6}, {"n": 7, "d": 1, "strength": 0.3}, {"n": 5, "d": 3, "strength": 0}, {"n": 20}} {
		t.Run(fmt.Sprint(s), func(t *testing.T) {
			d, ok := s["d"].(int)
			if !ok {
				d = 2
			}
			coretest.EnergyPart(t, Part, s, coretest.EnergyOptions{Draw: apart(d), Large: 200})
		})
	}
}

// The definition, pair by pair.
func TestEvalIsTheDefinition(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for _, c := range []Config{{6, 2, 1}, {3, 3, 0.4}, {4, 1, 2}} {
		size := c.N * c.D
		b := &core.Batch{N: 10, X: make([]float64, 10*size)}
		for i := range b.X {
			b.X[i] = r.NormFloat64()
		}
		e, err := New(c)
		if err != nil {
			t.Fatal(err)
		}
		got := make([]float64, b.N)
		if err := e.Eval(got, b); err != nil {
			t.Fatal(err)
		}
		for k, v := range got {
			want := 0.0
			at := func(i int) []float64 { return b.X[k*size+i*c.D:][:c.D] }
			for i := range c.N {
				want += math.Pow(distance(at(i), make([]float64, c.D)), 2)
				for j := i + 1; j < c.N; j++ {
					want += c.Strength / distance(at(i), at(j))
				}
			}
			if math.Abs(v-want) > 1e-13*want {
				t.Errorf("%+v: E = %.16g, want %.16g", c, v, want)
			}
		}
	}
}

// Two particles at distance r from each other, on both sides of the centre, have
// E = r^2/2 + 1/r, least at r = 1.
func TestLeastEnergyOfTwo(t *testing.T) {
	e, err := New(Config{2, 2, 1})
	if err != nil {
		t.Fatal(err)
	}
	energy, slope := make([]float64, 1), make([]float64, 4)
	if err := e.Slope(slope, energy, &core.Batch{N: 1, X: []float64{0.3, 0.4, -0.3, -0.4}}); err != nil {
		t.Fatal(err)
	}
	if math.Abs(energy[0]-1.5) > 1e-15 || slices.ContainsFunc(slope, func(f float64) bool { return math.Abs(f) > 1e-15 }) {
		t.Errorf("E = %v, slope %v", energy[0], slope)
	}
}

// Particles at the same place: E is +Inf with repulsion, and no more than that
// of the trap without.
func TestCollision(t *testing.T) {
	b := &core.Batch{N: 2, X: []float64{1, 2, 0, 0, 1, 2, 1, 2, 0, 0, 3, 4}}
	for _, strength := range []float64{1, 0} {
		e, err := New(Config{3, 2, strength})
		if err != nil {
			t.Fatal(err)
		}
		energies, slope := make([]float64, 2), make([]float64, 12)
		if err := e.Slope(slope, energies, b); err != nil {
			t.Fatal(err)
		}
		if strength == 0 {
			if energies[0] != 10 || slope[0] != 2 {
				t.Errorf("free: E = %v, slope %v", energies, slope)
			}
		} else if !math.IsInf(energies[0], 1) || slope[0] != 0 || !(energies[1] > 30 && energies[1] < 32) || slope[6] == 0 {
			t.Errorf("E = %v, slope %v", energies, slope)
		}
	}
}

func values(t *testing.T, c Config, beta float64) map[string]float64 {
	t.Helper()
	e, err := New(c)
	return exacttest.Values(t, e, err, beta)
}

// F of two particles in the plane, by quadrature elsewhere, to the digits shown.
func TestReference(t *testing.T) {
	hot, cold := values(t, Config{2, 2, 1}, 1), values(t, Config{2, 2, 1}, 10)
	for name, pair := range map[string][3]float64{
		"F(1)":   {hot["free_energy"], -1.37302848, 6e-9},
		"F(10)":  {cold["free_energy"], 1.57678936, 6e-9},
		"virial": {3*cold["mean_square_radius"] - cold["energy"], 0.4, 1e-15}, // 2 <x^2> - <V> = n d/beta
	} {
		if math.Abs(pair[0]-pair[1]) > pair[2] {
			t.Errorf("%s = %.10g, want %.10g", name, pair[0], pair[1])
		}
	}
}

// Quadrature in ln v against the trapezoidal rule in v, for which the integrand
// vanishes with all derivatives at v = 0; the moments by <v^2> and not by the
// virial theorem.
func TestTwoIsTheIntegral(t *testing.T) {
	const h = 1e-4
	area := []float64{2, 2 * math.Pi, 4 * math.Pi}
	for _, c := range []Config{{2, 1, 1}, {2, 2, 0.3}, {2, 3, 20}} {
		for _, beta := range []float64{0.5, 10} {
			d := float64(c.D)
			low := 3 * math.Pow(c.Strength/math.Sqrt(8), 2./3) // the least U
			var z, u, uu, vv float64
			for v := h; v < 12; v += h {
				e := v*v + c.Strength/(math.Sqrt2*v)
				w := h * area[c.D-1] * math.Pow(v, d-1) * math.Exp(-beta*(e-low))
				z, u, uu, vv = z+w, u+w*e, uu+w*e*e, vv+w*v*v
			}
			u, uu, vv = u/z, uu/z, vv/z
			got := values(t, c, beta)
			for name, want := range map[string]float64{
				"log_z":              d/2*math.Log(math.Pi/beta) + math.Log(z) - beta*low,
				"energy":             d/(2*beta) + u,
				"heat_capacity":      d/2 + beta*beta*(uu-u*u),
				"mean_square_radius": d/(2*beta) + vv,
			} {
				if math.Abs(got[name]-want) > 1e-9*(1+math.Abs(want)) {
					t.Errorf("%+v beta %v: %s = %.12g, want %.12g", c, beta, name, got[name], want)
				}
			}
		}
	}
}

// Without repulsion, and in the limit of little: F = -n d/(2 beta) ln(pi/beta).
func TestFree(t *testing.T) {
	const beta = 3
	free := values(t, Config{5, 3, 0}, beta)
	if want := -7.5 / beta * math.Log(math.Pi/beta); math.Abs(free["free_energy"]-want) > 1e-14 || math.Abs(free["mean_square_radius"]-7.5/beta) > 1e-14 {
		t.Errorf("F = %v, want %v; <x^2> = %v", free["free_energy"], want, free["mean_square_radius"])
	}
	// To first order in g, F rises by g <1/r>, and <1/r> = sqrt(2 pi beta)/2 in
	// the plane: int 2 v exp(-beta v^2)/(sqrt 2 v) dv over int 2 v exp(-beta v^2) dv.
	const g = 1e-7
	rise := values(t, Config{2, 2, g}, beta)["free_energy"] - values(t, Config{2, 2, 0}, beta)["free_energy"]
	if want := g * math.Sqrt(2*math.Pi*beta) / 2; math.Abs(rise-want) > 1e-5*want {
		t.Errorf("F rises by %v, want %v", rise, want)
	}
	if e, err := New(Config{3, 2, 1}); err != nil || slices.Contains(e.Spec().Powers, core.PowerExact) {
		t.Errorf("three particles are declared exact, error %v", err)
	}
}

func TestBadSettings(t *testing.T) {
	if _, err := New(Config{2, 2, math.Inf(1)}); core.KindOf(err) != core.Invalid || !strings.Contains(err.Error(), "coulombtrap: strength must be finite") {
		t.Errorf("error %v", err)
	}
	for _, bad := range []core.Settings{{}, {"n": 0}, {"n": 2, "d": 4}, {"n": 2, "strength": -1}} {
		if _, problems := core.Complete(Part.Params, bad); problems == nil {
			t.Errorf("settings %v were accepted", bad)
		}
	}
}

func BenchmarkSlope(b *testing.B) {
	for _, n := range []int{6, 20} {
		b.Run(fmt.Sprint("n=", n), func(b *testing.B) {
			e, err := New(Config{n, 2, 1})
			if err != nil {
				b.Fatal(err)
			}
			batch := &core.Batch{N: 1000, X: make([]float64, 2000*n)}
			r := rand.New(rand.NewPCG(1, 1))
			for i := range batch.X {
				batch.X[i] = r.NormFloat64()
			}
			energies, slope := make([]float64, 1000), make([]float64, 2000*n)
			b.ReportAllocs()
			for range enginetest.Loop(b) {
				if err := e.Slope(slope, energies, batch); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1000, "ns/configuration")
		})
	}
}
