package exact

import (
	"math"
	"testing"
)

// The normal density of any width and place, as widely as Reach goes:
// exp(-beta k (x-m)^2/2) has ln Z = ln sqrt(2 pi/(beta k)), beta <E> = 1/2 and
// beta^2 Var E = 1/2.
func TestIntegrateNormal(t *testing.T) {
	for k, m := range map[float64]float64{1e-8: -40, 1: -40, 3e7: 0} {
		const beta = 1.7
		f := func(x float64) float64 { return beta * k * (x - m) * (x - m) / 2 }
		from, to := Reach(f, m, math.Inf(-1)), Reach(f, m, math.Inf(1))
		if width := math.Sqrt(2 * deep / (beta * k)); math.Abs((to-from)/(2*width)-1) > 1e-8 {
			t.Fatalf("k = %v: from %v to %v, want a half width of %v", k, from, to, width)
		}
		var a Accumulator
		a.Integrate(from, m, func(x float64) (lnw, e float64) { return -f(x), f(x) })
		a.Integrate(m, to, func(x float64) (lnw, e float64) { return -f(x), f(x) })
		mean, variance := a.Energy()
		for what, pair := range map[string][2]float64{
			"ln Z":         {a.LogSum(), math.Log(2*math.Pi/(beta*k)) / 2},
			"beta <E>":     {mean, 0.5},
			"beta^2 Var E": {variance, 0.5},
		} {
			if math.Abs(pair[0]-pair[1]) > 1e-12*(1+math.Abs(pair[1])) {
				t.Errorf("k = %v, m = %v: %s = %.16g, want %.16g", k, m, what, pair[0], pair[1])
			}
		}
	}
}

// A finite end is kept where f has not risen by 100 before it.
func TestReachOfAnEnd(t *testing.T) {
	square := func(x float64) float64 { return x * x }
	if end := Reach(square, 0, 3); end != 3 {
		t.Errorf("end %v, want 3", end)
	}
	if end := Reach(square, 0, 30); math.Abs(end-10) > 1e-12 {
		t.Errorf("end %v, want 10, where x^2 = 100", end)
	}
}

// Independent parts add up: two modes of stiffness 3 and a quadrature of one.
func TestPartition(t *testing.T) {
	const beta, k = 0.6, 3
	var one Accumulator
	f := func(x float64) float64 { return beta * k * x * x / 2 }
	one.Integrate(Reach(f, 0, math.Inf(-1)), Reach(f, 0, math.Inf(1)), func(x float64) (lnw, e float64) { return -f(x), f(x) })
	var c Partition
	c.AddModes(2, k, beta)
	c.Add(&one, beta)
	lnZ := 1.5 * math.Log(2*math.Pi/(beta*k))
	for name, want := range map[string]float64{
		"log_z": lnZ, "free_energy": -lnZ / beta, "energy": 1.5 / beta, "entropy": lnZ + 1.5, "heat_capacity": 1.5,
	} {
		if got := c.Values(beta, "").Values[name]; math.Abs(got-want) > 1e-13*math.Abs(want) {
			t.Errorf("%s = %.16g, want %.16g", name, got, want)
		}
	}
}

// Where f has overflowed it does not rise, and there is no end to find.
func TestReachOfAnOverflow(t *testing.T) {
	infinite := func(float64) float64 { return math.Inf(1) }
	if end := Reach(infinite, 0, math.Inf(1)); !math.IsInf(end, 1) {
		t.Errorf("end %v, want none", end)
	}
}
