package shell

import (
	"math"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/coretest"
)

func TestConformance(t *testing.T) {
	for name, s := range map[string]core.Settings{
		"annulus": {}, "disk": {"inner": 0.0}, "line": {"dimension": 1, "validation": 0}, "ball": {"dimension": 5, "inner": 0.5},
	} {
		t.Run(name, func(t *testing.T) {
			coretest.EnergyPart(t, Part, s, coretest.EnergyOptions{Betas: []float64{0.5, 1}, Forbids: true})
		})
	}
}

// By hand: the areas of an annulus, a disk and a line, and the mean of r^2 in them.
func TestExact(t *testing.T) {
	for _, c := range []struct {
		config         Config
		volume, square float64
	}{
		{Config{Dimension: 2, Inner: 1, Outer: 2}, 3 * math.Pi, 2.5},
		{Config{Dimension: 2, Outer: 2}, 4 * math.Pi, 2},
		{Config{Dimension: 1, Inner: 1, Outer: 2}, 2, 7.0 / 3},
		{Config{Dimension: 3, Outer: 1}, 4 * math.Pi / 3, 0.6},
	} {
		e, err := New(c.config)
		if err != nil {
			t.Fatal(err)
		}
		x, _ := e.Exact(0.5)
		for name, want := range map[string]float64{"log_z": math.Log(c.volume), "free_energy": -2 * math.Log(c.volume), "mean_square_radius": c.square} {
			if got := x.Values[name]; math.Abs(got-want) > 1e-14*(1+math.Abs(want)) {
				t.Errorf("%+v: %s = %v, want %v", c.config, name, got, want)
			}
		}
	}
}

// 20000 rows are in the shell and have the radius that an even density has: the standard error
// of < r^2 > is sqrt(Var r^2/20000), Var r^2 = 9/12 of the annulus, whose r^2 is even in [1, 4].
func TestRows(t *testing.T) {
	const n = 20000
	e, err := New(Config{Dimension: 2, Inner: 1, Outer: 2, Seed: 3, Train: n})
	if err != nil {
		t.Fatal(err)
	}
	x, number, energies := make([]float64, 2*n), make([]int32, n), make([]float64, n)
	for i := range number {
		number[i] = int32(i)
	}
	if err := e.Rows(x, number); err != nil {
		t.Fatal(err)
	}
	if err := e.Eval(energies, &core.Batch{N: n, X: x}); err != nil {
		t.Fatal(err)
	}
	square, right := 0.0, 0.0
	for i, v := range energies {
		if v != 0 {
			t.Fatalf("row %d is outside", i)
		}
		square += (x[2*i]*x[2*i] + x[2*i+1]*x[2*i+1]) / n
		right += x[2*i] / n
	}
	if math.Abs(square-2.5) > 4*math.Sqrt(0.75/n) || math.Abs(right) > 4*math.Sqrt(1.25/n) {
		t.Errorf("< r^2 > = %v, < x > = %v", square, right)
	}
}

// At the ends of what is accepted all rows are in the shell: of the thinnest, the largest and the
// smallest radii, in few dimensions and in many, where |x| has the most rounding.
func TestRowsAtTheEnds(t *testing.T) {
	const n = 1000
	for _, radii := range [][2]float64{{1 - 2*thinnest, 1}, {0, largest}, {0, smallest}, {largest * (1 - 2*thinnest), largest}, {smallest, smallest * (1 + 2*thinnest)}} {
		for _, d := range []int{1, 2, 1000} {
			e, err := New(Config{Dimension: d, Inner: radii[0], Outer: radii[1], Seed: 1, Train: n})
			if err != nil {
				t.Fatal(err)
			}
			x, number, energies := make([]float64, d*n), make([]int32, n), make([]float64, n)
			for i := range number {
				number[i] = int32(i)
			}
			if err := e.Rows(x, number); err != nil {
				t.Fatal(err)
			}
			e.values(energies, x)
			for i, v := range energies {
				if v != 0 {
					t.Fatalf("d = %d, radii %v: row %d is outside", d, radii, i)
				}
			}
			exact, err := e.Exact(1)
			for name, v := range exact.Values {
				if err != nil || v-v != 0 {
					t.Errorf("d = %d, radii %v: %s = %v (%v)", d, radii, name, v, err)
				}
			}
		}
	}
}

// What is not a number is nowhere, and so not in the shell.
func TestNowhere(t *testing.T) {
	e, err := New(Config{Dimension: 2, Inner: 1, Outer: 2})
	if err != nil {
		t.Fatal(err)
	}
	energies := make([]float64, 4)
	e.values(energies, []float64{math.NaN(), 1.5, math.Inf(1), 0, 1e200, 1, 1.5, 0})
	for i, want := range []float64{math.Inf(1), math.Inf(1), math.Inf(1), 0} {
		if energies[i] != want {
			t.Errorf("point %d has the energy %v, want %v", i, energies[i], want)
		}
	}
}

func TestBadSettings(t *testing.T) {
	for _, c := range []struct {
		config Config
		want   string
	}{
		{Config{Dimension: 2, Inner: 2, Outer: 2}, "inner must be smaller than outer"},
		{Config{Dimension: 2, Outer: math.Inf(1)}, "outer must be from 1e-150 to 1e+150"},
		{Config{Dimension: 2, Outer: math.NaN()}, "outer must be from"},
		{Config{Dimension: 2, Outer: 2e154}, "outer must be from"},
		{Config{Dimension: 2, Outer: 1e-160}, "outer must be from"},
		{Config{Dimension: 2, Inner: math.NaN(), Outer: 1}, "inner must be 0, or 1e-150 at least"},
		{Config{Dimension: 2, Inner: 1e-160, Outer: 1}, "inner must be 0, or 1e-150 at least"},
		{Config{Dimension: 2, Inner: 1 - 1e-12, Outer: 1}, "inner must be smaller than outer, by 1e-06 of it"},
	} {
		if _, err := New(c.config); core.KindOf(err) != core.Invalid || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: error %v, want %q", c.config, err, c.want)
		}
	}
}
