package expression

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/coretest"
	"github.com/helmholtz-physics/helmholtz/framework/engine/enginetest"
	"github.com/helmholtz-physics/helmholtz/hamiltonians/coulombtrap"
	"github.com/helmholtz-physics/helmholtz/hamiltonians/ising"
	"github.com/helmholtz-physics/helmholtz/hamiltonians/phi4"
	"github.com/helmholtz-physics/helmholtz/hamiltonians/quantumdot"
	"github.com/helmholtz-physics/helmholtz/hamiltonians/xy"
)

// table is [energy.constants].
type table = map[string]any

const lennardJones = "pairs(4*eps*((sigma/r)^12 - (sigma/r)^6) - cut, r < rc); cut = 4*eps*((sigma/rc)^12 - (sigma/rc)^6)"

// open opens a part with settings.
func open(t testing.TB, part core.Part, s core.Settings) core.Energy {
	t.Helper()
	full, problems := core.Complete(part.Params, s)
	if problems != nil {
		t.Fatal(problems)
	}
	e, err := part.NewEnergy(full)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// twins are formulas of energies that are built in.
var twins = map[string]struct {
	part     core.Part
	settings core.Settings
	formula  core.Settings
}{
	"ising": {ising.Part, core.Settings{"L": 6, "field": 0.1},
		core.Settings{"space": "spins", "L": 6, "E": "sum(-J*s*shift(s, 1) - J*s*shift(s, 2) - h*s)", "constants": table{"J": 1, "h": 0.1}}},
	"ising by bonds": {ising.Part, core.Settings{"L": 5}, core.Settings{"space": "spins", "L": 5, "E": "-neighbours(s1*s2)"}},
	"ising open":     {ising.Part, core.Settings{"L": 5, "boundary": "open"}, core.Settings{"space": "spins", "L": 5, "boundary": "open", "E": "-neighbours(s1*s2)"}},
	"ising open by shift": {ising.Part, core.Settings{"L": 5, "boundary": "open"},
		core.Settings{"space": "spins", "L": 5, "boundary": "open", "E": "-sum(s*(shift(s,1) + shift(s,2)))"}},
	"ising triangular": {ising.Part, core.Settings{"L": 4, "lattice": "triangular"}, core.Settings{"space": "spins", "L": 4, "lattice": "triangular", "E": "-neighbours(s1*s2)"}},
	"ising of two":     {ising.Part, core.Settings{"L": 2}, core.Settings{"space": "spins", "L": 2, "E": "-neighbours(s1*s2)"}},
	"phi4": {phi4.Part, core.Settings{"L": 6, "m2": -4.0, "lambda": 6.975},
		core.Settings{"space": "field", "L": 6, "E": "sum((phi - shift(phi,1))^2 + (phi - shift(phi,2))^2 + m2*phi^2 + lambda*phi^4)", "constants": table{"m2": -4, "lambda": 6.975}}},
	"phi4 by bonds": {phi4.Part, core.Settings{"L": 4, "d": 3, "lambda": 0.5},
		core.Settings{"space": "field", "L": 4, "d": 3, "E": "neighbours((phi1 - phi2)^2) + sum(phi^2 + phi^4/2)"}},
	"xy": {xy.Part, core.Settings{"L": 5}, core.Settings{"space": "angles", "L": 5, "E": "-neighbours(cos(theta1 - theta2))"}},
	"coulomb trap": {coulombtrap.Part, core.Settings{"n": 6, "strength": 0.7},
		core.Settings{"space": "particles", "n": 6, "E": "sum(x^2 + y^2) + pairs(g/r)", "constants": table{"g": 0.7}}},
	"coulomb trap in space": {coulombtrap.Part, core.Settings{"n": 5, "d": 3}, core.Settings{"space": "particles", "n": 5, "d": 3, "E": "sum(r^2) + pairs(1/r)"}},
	"quantum dot": {quantumdot.Part, core.Settings{"n": 3, "kappa": 2.0},
		core.Settings{"space": "particles", "n": 3, "E": "sum(r^2/2) + pairs(2/r)", "kinetic": 0.5}},
}

// draw fills configurations at random.
func draw(e core.Energy, n int, r *rand.Rand) *core.Batch {
	space := e.Spec().Space
	b := &core.Batch{N: n, X: make([]float64, n*space.Size())}
	for i := range n {
		space.Random(r, b.X[i*space.Size():(i+1)*space.Size()])
	}
	return b
}

// evaluate gives values and, where there is one, the slope.
func evaluate(t testing.TB, e core.Energy, b *core.Batch) (values, slope []float64) {
	t.Helper()
	values = make([]float64, b.N)
	if err := e.Eval(values, b); err != nil {
		t.Fatal(err)
	}
	if s, ok := e.(core.EnergySloper); ok {
		slope = make([]float64, len(b.X))
		again := make([]float64, b.N)
		if err := s.Slope(slope, again, b); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(values, again) {
			t.Error("other values with the slope")
		}
	}
	return values, slope
}

// The formula of an energy that is built in has its values, slopes, space and kinetic coefficient, and no symmetry that
// it has not.
func TestTwins(t *testing.T) {
	for name, c := range twins {
		t.Run(name, func(t *testing.T) {
			want, got := open(t, c.part, c.settings), open(t, Part, c.formula)
			a, b := want.Spec(), got.Spec()
			if fmt.Sprint(a.Space) != fmt.Sprint(b.Space) || a.Kinetic != b.Kinetic {
				t.Errorf("spaces %v and %v, kinetic %v and %v", a.Space, b.Space, a.Kinetic, b.Kinetic)
			}
			for _, s := range b.Symmetries {
				if !slices.Contains(a.Symmetries, s) {
					t.Errorf("symmetry %s", s)
				}
			}
			batch := draw(want, 21, rand.New(rand.NewPCG(1, 2)))
			e, slope := evaluate(t, want, batch)
			f, forces := evaluate(t, got, batch)
			for i := range e {
				if math.Abs(e[i]-f[i]) > 1e-12*(1+math.Abs(e[i])) {
					t.Errorf("E = %.17g, want %.17g", f[i], e[i])
				}
			}
			if len(slope) != len(forces) {
				t.Fatalf("%d slopes, want %d", len(forces), len(slope))
			}
			for i := range slope {
				if math.Abs(slope[i]-forces[i]) > 1e-12*(1+math.Abs(slope[i])) {
					t.Errorf("slope %d is %.17g, want %.17g", i, forces[i], slope[i])
				}
			}
		})
	}
}

// crystal is the face-centred cubic lattice of 4 cells^3 particles in a box of that edge.
func crystal(cells int, edge float64) (x []float64) {
	a := edge / float64(cells)
	for i := range cells * cells * cells {
		for _, basis := range [][3]float64{{0, 0, 0}, {0.5, 0.5, 0}, {0.5, 0, 0.5}, {0, 0.5, 0.5}} {
			x = append(x, a*(float64(i%cells)+basis[0]), a*(float64(i/cells%cells)+basis[1]), a*(float64(i/cells/cells)+basis[2]))
		}
	}
	return x
}

// Argon in reduced units: 108 atoms on the crystal, rho = 1.28, rc = 1.4, shifted. The energy is that of the sum over the crystal
// by an independent program: 648 pairs at (sqrt 2/rho)^(1/3), each with 4 (u^2 - u) - 4 (v^2 - v), u = r^-6, v = rc^-6. There are no forces,
// and none beyond rounding after a shift of all by more than a box.
func TestCrystal(t *testing.T) {
	e := open(t, Part, core.Settings{"space": "particles", "n": 108, "d": 3, "density": 1.28, "E": lennardJones,
		"constants": table{"eps": 1, "sigma": 1, "rc": 1.4}})
	x := crystal(3, e.Spec().Space.Box[0])
	far := slices.Clone(x)
	for i := range far {
		far[i] += 7.3 - float64(i%3)*20
	}
	values, slope := evaluate(t, e, &core.Batch{N: 2, X: slices.Concat(x, far)})
	for _, v := range values {
		if math.Abs(v - -85.3795195304) > 5e-11 {
			t.Errorf("E = %.12f", v)
		}
	}
	for i, f := range slope {
		if math.Abs(f) > 1e-10 {
			t.Errorf("slope %d is %v", i, f)
		}
	}
}

// What each energy claims is so: values, slopes, symmetries, exact values.
func TestConformance(t *testing.T) {
	far := func(dimension int) func(r *rand.Rand, x []float64) { // particles apart, or differences of r^-12 lose digits
		return func(r *rand.Rand, x []float64) {
			for i := range x {
				x[i] = 0.9*float64(i/dimension%3*(1-i%dimension)+i/dimension/3*(i%dimension)) + 0.3*r.Float64()
			}
		}
	}
	for name, c := range map[string]struct {
		settings core.Settings
		options  coretest.EnergyOptions
	}{
		"spins":      {twins["ising"].formula, coretest.EnergyOptions{}},
		"few spins":  {core.Settings{"space": "spins", "L": 7, "d": 1, "E": "sum(-s*shift(s,1) - h*(1 - 2*(x - 2*where(x < 3, 1, 0)))*s*shift(s,1,3))", "constants": table{"h": 0.3}}, coretest.EnergyOptions{}},
		"potts":      {core.Settings{"space": "levels", "L": 4, "q": 3, "E": "neighbours(where(s1 == s2, -1, 0))"}, coretest.EnergyOptions{}},
		"field":      {twins["phi4"].formula, coretest.EnergyOptions{}},
		"bonds":      {twins["phi4 by bonds"].formula, coretest.EnergyOptions{}},
		"open field": {core.Settings{"space": "field", "L": 3, "boundary": "open", "E": "sum((s - shift(s, 1, -1))^2 + tanh(s)*x + abs(s - y)^3) + neighbours(axis*exp(-s1*s2/4))"}, coretest.EnergyOptions{}},
		"angles":     {twins["xy"].formula, coretest.EnergyOptions{}},
		"trap":       {core.Settings{"space": "particles", "n": 6, "E": "sum(r^2) + pairs(exp(-r^2))"}, coretest.EnergyOptions{}},
		"dipoles":    {core.Settings{"space": "particles", "n": 4, "E": "sum(r^2/4) + pairs((1 - 3*(dy/r)^2)/(r^2 + 1)^1.5)"}, coretest.EnergyOptions{}},
		"liquid":     {core.Settings{"space": "particles", "n": 8, "box": []any{4.0}, "E": lennardJones, "constants": table{"eps": 1, "sigma": 0.8, "rc": 1.9}}, coretest.EnergyOptions{Draw: far(2)}},
		"wall":       {core.Settings{"space": "particles", "n": 3, "box": []any{3.0, 4.0}, "E": "sum(sin(2*pi*x/3)^2) + pairs(1/(1 + r^2))"}, coretest.EnergyOptions{}},
	} {
		t.Run(name, func(t *testing.T) { coretest.EnergyPart(t, Part, c.settings, c.options) })
	}
}

// Which symmetries are proved.
func TestSymmetries(t *testing.T) {
	lattice := func(space, formula string) core.Settings {
		return core.Settings{"space": space, "L": 4, "q": 3, "E": formula}
	}
	gas := func(formula string, box ...any) core.Settings {
		return core.Settings{"space": "particles", "n": 3, "E": formula, "box": box}
	}
	for _, c := range []struct {
		settings core.Settings
		want     string
	}{
		{lattice("spins", "sum(-s*shift(s,1))"), "[z2 translation]"},
		{lattice("spins", "sum(-s*shift(s,1) - s)"), "[translation]"},
		{lattice("spins", "sum(-s*x)"), "[]"},
		{lattice("spins", "neighbours(-s1*s2)"), "[z2 translation reflection]"},
		{lattice("spins", "neighbours(-s1*s2*axis)"), "[z2 translation]"},
		{lattice("spins", "neighbours(where(s1 < s2, 1, 0))"), "[translation]"},
		{lattice("levels", "neighbours(where(s1 == s2, -1, 0))"), "[zq translation reflection]"},
		{lattice("levels", "neighbours(where(2*s1 - 2*s2 != 0, 1, 0)*axis)"), "[zq translation]"},
		{lattice("levels", "neighbours(-cos(2*pi*(s1 - s2)/3)) + sum(sin(4*pi/3*(s - shift(s, 1)))^2)"), "[zq translation]"},
		{lattice("levels", "sum(cos(2*pi*(s + shift(s, 1) + shift(s, 2))/3))"), "[zq translation]"},
		{lattice("levels", "neighbours(where(s1 == s2 + 1, -1, 0))"), "[translation]"},
		{lattice("levels", "neighbours((s1 - s2)^2)"), "[translation reflection]"},
		{lattice("levels", "neighbours(-cos(2*pi*(s1 - s2)/4))"), "[translation]"},
		{lattice("levels", "neighbours(-cos(2*pi*(s1 + s2)/3))"), "[translation reflection]"},
		{lattice("levels", "neighbours(where(s1 == s2, -1, 0)) - sum(where(s == 0, x, 0))"), "[]"},
		{lattice("field", "neighbours((s1 - s2)^2) + sum(cos(s) + s*sin(s) + abs(s)^3 + where(s^2 < 1, s^4, exp(-s^2)))"), "[z2 translation reflection]"},
		{lattice("field", "sum(where(s < 1, s^2, 1))"), "[translation reflection]"},
		{lattice("field", "sum(s^2) + 0*sum(s)"), "[z2 translation reflection]"},
		{lattice("angles", "-neighbours(cos(theta1 - theta2))"), "[z2 translation u1 reflection]"},
		{lattice("angles", "-neighbours(cos(2*theta1 - theta2)) "), "[z2 translation]"},
		{lattice("angles", "sum(cos(theta - 2*shift(theta,1) + shift(theta,2)))"), "[z2 translation u1]"},
		{gas("sum(x^2 + y^2) + pairs(1/r)"), "[z2 permutation rotation]"},
		{gas("sum(x^2 + 2*y^2) + pairs(1/r)"), "[z2 permutation]"},
		{gas("sum(r) + pairs(exp(-dx))"), "[]"},
		{gas("pairs(dx*dy/r)"), "[z2 permutation]"},
		{gas("pairs(1/r, r < 1)", 5.0), "[z2 permutation translation]"},
		{gas("sum(sin(2*pi*x/5)) + pairs(1/r)", 5.0), "[permutation]"},
	} {
		if got := fmt.Sprint(open(t, Part, c.settings).Spec().Symmetries); got != c.want {
			t.Errorf("%v has %s, want %s", c.settings["E"], got, c.want)
		}
	}
}

// Values and slopes beside those that are built in, for the same configurations, turn by turn.
func BenchmarkTwins(b *testing.B) {
	for _, name := range []string{"ising", "phi4", "coulomb trap"} {
		c := twins[name]
		if _, lattice := c.settings["L"]; lattice {
			for _, s := range []core.Settings{c.settings, c.formula} {
				s["L"] = 16
			}
		}
		built, formula := open(b, c.part, c.settings), open(b, Part, c.formula)
		batch := draw(built, 1000, rand.New(rand.NewPCG(1, 1)))
		for _, e := range []struct {
			name string
			core.Energy
		}{{"built in", built}, {"formula", formula}} {
			values, slope := make([]float64, batch.N), make([]float64, len(batch.X))
			b.Run(name+"/value/"+e.name, func(b *testing.B) {
				for range enginetest.Loop(b) {
					e.Eval(values, batch)
				}
			})
			if s, ok := e.Energy.(core.EnergySloper); ok {
				b.Run(name+"/slope/"+e.name, func(b *testing.B) {
					for range enginetest.Loop(b) {
						s.Slope(slope, values, batch)
					}
				})
			}
		}
	}
}
