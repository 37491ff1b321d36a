package exact

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Two levels, E = 0 and E = gap with degeneracy g: Z = 1 + g exp(-beta gap),
// over weights far beyond the range of float64.
func TestAccumulatorTwoLevels(t *testing.T) {
	const g = 3
	for _, ground := range []float64{0, -1e3} {
		for _, x := range []float64{1e-3, 1, 30, 2000} { // beta gap
			beta := 7.0
			gap := ground + x/beta - ground // as rounded in the sum
			x = beta * gap
			var a, b Accumulator
			b.Add(math.Log(g)-beta*(ground+gap), ground+gap, 2) // the light one first
			a.Merge(b)
			a.Merge(Accumulator{})
			a.Add(-beta*ground, ground, -4)
			p := g * math.Exp(-x) / (1 + g*math.Exp(-x))
			mean, variance := a.Energy()
			m, abs, squared := a.Magnetization()
			scale := 1 + math.Abs(ground)
			for what, pair := range map[string][2]float64{
				"ln Z":     {(a.LogSum() + beta*ground) / scale, math.Log1p(g*math.Exp(-x)) / scale},
				"mean":     {(mean - ground) / scale, p * gap / scale},
				"variance": {variance, p * (1 - p) * gap * gap},
				"M":        {m, -4 + 6*p},
				"|M|":      {abs, 4 - 2*p},
				"M^2":      {squared, 16 - 12*p},
			} {
				if math.Abs(pair[0]-pair[1]) > 1e-10*math.Abs(pair[1])+1e-15 {
					t.Errorf("ground %v, beta gap %v: %s = %v, want %v", ground, x, what, pair[0], pair[1])
				}
			}
		}
	}
}

// Free spins in fields, N = 16 so that there are several blocks:
// ln Z = sum_i ln 2 cosh(beta h_i), <s_i> = tanh(beta h_i), <E> = -sum_i h_i <s_i>.
func TestEnumerateFreeSpins(t *testing.T) {
	const n, beta, offset = 16, 0.7, -2.5
	p := Pairs{N: n, J: make([]float64, n*n), H: make([]float64, n), Offset: offset}
	lnZ, mean, variance, m := -beta*offset, offset, 0.0, 0.0
	for i := range p.H {
		h := 0.3 * float64(i-4)
		p.H[i] = h
		lnZ += math.Log(2 * math.Cosh(beta*h))
		mean -= h * math.Tanh(beta*h)
		m += math.Tanh(beta*h) / n
		variance += h * h / (math.Cosh(beta*h) * math.Cosh(beta*h))
	}
	x := Enumerate(beta, p).Values
	for name, want := range map[string]float64{"log_z": lnZ, "energy": mean, "heat_capacity": beta * beta * variance, "magnetization": m} {
		if math.Abs(x[name]-want) > 1e-12*math.Abs(want) {
			t.Errorf("%s = %v, want %v", name, x[name], want)
		}
	}
}

// Without field the last spin is not flipped; a field too small to change
// anything turns that off and must not change the result.
func TestEnumerateHalvedBySymmetry(t *testing.T) {
	const n = 14
	p := Pairs{N: n, J: make([]float64, n*n)}
	for i := range n {
		for j := range i {
			v := math.Sin(float64(n*i + j))
			p.J[i*n+j], p.J[j*n+i] = v, v
		}
	}
	half := Enumerate(0.8, p).Values
	p.H = make([]float64, n)
	p.H[3] = 1e-300
	for name, want := range Enumerate(0.8, p).Values {
		if math.Abs(half[name]-want) > 1e-12*(1+math.Abs(want)) {
			t.Errorf("%s = %v, without symmetry %v", name, half[name], want)
		}
	}
}

