package xy

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
)

func TestConformance(t *testing.T) {
	for _, s := range []core.Settings{{"L": 4, "d": 1}, {"L": 5, "d": 1, "J": 0.4}, {"L": 6, "d": 1, "J": -1.0}, {"L": 4}, {"L": 3, "J": -2.0}, {"L": 2}} {
		t.Run(fmt.Sprint(s), func(t *testing.T) { coretest.EnergyPart(t, Part, s, coretest.EnergyOptions{}) })
	}
}

// slowEnergy is the definition with coordinates.
func slowEnergy(c Config, x []float64) float64 {
	sum := 0.0
	for i, v := range x {
		right := i - i%c.L + (i+1)%c.L
		sum -= c.J * math.Cos(v-x[right])
		if c.D == 2 {
			sum -= c.J * math.Cos(v-x[(i+c.L)%len(x)])
		}
	}
	return sum
}

func TestEvalIsTheDefinition(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, c := range []Config{{1, 1, 0.7}, {1, 2, 1}, {2, 1, 1}, {2, 2, -1}, {5, 1, 2}, {4, 2, 0.3}} {
		e, err := New(c)
		if err != nil {
			t.Fatal(err)
		}
		s := e.Spec().Space
		x, got := make([]float64, s.Size()), make([]float64, 1)
		s.Random(r, x)
		if err := e.Eval(got, &core.Batch{N: 1, X: x}); err != nil {
			t.Fatal(err)
		}
		if want := slowEnergy(c, x); math.Abs(got[0]-want) > 1e-13 {
			t.Errorf("%+v: E = %.16g, want %.16g", c, got[0], want)
		}
	}
}

// seriesI is I_m(b) by its power series.
func seriesI(m int, b float64) float64 {
	term, sum := 1.0, 0.0
	for k := 1; k <= m; k++ {
		term *= b / 2 / float64(k)
	}
	for k := 1; term > 1e-18*sum; k++ {
		sum += term
		term *= b * b / 4 / float64(k*(k+m))
	}
	return sum
}

// The sum over series, to rounding: up to b = 20 terms do not cancel and 60 are enough.
func TestRingIsTheSum(t *testing.T) {
	for _, n := range []int{1, 2, 4, 7, 30} {
		for _, b := range []float64{1e-9, 0.03, 1, 5, 20} {
			sum := 0.0
			for m := range 60 {
				w := math.Pow(2*math.Pi*seriesI(m, b), float64(n))
				if m > 0 {
					w *= 2
				}
				sum += w
			}
			x := values(t, Config{L: n, D: 1, J: 2}, b/2)
			if got, want := x["log_z"], math.Log(sum); math.Abs(got-want) > 1e-13*(1+math.Abs(want)) {
				t.Errorf("n = %d, b = %v: ln Z = %.16g, want %.16g", n, b, got, want)
			}
		}
	}
	// ln sum_m (2 pi I_m(1))^4, computed elsewhere with 30 digits.
	if got := values(t, Config{L: 4, D: 1, J: 1}, 1)["log_z"]; math.Abs(got-8.371827432455) > 1e-12 {
		t.Errorf("ln Z of four rotators is %.13g", got)
	}
}

// A ring of one has E = -J whatever x. Two rotators with two bonds are one with
// b = 2 beta J and a free one: ln Z = 2 ln 2 pi + ln I_0(2b), <E> = -2J I_1(2b)/I_0(2b),
// C = (2b)^2 (1 - y/(2b) - y^2) with y = I_1/I_0.
func TestSmallRings(t *testing.T) {
	for _, b := range []float64{1e-6, 0.5, 4} {
		one := values(t, Config{L: 1, D: 1, J: 1}, b)
		if math.Abs(one["energy"]+1) > 1e-10 || math.Abs(one["heat_capacity"]) > 1e-12 {
			t.Errorf("b = %v: one rotator has <E> = %v, C = %v", b, one["energy"], one["heat_capacity"])
		}
		two, y := values(t, Config{L: 2, D: 1, J: 1}, b), seriesI(1, 2*b)/seriesI(0, 2*b)
		for name, want := range map[string]float64{"log_z": 2*math.Log(2*math.Pi) + math.Log(seriesI(0, 2*b)), "energy": -2 * y,
			"heat_capacity": 4 * b * b * (1 - y/(2*b) - y*y)} {
			if math.Abs(two[name]-want) > 1e-9*math.Abs(want) {
				t.Errorf("b = %v: two rotators have %s = %.15g, want %.15g", b, name, two[name], want)
			}
		}
	}
}

// At low temperature the n - 1 relative angles are springs, up to 1/b: of the
// heat capacity, on both sides of where springs take over.
func TestHarmonicLimit(t *testing.T) {
	c := Config{L: 10, D: 1, J: 1}
	for _, b := range []float64{1e4, 1e6, 0.99 * harmonic} {
		x := values(t, c, b)
		if got := x["heat_capacity"]; math.Abs(got-4.5) > 10/b+1e-7 {
			t.Errorf("b = %v: C = %v, want 9/2", b, got)
		}
	}
	below, above := values(t, c, harmonic*(1-1e-12)), values(t, c, harmonic*(1+1e-12))
	for _, name := range []string{"entropy", "heat_capacity", "energy"} {
		if math.Abs(below[name]-above[name]) > 1e-6 {
			t.Errorf("%s jumps from %v to %v", name, below[name], above[name])
		}
	}
}

func values(t *testing.T, c Config, beta float64) map[string]float64 {
	t.Helper()
	e, err := New(c)
	return exacttest.Values(t, e, err, beta)
}

func TestKnown(t *testing.T) {
	for c, want := range map[Config]bool{{4, 1, 1}: true, {4, 1, -1}: true, {5, 1, -1}: false, {4, 2, 1}: false} {
		e, err := New(c)
		if err != nil || slices.Contains(e.Spec().Powers, core.PowerExact) != want {
			t.Errorf("%+v: powers %v, error %v", c, e.Spec().Powers, err)
		}
	}
	if _, err := New(Config{4, 1, math.Inf(1)}); core.KindOf(err) != core.Invalid || !strings.Contains(err.Error(), "J must be finite, got +Inf") {
		t.Errorf("error %v", err)
	}
}
