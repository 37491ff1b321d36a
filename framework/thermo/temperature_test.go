package thermo

import (
	"math"
	"math/rand/v2"
	"testing"
)

// ising is F, E, S and C of the ferromagnet on a 4 x 4 torus, J = 1, by enumeration of its 2^16 states: how
// many have each energy.
func ising() func(t float64) (f, e, s, c float64) {
	const l = 4
	levels := map[int]float64{}
	for state := range 1 << (l * l) {
		spin := func(x, y int) int { return 1 - 2*(state>>((y%l)*l+x%l)&1) }
		energy := 0
		for y := range l {
			for x := range l {
				energy -= spin(x, y) * (spin(x+1, y) + spin(x, y+1))
			}
		}
		levels[energy]++
	}
	return func(t float64) (f, e, s, c float64) {
		var z, first, second float64
		for energy, count := range levels {
			w := count * math.Exp(-(float64(energy)+2*l*l)/t)
			z += w
			first += w * float64(energy)
			second += w * float64(energy) * float64(energy)
		}
		f, e = -2*l*l-t*math.Log(z), first/z
		return f, e, (e - f) / t, (second/z - e*e) / (t * t)
	}
}

func rms(a []float64) float64 {
	sum := 0.0
	for _, v := range a {
		sum += v * v
	}
	return math.Sqrt(sum / float64(len(a)))
}

// Derived values meet the exact ones within their errors, which are not much too large, of values with
// noise: the errors of 10^4 draws of a network near the Boltzmann density. Grids are coarse, with steps as
// in run files, fine, and logarithmic.
func TestIsingCurve(t *testing.T) {
	exact := ising()
	const noiseF, noiseS = 0.003, 0.02
	for name, grid := range map[string][]float64{
		"coarse": {1.5, 2.0, 2.25, 2.5, 3.0, 4.0},
		"fine":   {1.6, 1.8, 2.0, 2.2, 2.4, 2.6, 2.8, 3.0, 3.2, 3.4, 3.6, 3.8, 4.0},
		"log":    {1.5, 1.8, 2.16, 2.592, 3.11, 3.732, 4.479, 5.375, 6.45},
	} {
		r := rand.New(rand.NewPCG(1, 2))
		pulls := map[string][]float64{}
		for range 30 {
			n := len(grid)
			f, e, s := make([]Value, n), make([]Value, n), make([]Value, n)
			want := map[string][]float64{}
			for i, at := range grid {
				ef, ee, es, ec := exact(at)
				f[i], e[i], s[i] = Value{ef + noiseF*r.NormFloat64(), noiseF}, Value{ee + at*noiseS*r.NormFloat64(), at * noiseS}, Value{es + noiseS*r.NormFloat64(), noiseS}
				want["S"], want["E"] = append(want["S"], es), append(want["E"], ee)
				want["C of S"], want["C of E"] = append(want["C of S"], ec), append(want["C of E"], ec)
			}
			for what, got := range map[string][]Value{"S": Entropy(grid, f), "E": Energy(grid, f), "C of S": HeatCapacityOfEntropy(grid, s), "C of E": HeatCapacityOfEnergy(grid, e)} {
				for i, v := range got {
					pulls[what] = append(pulls[what], (v.Mean-want[what][i])/v.Err)
				}
			}
		}
		for what, p := range pulls {
			// 1 of errors that are right. The spread of polynomials that all fit is a
			// cautious one, the more so the coarser the grid.
			if rms := rms(p); rms > 1.1 || rms < 0.1 {
				t.Errorf("%s grid: %s is %.2f errors away in the mean", name, what, rms)
			}
		}
	}
}

// Without noise the errors are those of the polynomials alone. A grid may come in any order, with points that are
// missing.
func TestExactCurve(t *testing.T) {
	exact := ising()
	grid := []float64{3, 2.2, 2.6, 2.4, 2.0, 2.8, 1.8, 2.5}
	f, s, want := make([]Value, len(grid)), make([]Value, len(grid)), make([][3]float64, len(grid))
	for i, at := range grid {
		ef, ee, es, ec := exact(at)
		f[i], s[i], want[i] = Value{Mean: ef}, Value{Mean: es}, [3]float64{es, ee, ec}
	}
	f[7], s[7] = Unknown(), Unknown()
	for what, got := range [][]Value{Entropy(grid, f), Energy(grid, f), HeatCapacityOfEntropy(grid, s)} {
		for i, v := range got {
			if i == 7 {
				if v.Known() {
					t.Errorf("a missing point has %v", v)
				}
				continue
			}
			if d := math.Abs(v.Mean - want[i][what]); d > 2*v.Err || v.Err > 0.5*want[i][what] && v.Err > 1 {
				t.Errorf("quantity %d at %g: %v, want %.4f", what, grid[i], v, want[i][what])
			}
		}
	}
	if c := HeatCapacityOfEntropy([]float64{0, 0.1, 0.2, 0.3}, []Value{{0, 0}, {0, 0}, {0.01, 0.01}, {0.1, 0.01}}); c[0] != (Value{}) {
		t.Errorf("at T = 0 the heat capacity is %v", c[0])
	}
	if got := Entropy(grid[:2], f[:2]); got[0].Known() {
		t.Errorf("two points give %v", got)
	}
}