func TestSolution(t *testing.T) {
	solved := 0
	c := Solution{Subject: "two states", Solve: func(beta float64) (core.Exact, error) {
		solved++
		return Partition{LogW: math.Ln2}.Values(beta, "by hand"), nil
	}}
	for _, beta := range []float64{1, 2, 1} {
		x, err := c.Exact(beta)
		if err != nil || x.Values["free_energy"] != -math.Ln2/beta {
			t.Errorf("beta %v: %v, %v", beta, x, err)
		}
		clear(x.Values) // the caller's own
	}
	if solved != 2 {
		t.Errorf("solved %d times for two values of beta", solved)
	}
	for _, beta := range []float64{0, -1, math.Inf(1), math.NaN()} {
		if _, err := c.Exact(beta); core.KindOf(err) != core.Invalid {
			t.Errorf("beta %v: error %v", beta, err)
		}
	}
	broken := Solution{Subject: "two states", Solve: func(beta float64) (core.Exact, error) {
		return Partition{Excess: math.NaN()}.Values(beta, "by hand"), nil
	}}
	if _, err := broken.Exact(1); core.KindOf(err) != core.Numeric || !strings.Contains(err.Error(), "energy is NaN at beta = 1") {
		t.Errorf("not a number: error %v", err)
	}
	cold := Solution{Subject: "two states", Ground: func(beta float64) (core.Exact, error) {
		return Partition{Lowest: -3, LogW: math.Ln2}.Values(beta, "by hand"), nil
	}}
	if x, err := cold.Exact(math.Inf(1)); err != nil || x.Values["lowest_energy"] != -3 || !slices.Equal(cold.Powers(), []core.Power{core.PowerExact, core.PowerGround}) {
		t.Errorf("ground state: %v, error %v, powers %v", x, err, cold.Powers())
	}
	if x, err := cold.Exact(2); err != nil || x.Source != "by hand" || len(x.Values) != 1 || x.Values["lowest_energy"] != -3 {
		t.Errorf("ground state at beta = 2: %v, error %v, want the lowest energy alone", x, err)
	}
	if _, err := (&Solution{}).Exact(1); core.KindOf(err) != core.Unsupported {
		t.Errorf("without solution: error %v", err)
	}
}

// What float64 cannot hold is absent, here F = -ln Z/beta at beta = 1e-310, and
// ln Z = 1e10 beta at 1e300.
func TestOutOfRangeIsAbsent(t *testing.T) {
	c := Solution{Solve: func(beta float64) (core.Exact, error) {
		return Partition{Lowest: -1e10, LogW: math.Ln2}.Values(beta, "by hand"), nil
	}}
	for beta, absent := range map[float64]string{1e-310: "free_energy", 1e300: "log_z"} {
		x, err := c.Exact(beta)
		if _, has := x.Values[absent]; err != nil || has || len(x.Values) != 4 {
			t.Errorf("beta = %v: %v, error %v, want all but %s", beta, x.Values, err, absent)
		}
	}
}

// A fully connected ferromagnet of couplings 0.1, whose sums round: from beta =
// 1e-300 to +Inf the two lowest states stay degenerate, at E = -0.1 N(N-1)/2.
func TestEnumerateAtBothEnds(t *testing.T) {
	const n = 15
	p := Pairs{N: n, J: make([]float64, n*n)}
	for i := range p.J {
		if i%(n+1) != 0 {
			p.J[i] = 0.1
		}
	}
	const lowest = -0.1 * n * (n - 1) / 2
	cold := map[string]float64{"free_energy": lowest, "energy": lowest, "lowest_energy": lowest, "entropy": math.Ln2, "heat_capacity": 0,
		"magnetization": 0, "magnetization_abs": 1, "magnetization_squared": 1}
	// at infinite temperature independent signs: <M^2> = N, <|M|> = N C(N-1, (N-1)/2)/2^(N-1)
	const beta = 1e-300
	hot := map[string]float64{"log_z": n * math.Ln2, "free_energy": -n * math.Ln2 / beta, "energy": 0, "lowest_energy": lowest,
		"entropy": n * math.Ln2, "heat_capacity": 0, "magnetization": 0, "magnetization_abs": 3432. / (1 << 14), "magnetization_squared": 1. / n}
	for beta, want := range map[float64]map[string]float64{beta: hot, 1e13: cold, 1e300: cold, math.Inf(1): cold} {
		got := Enumerate(beta, p).Values
		for name, w := range want {
			if g, ok := got[name]; !ok || !(math.Abs(g-w) <= 1e-12*(1+math.Abs(w))) {
				t.Errorf("beta = %v: %s = %.16g, want %.16g", beta, name, g, w)
			}
		}
		if _, has := got["log_z"]; has && math.IsInf(beta, 1) {
			t.Error("ln Z of temperature 0")
		}
	}
}
