package ising

import (
	"fmt"
	"math"
	"testing"

	"github.com/helmholtz-physics/helmholtz/hamiltonians/internal/exact"
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
			compare(t, "enumeration", solve(t, l.enumerate, beta), want, append([]string{"magnetization_abs", "magnetization_squared"}, totals...), 1e-10)
			compare(t, "transfer matrix", solve(t, newTransfer(l).solve, beta), want, totals, 1e-10)
			if l.solvedByKaufman() {
				compare(t, "Kaufman", solve(t, l.kaufman, beta), want, totals, 1e-10)
			}
		}
	})
}
