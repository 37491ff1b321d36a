package ising

import (
	"fmt"
	"math"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/energy/exact"
)

var totals = []string{"log_z", "free_energy", "energy", "entropy", "heat_capacity"}

// small lists the corners of the geometry: rings, ladders, double bonds and
// self-bonds of lengths 2 and 1, rectangles both ways.
var small = [][2]int{{1, 1}, {1, 4}, {2, 1}, {2, 2}, {2, 3}, {3, 3}, {4, 3}, {3, 5}, {4, 4}, {5, 2}}

func eachSmall(t *testing.T, f func(t *testing.T, l lattice)) {
	for _, size := range small {
		for _, triangular := range []bool{false, true} {
			for _, periodic := range []bool{false, true} {
				for _, j := range []float64{1, -0.7} {
					for _, field := range []float64{0, 0.3} {
						l := lattice{size[0], size[1], triangular, periodic, j, field}
						t.Run(fmt.Sprintf("%+v", l), func(t *testing.T) { f(t, l) })
					}
				}
			}
		}
	}
}

// bruteForce sums over all states with energies straight from the definition,
// the moments about the mean in a second sweep.
func bruteForce(l lattice, beta float64) map[string]float64 {
	n := l.lx * l.ly
	es, ms := make([]float64, 1<<n), make([]float64, 1<<n)
	s := make([]float64, n)
	for state := range es {
		for i := range s {
			s[i] = 1 - 2*float64(state>>i&1)
			ms[state] += s[i]
		}
		es[state] = slowEnergy(l, s)
	}
	mean := func(f func(state int) float64) float64 {
		z, sum := 0.0, 0.0
		for state, e := range es {
			w := math.Exp(-beta * (e - es[0]))
			z, sum = z+w, sum+w*f(state)
		}
		return sum / z
	}
	z := 0.0
	for _, e := range es {
		z += math.Exp(-beta * (e - es[0]))
	}
	lnZ := math.Log(z) - beta*es[0]
	u := mean(func(i int) float64 { return es[i] })
	variance := mean(func(i int) float64 { return (es[i] - u) * (es[i] - u) })
	sites := float64(n)
	return map[string]float64{
		"log_z": lnZ, "free_energy": -lnZ / beta, "energy": u, "entropy": lnZ + beta*u,
		"heat_capacity":         beta * beta * variance,
		"magnetization":         mean(func(i int) float64 { return ms[i] }) / sites,
		"magnetization_abs":     mean(func(i int) float64 { return math.Abs(ms[i]) }) / sites,
		"magnetization_squared": mean(func(i int) float64 { return ms[i] * ms[i] }) / (sites * sites),
	}
}

func solve(t *testing.T, s exact.Solver, beta float64) map[string]float64 {
	t.Helper()
	x, err := s(beta)
	if err != nil {
		t.Fatal(err)
	}
	return x.Values
}

func compare(t *testing.T, what string, got, want map[string]float64, names []string, tolerance float64) {
	t.Helper()
	for _, name := range names {
		g, ok := got[name]
		if !ok || math.IsNaN(g) || math.Abs(g-want[name]) > tolerance*(1+math.Abs(want[name])) {
			t.Errorf("%s: %s = %.15g, want %.15g", what, name, g, want[name])
		}
	}
}

func TestMethodsAgreeWithBruteForce(t *testing.T) {
	eachSmall(t, func(t *testing.T, l lattice) {
		for _, beta := range []float64{0.05, 0.44068679350977147, 1.3} {
			want := bruteForce(l, beta)
			compare(t, "enumeration", solve(t, l.enumerate, beta), want, append([]string{"magnetization", "magnetization_abs", "magnetization_squared"}, totals...), 1e-10)
			compare(t, "transfer matrix", solve(t, newTransfer(l).solve, beta), want, totals, 1e-10)
			if l.solvedByKaufman() {
				compare(t, "Kaufman", solve(t, l.kaufman, beta), want, totals, 1e-10)
			}
		}
	})
}

