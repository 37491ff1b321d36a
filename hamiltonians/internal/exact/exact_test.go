package exact

import (
	"math"
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

func TestCache(t *testing.T) {
	solved := 0
	c := Cache{Subject: "two states", Solve: func(beta float64) (core.Exact, error) {
		solved++
		return Values(beta, math.Ln2, 0, 0, "by hand"), nil
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
	overflow := Cache{Subject: "two states", Solve: func(beta float64) (core.Exact, error) {
		return Values(beta, math.Ln2, 0, 1, "by hand"), nil // C = beta^2
	}}
	if _, err := overflow.Exact(1e200); core.KindOf(err) != core.Numeric || !strings.Contains(err.Error(), "heat_capacity is +Inf at beta = 1e+200") {
		t.Errorf("overflow: error %v", err)
	}
	if _, err := (&Cache{}).Exact(1); core.KindOf(err) != core.Unsupported {
		t.Errorf("without solution: error %v", err)
	}
}