// A polynomial is met exactly, with the error of least squares: of a straight line through n points at
// -1, ..., 1 with errors sigma, that of the slope is sigma/sqrt(sum x^2). All degrees fit; those of
// higher degree add to the error.
func TestPolynomial(t *testing.T) {
	x := []float64{-1, -0.5, 0, 0.5, 1}
	y, sigma := make([]float64, 5), []float64{0.1, 0.1, 0.1, 0.1, 0.1}
	for i, v := range x {
		y[i] = 3 + 2*v
	}
	all := polynomials(x, y, sigma, ask{At: 0.5, Value: 10, Slope: 1}, 3)
	if len(all) != 4 || math.Abs(all[1].mean-(10*4+2)) > 1e-12 || all[1].chi2 > 1e-20 || math.Abs(all[3].mean-42) > 1e-12 {
		t.Fatalf("answers %+v", all)
	}
	// The constant is 3, and leaves chi^2 = sum (2x/0.1)^2 = 400 * 2.5.
	if math.Abs(all[0].mean-30) > 1e-12 || math.Abs(all[0].chi2-1000) > 1e-9 {
		t.Errorf("constant %+v", all[0])
	}
	slope := polynomials(x, y, sigma, ask{Slope: 1}, 1)[1]
	variance := 0.0
	for _, c := range slope.coef {
		variance += c * c * 0.01
	}
	if want := 0.01 / 2.5; math.Abs(variance/want-1) > 1e-12 {
		t.Errorf("variance of the slope %g, want %g", variance, want)
	}
	d := Derivative(x, []Value{{1, .1}, {2, .1}, {3, .1}, {4, .1}, {5, .1}})
	for _, v := range d {
		if math.Abs(v.Mean-2) > 1e-12 || v.Err < 0.1/math.Sqrt(2.5) {
			t.Errorf("slope %v, want 2", v)
		}
	}
}

// Two levels 0 and 1: the density of T = 0.2 is known to be better at T = 0.3 than one that was trained badly
// there, with its F = 0.2 too large; others are best where they belong.
func TestBest(t *testing.T) {
	grid := []float64{0.2, 0.3, 0.4}
	f, s := make([]Value, 3), make([]Value, 3)
	for i, at := range grid {
		z := 1 + math.Exp(-1/at)
		f[i] = Value{-at * math.Log(z), 0.001}
		s[i] = Value{math.Log(z) + math.Exp(-1/at)/z/at, 0.001}
	}
	if best, from := Best(grid, f, s); best[1] != f[1] || from[0] != 0 || from[1] != 1 || from[2] != 2 {
		t.Errorf("exact densities: %v from %v", best, from)
	}
	bad := []Value{f[0], {f[1].Mean + 0.2, 0.001}, f[2]}
	best, from := Best(grid, bad, s)
	want := f[2].Mean + 0.1*s[2].Mean
	if low := f[0].Mean - 0.1*s[0].Mean; low < want {
		want = low
	}
	if from[1] == 1 || math.Abs(best[1].Mean-want) > 1e-15 || math.Abs(best[1].Err-(0.001+0.1*0.001)) > 1e-15 || want > bad[1].Mean {
		t.Errorf("best %v from %v, want %g", best, from, want)
	}
}

func TestCompare(t *testing.T) {
	c := Compare([]Value{{1, 3}, {2, 0}, {5, 0}, Unknown()}, []Value{{6, 4}, {4, 1}, {5, 0}, {1, 1}})
	if c.Points != 2 || c.Chi2 != 5 || c.Worst != 1 || c.Sigma != 2 { // distances of 5/5 and 2/1 errors
		t.Errorf("%+v", c)
	}
}