// Without coupling, where all methods hold.
func TestFreeSpins(t *testing.T) {
	for _, field := range []float64{0, 0.3, -2} {
		l := lattice{lx: 3, ly: 4, triangular: true, periodic: true, field: field}
		for _, beta := range []float64{0.05, 1.3} {
			want := bruteForce(l, beta)
			compare(t, "free spins", solve(t, l.free, beta), want, totals, 1e-12)
			compare(t, "transfer matrix", solve(t, newTransfer(l).solve, beta), want, totals, 1e-12)
		}
		// cosh(beta h) beyond float64: every spin follows the field.
		cold := solve(t, l.free, 1000)
		near(t, "cold energy", cold["energy"], -12*math.Abs(field), 1e-12)
	}
}

// Beyond enumeration: the methods against each other on larger rectangles.
func TestKaufmanIsTheTransferMatrix(t *testing.T) {
	for _, size := range [][2]int{{1, 40}, {2, 31}, {5, 7}, {6, 8}, {9, 7}, {8, 30}} {
		for _, beta := range []float64{0.01, 0.4, 0.45, 3} {
			l := lattice{lx: size[0], ly: size[1], periodic: true, j: 1}
			want := solve(t, newTransfer(l).solve, beta)
			compare(t, fmt.Sprint(size, beta), solve(t, l.kaufman, beta), want, totals, 1e-11)
			turned := lattice{lx: size[1], ly: size[0], periodic: true, j: 1}
			compare(t, fmt.Sprint(size, beta, "turned"), solve(t, turned.kaufman, beta), want, totals, 1e-11)
		}
	}
}

// <E> = -d ln Z/d beta and C = -beta^2 d<E>/d beta by central differences,
// for each method; d^3 ln Z/d beta^3 of order N makes an error of N step^2.
func TestThermodynamicConsistency(t *testing.T) {
	const step = 1e-5
	kaufman := lattice{lx: 32, ly: 20, periodic: true, j: -1.3}
	torus := lattice{lx: 6, ly: 7, triangular: true, periodic: true, j: -1, field: 0.5}
	opened := lattice{lx: 9, ly: 6, triangular: true, j: 0.8, field: -0.1}
	enumerated := lattice{lx: 4, ly: 4, triangular: true, periodic: true, j: -1}
	for name, s := range map[string]exact.Solver{
		"Kaufman": kaufman.kaufman, "torus": newTransfer(torus).solve,
		"open": newTransfer(opened).solve, "enumeration": enumerated.enumerate,
	} {
		for _, beta := range []float64{0.2, 0.34, 0.7} {
			at, above, below := solve(t, s, beta), solve(t, s, beta+step), solve(t, s, beta-step)
			slope := func(what string) float64 { return (above[what] - below[what]) / (2 * step) }
			near(t, fmt.Sprint(name, beta, " energy"), at["energy"], -slope("log_z"), 1e-6*math.Abs(at["energy"]))
			near(t, fmt.Sprint(name, beta, " heat capacity"), at["heat_capacity"], -beta*beta*slope("energy"), 1e-5*at["heat_capacity"])
			if at["heat_capacity"] < 0.1 {
				t.Errorf("%s beta %v: heat capacity %v leaves nothing to test", name, beta, at["heat_capacity"])
			}
		}
	}
}

// Kaufman's formula changes form at s = 1 and must be smooth there: values a
// hair above and below differ by their slopes alone.
func TestKaufmanIsSmoothAtTheCriticalPoint(t *testing.T) {
	kc := math.Log(1+math.Sqrt2) / 2
	const step = 1e-9
	for _, n := range []int{4, 17, 64} {
		above, at, below := kaufman(kc+step, n, n), kaufman(kc, n, n), kaufman(kc-step, n, n)
		sites := float64(n * n)
		near(t, "ln Z", (above.v-below.v)/sites, 2*step*at.d/sites, 1e-14)
		near(t, "first derivative", (above.d-below.d)/sites, 2*step*at.dd/sites, 1e-11)
		near(t, "second derivative", above.dd/sites, below.dd/sites, 1e-5)
	}
}

