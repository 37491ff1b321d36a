package phi4

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
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// e1 is the first ensemble of arXiv:1904.12072.
var e1 = Config{L: 6, D: 2, M2: -4, Lambda: 6.975}

func TestConformance(t *testing.T) {
	for _, s := range []core.Settings{
		{"L": 6, "m2": -4, "lambda": 6.975}, {"L": 7, "d": 1, "m2": 0, "lambda": 0.5}, {"L": 4, "d": 3, "m2": -1, "lambda": 2},
		{"L": 2, "m2": 0.5}, {"L": 1, "d": 3, "m2": 3}, {"L": 3, "d": 3, "m2": 0.2},
	} {
		t.Run(fmt.Sprint(s), func(t *testing.T) { coretest.EnergyPart(t, Part, s, coretest.EnergyOptions{}) })
	}
}

// slowEnergy is the definition with coordinates.
func slowEnergy(c Config, phi []float64) float64 {
	at := func(x, y, z int) float64 { return phi[(z%c.L*c.L+y%c.L)*c.L+x%c.L] }
	if c.D < 3 {
		at = func(x, y, _ int) float64 { return phi[y%c.L*c.L+x%c.L] }
	}
	if c.D < 2 {
		at = func(x, _, _ int) float64 { return phi[x%c.L] }
	}
	sum := 0.0
	for site := range phi {
		x, y, z := site%c.L, site/c.L%c.L, site/(c.L*c.L)
		v := at(x, y, z)
		for mu, neighbour := range []float64{at(x+1, y, z), at(x, y+1, z), at(x, y, z+1)} {
			if mu < c.D {
				sum += (v - neighbour) * (v - neighbour)
			}
		}
		sum += c.M2*v*v + c.Lambda*v*v*v*v
	}
	return sum
}

func normal(seed uint64, n, size int) *core.Batch {
	r := rand.New(rand.NewPCG(seed, 0))
	b := &core.Batch{N: n, X: make([]float64, n*size)}
	for i := range b.X {
		b.X[i] = r.NormFloat64()
	}
	return b
}

func TestEvalIsTheDefinition(t *testing.T) {
	for _, c := range []Config{e1, {1, 2, 0.3, 1}, {2, 2, -1, 2}, {5, 1, 1, 0}, {2, 3, 0, 1}, {4, 3, -0.7, 0.4}, {3, 3, 1, 0}} {
		e, err := New(c)
		if err != nil {
			t.Fatal(err)
		}
		n := c.sites()
		b := normal(1, 9, n)
		got := make([]float64, b.N)
		if err := e.Eval(got, b); err != nil {
			t.Fatal(err)
		}
		for k, v := range got {
			if want := slowEnergy(c, b.X[k*n:(k+1)*n]); math.Abs(v-want) > 1e-13*(1+float64(n)*math.Abs(want)) {
				t.Errorf("%+v: S = %.16g, want %.16g", c, v, want)
			}
		}
	}
}

func values(t *testing.T, c Config, beta float64) map[string]float64 {
	t.Helper()
	e, err := New(c)
	return exacttest.Values(t, e, err, beta)
}

// ln Z of the free field with m^2 = 1 in the plane, from the closed form,
// computed elsewhere to the digits shown.
func TestReference(t *testing.T) {
	for l, want := range map[int]float64{6: -6.53099389, 8: -11.62288526} {
		if got := values(t, Config{L: l, D: 2, M2: 1}, 1)["log_z"]; math.Abs(got-want) > 6e-9 {
			t.Errorf("L = %d: ln Z = %.10g, want %.10g", l, got, want)
		}
	}
}

// The free field without Fourier modes: S = phi^T M phi has
// ln Z = N/2 ln(pi/beta) - 1/2 ln det M and <phi_i phi_j> = M^-1_ij/(2 beta). The
// columns of M are half the slopes of unit fields.
func TestFreeIsTheDeterminant(t *testing.T) {
	const beta = 0.7
	for _, c := range []Config{{6, 1, 0.3, 0}, {2, 2, 1, 0}, {4, 2, 0.05, 0}, {3, 3, 2, 0}} {
		e, err := New(c)
		if err != nil {
			t.Fatal(err)
		}
		n := c.sites()
		unit := &core.Batch{N: n, X: make([]float64, n*n)}
		for i := range n {
			unit.X[i*n+i] = 1
		}
		m, ignored := make([]float64, n*n), make([]float64, n)
		if err := e.Slope(m, ignored, unit); err != nil {
			t.Fatal(err)
		}
		for i := range m {
			m[i] /= 2
		}
		var lu tensor.LU
		lu.Factor(n, m, n)
		lnDet, sign := lu.LogDet()
		inverse := slices.Clone(unit.X)
		lu.Solve(false, n, inverse, n)
		diagonal, all := 0.0, 0.0
		for i, v := range inverse {
			all += v
			if i%(n+1) == 0 {
				diagonal += v
			}
		}
		got := values(t, c, beta)
		for name, want := range map[string]float64{
			"log_z":          float64(n)/2*math.Log(math.Pi/beta) - lnDet/2,
			"energy":         float64(n) / (2 * beta),
			"heat_capacity":  float64(n) / 2,
			"field_squared":  diagonal / (2 * beta) / float64(n),
			"susceptibility": all / (2 * beta) / float64(n), // V <M^2> = sum_xy <phi_x phi_y>/V
		} {
			if sign != 1 || math.Abs(got[name]-want) > 1e-12*(1+math.Abs(want)) {
				t.Errorf("%+v: %s = %.14g, want %.14g", c, name, got[name], want)
			}
		}
	}
}

func TestBadSettings(t *testing.T) {
	for _, c := range []struct {
		config Config
		want   string
	}{
		{Config{L: 4, D: 2, M2: 0}, "phi4: m2 must be greater than 0 where lambda is 0, got 0"},
		{Config{L: 4, D: 2, M2: -1}, "m2 must be greater than 0 where lambda is 0, got -1"},
		{Config{L: 4, D: 2, M2: math.Inf(-1), Lambda: 1}, "m2 must be finite, got -Inf"},
		{Config{L: 4, D: 2, M2: 1, Lambda: math.Inf(1)}, "lambda must be finite, got +Inf"},
	} {
		_, err := New(c.config)
		if core.KindOf(err) != core.Invalid || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: error %v, want %q", c.config, err, c.want)
		}
	}
	for _, bad := range []core.Settings{{}, {"L": 0}, {"L": 4, "d": 4}, {"L": 4, "lambda": -1}} {
		if _, problems := core.Complete(Part.Params, bad); problems == nil {
			t.Errorf("settings %v were accepted", bad)
		}
	}
	if e, err := New(e1); err != nil || slices.Contains(e.Spec().Powers, core.PowerExact) {
		t.Errorf("the interacting theory is declared exact, error %v", err)
	}
}

func BenchmarkSlope(b *testing.B) {
	for _, c := range []Config{e1, {16, 2, -4, 5}, {8, 3, -4, 5}} {
		b.Run(fmt.Sprintf("L=%d,d=%d", c.L, c.D), func(b *testing.B) {
			e, err := New(c)
			if err != nil {
				b.Fatal(err)
			}
			batch := normal(1, 1000, c.sites())
			energies, slope := make([]float64, batch.N), make([]float64, len(batch.X))
			b.ReportAllocs()
			for range enginetest.Loop(b) {
				if err := e.Slope(slope, energies, batch); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(batch.X)), "ns/site")
		})
	}
}
