package ising

import (
	"fmt"
	"math"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/energy/exact"
)

// bruteGround takes means over the states of lowest energy, from the definition.
func bruteGround(l lattice) map[string]float64 {
	n := l.lx * l.ly
	sites := float64(n)
	lowest, count := math.Inf(1), 0.0
	var m1, mAbs, m2 float64
	s := make([]float64, n)
	for state := range 1 << n {
		m := 0.0
		for i := range s {
			s[i] = 1 - 2*float64(state>>i&1)
			m += s[i]
		}
		e := slowEnergy(l, s)
		if e < lowest-1e-9 { // levels are multiples of 0.1 apart
			lowest, count, m1, mAbs, m2 = e, 0, 0, 0, 0
		}
		if e < lowest+1e-9 {
			count, m1, mAbs, m2 = count+1, m1+m, mAbs+math.Abs(m), m2+m*m
		}
	}
	return map[string]float64{
		"free_energy": lowest, "energy": lowest, "lowest_energy": lowest, "entropy": math.Log(count), "heat_capacity": 0,
		"magnetization": m1 / count / sites, "magnetization_abs": mAbs / count / sites, "magnetization_squared": m2 / count / (sites * sites),
	}
}

var groundTotals = []string{"free_energy", "energy", "entropy", "heat_capacity"}
var magnetizations = []string{"magnetization", "magnetization_abs", "magnetization_squared"}

// Every method at temperature 0, and so cold that it makes no difference.
func TestGroundStates(t *testing.T) {
	eachSmall(t, func(t *testing.T, l lattice) {
		want := bruteGround(l)
		for _, beta := range []float64{1e13, 1e300, math.Inf(1)} {
			got := solve(t, l.enumerate, beta)
			compare(t, fmt.Sprint("enumeration at ", beta), got, want, append(append([]string{"lowest_energy"}, groundTotals...), magnetizations...), 1e-12)
			compare(t, fmt.Sprint("transfer matrix at ", beta), solve(t, newTransfer(l).solve, beta), want, groundTotals, 1e-12)
			if l.solvedByKaufman() {
				compare(t, fmt.Sprint("Kaufman at ", beta), solve(t, l.kaufman, beta), want, groundTotals, 1e-12)
			}
		}
		if l.j > 0 || l.alternates() {
			compare(t, "closed form", solve(t, l.ground, math.Inf(1)), want, append(groundTotals, magnetizations...), 1e-12)
		}
	})
}

// 42 and 906124242 ground states of the triangular antiferromagnet (TestTriangularAntiferromagnet),
// at any low temperature, whatever rounding does to J = -0.1.
func TestResidualEntropy(t *testing.T) {
	for size, count := range map[int]float64{4: 42, 8: 906124242} {
		for _, j := range []float64{-1, -0.1} {
			e, err := New(Config{Lattice: triangular, L: size, Boundary: periodic, J: j})
			if err != nil {
				t.Fatal(err)
			}
			for _, beta := range []float64{1e13, 1e300, math.Inf(1)} {
				x, err := e.Exact(beta)
				if err != nil {
					t.Fatal(err)
				}
				near(t, "entropy", x.Values["entropy"], math.Log(count), 1e-12)
				near(t, "energy", x.Values["energy"], j*float64(size*size), 1e-12*float64(size*size))
				near(t, "lowest energy", x.Values["lowest_energy"], j*float64(size*size), 1e-12*float64(size*size))
			}
		}
	}
}

// Both ends of beta by each method: N ln 2 and E = 0 where it is hot, and values
// that are finite or absent at any beta.
func TestBothEndsOfBeta(t *testing.T) {
	for name, l := range map[string]lattice{
		"Kaufman": {lx: 5, ly: 6, periodic: true, j: 1.3}, "Kaufman of a ring": {lx: 30, ly: 1, periodic: true, j: 1},
		"transfer matrix": {lx: 5, ly: 6, triangular: true, periodic: true, j: -1, field: 0.1},
		"free":            {lx: 5, ly: 6, field: -0.7}, "free without field": {lx: 5, ly: 6},
		"enumeration": {lx: 4, ly: 4, periodic: true, j: 1},
	} {
		c := exact.Solution{Subject: name, Solve: l.solver(), Ground: l.grounder()}
		for _, beta := range []float64{1e-310, 1e-300, 1e-10, 1e10, 1e13, 1e300, math.MaxFloat64} {
			x, err := c.Exact(beta)
			if err != nil {
				t.Errorf("%s at beta = %v: %v", name, beta, err)
				continue
			}
			n := float64(l.lx * l.ly)
			if beta < 1 {
				near(t, name+": hot entropy", x.Values["entropy"], n*math.Ln2, 1e-12*n)
				want := 0.0
				if name == "Kaufman of a ring" {
					want = -30 // each spin is its own neighbour above and below
				}
				near(t, name+": hot energy", x.Values["energy"], want, 1e-7) // of order beta
			} else {
				near(t, name+": cold energy", x.Values["energy"], x.Values["lowest_energy"], 1e-12*n)
				near(t, name+": cold heat capacity", x.Values["heat_capacity"], 0, 0)
			}
		}
	}
}

// At temperature 0 far beyond what is solved at others.
func TestGroundStateOfAnySize(t *testing.T) {
	for _, c := range []struct {
		config       Config
		energy, lnG  float64
		m, abs       float64
		knownAtOther bool
	}{
		{Config{Lattice: triangular, L: 1000, Boundary: periodic, J: 1}, -3e6, math.Ln2, 0, 1, false},
		{Config{Lattice: square, L: 100, Boundary: open, J: 2, Field: -0.5}, -2*2*100*99 - 0.5*1e4, 0, -1, 1, false},
		{Config{Lattice: square, Lx: 101, Ly: 51, Boundary: open, J: -1}, -(100*51 + 101*50), math.Ln2, 0, 1. / (101 * 51), false},
		{Config{Lattice: square, L: 100, Boundary: periodic, J: -1}, -2e4, math.Ln2, 0, 0, true},
	} {
		e, err := New(c.config)
		if err != nil {
			t.Fatal(err)
		}
		x, err := e.Exact(math.Inf(1))
		if err != nil {
			t.Fatal(err)
		}
		for name, want := range map[string]float64{"energy": c.energy, "free_energy": c.energy, "lowest_energy": c.energy, "entropy": c.lnG,
			"magnetization": c.m, "magnetization_abs": c.abs, "magnetization_squared": c.abs * c.abs} {
			near(t, fmt.Sprint(c.config, " ", name), x.Values[name], want, 0)
		}
		if known := e.Solve != nil; known != c.knownAtOther {
			t.Errorf("%+v: solved at finite beta: %v", c.config, known)
		}
		if x, err := e.Exact(0.3); err != nil || x.Values["lowest_energy"] != c.energy || c.knownAtOther == (len(x.Values) == 1) {
			t.Errorf("%+v at beta = 0.3: %v, %v", c.config, x.Values, err)
		}
	}
	// An odd torus is frustrated, and no method counts its states at this size.
	e, err := New(Config{Lattice: square, L: 31, Boundary: periodic, J: -1})
	if err != nil {
		t.Fatal(err)
	}
	if len(e.Spec().Powers) != 0 {
		t.Errorf("powers %v of a frustrated lattice of 961 sites", e.Spec().Powers)
	}
}