// A million sites from beta = 1e-3 to 100: nothing overflows, and both ends
// have their limits. High temperature, to order K^4: ln Z/N = ln 2 + K^2 +
// 5/6 K^4 (closed loops: 2N ln cosh K = N (K^2 - K^4/6), N plaquettes tanh^4 K).
// Low temperature: two ground states of energy -2N.
func TestLargeLattice(t *testing.T) {
	const size = 1000
	const sites = size * size
	l := lattice{lx: size, ly: size, periodic: true, j: 1}
	for _, beta := range []float64{1e-3, 1e-2, 0.1, 0.44, 0.4406867935, 0.441, 1, 10, 100} {
		for name, v := range solve(t, l.kaufman, beta) {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				t.Errorf("beta %v: %s = %v", beta, name, v)
			}
		}
	}
	k := 1e-3
	hot := solve(t, l.kaufman, k)
	near(t, "hot ln Z", hot["log_z"]/sites, math.Ln2+k*k+5*k*k*k*k/6, 1e-15)
	near(t, "hot energy", hot["energy"]/sites, -2*k-10*k*k*k/3, 1e-14)
	near(t, "hot heat capacity", hot["heat_capacity"]/(2*k*k*sites), 1+5*k*k, 1e-9)
	cold := solve(t, l.kaufman, 100)
	near(t, "cold ln Z", cold["log_z"]/(200*sites), 1+math.Ln2/(200*sites), 1e-15)
	near(t, "cold energy", cold["energy"], -2*sites, 1e-6)
	near(t, "cold entropy", cold["entropy"], math.Ln2, 1e-6)
}

// At low temperature the transfer matrix joins weights whose ratio is far out
// of float64's range: on an antiferromagnetic torus of 4 columns and 5 rows
// each column has one broken bond, so E0 = -2 20 + 2 4 = -32, and the broken
// bonds of all columns lie in the same row gap (5 ways, 2 colourings).
func TestTransferMatrixNearZeroTemperature(t *testing.T) {
	l := lattice{lx: 4, ly: 5, periodic: true, j: -1}
	got := solve(t, newTransfer(l).solve, 400)
	near(t, "energy", got["energy"], -32, 1e-12)
	near(t, "entropy", got["entropy"], math.Log(10), 1e-11)
}

// Which lattices have exact values, and by which method.
func TestSolver(t *testing.T) {
	for _, c := range []struct {
		l    lattice
		want string // "" where none is declared
	}{
		{lattice{4, 6, true, false, 1, 0.5}, "enumeration of 2^24 states"},
		{lattice{300, 200, false, true, 1, 0}, "Kaufman 1949, finite periodic lattice"},
		{lattice{30, 20, false, true, -1, 0}, "Kaufman 1949, finite periodic lattice"},
		{lattice{16, 16, true, true, 0, 0.1}, "free spins"},
		{lattice{7, 8, false, true, -1, 0}, "transfer matrix"},
		{lattice{9, 9, true, true, -1, 0}, "transfer matrix"},
		{lattice{6, 100, true, true, 1, 0.5}, "transfer matrix"},
		{lattice{14, 14, false, false, 1, 0}, "transfer matrix"},
		{lattice{31, 21, false, true, -1, 0}, ""},
		{lattice{16, 16, false, true, 1, 0.1}, ""},
		{lattice{16, 16, true, true, -1, 0}, ""},
		{lattice{40, 40, true, false, -1, 0}, ""},
		{lattice{10000, 10000, true, true, -1, 0}, ""},
	} {
		s := c.l.solver()
		if s == nil || c.want == "" {
			if (s == nil) != (c.want == "") {
				t.Errorf("%+v: solver declared: %v, want %q", c.l, s != nil, c.want)
			}
			continue
		}
		x, err := s(0.3)
		if err != nil || x.Source != c.want {
			t.Errorf("%+v: source %q, error %v, want %q", c.l, x.Source, err, c.want)
		}
	}
}
