package expression

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Every mistake is named, with the key and a caret under its place.
func TestMessages(t *testing.T) {
	for _, c := range []struct{ space, formula, want string }{
		{"spins", "sum(-J*ss)", `E ss means nothing in a sum over sites; did you mean s?
    sum(-J*ss)
           ^`},
		{"spins", "sum(coupling*s)", `E coupling means nothing in a sum over sites; known are s, x, y, J, and what [energy.constants] has
    sum(coupling*s)
        ^`},
		{"spins", "sum(-J*", "E ends too early: wanted is a number, a name or a bracket\n    sum(-J*\n           ^"},
		{"spins", "sum(s", "E ends too early: wanted is a comma or the bracket that closes sum(\n    sum(s\n         ^"},
		{"spins", "sum(s))", "E has \")\" where the end, or an operation is wanted\n    sum(s))\n          ^"},
		{"spins", "sum((s]", "E has ']', which means nothing in a formula\n    sum((s]\n          ^"},
		{"spins", "sum(s**2)", "E has \"**\"; write ^\n    sum(s**2)\n         ^"},
		{"spins", "sum(s)\n  + sum(2 s)", "E has \"s\" where a comma or the bracket that closes sum( is wanted\n      + sum(2 s)\n              ^"},
		{"spins", "sum(sine(s))", "E there is no function sine; did you mean sin?\n    sum(sine(s))\n        ^"},
		{"spins", "sum(erfc(s))", "E there is no function erfc; known are abs, cos, exp,"},
		{"spins", "sum(exp)", "E exp is a function: write exp(...)"},
		{"spins", "sum(exp(s, 1))", "E exp takes one argument, got 2\n    sum(exp(s, 1))\n        ^"},
		{"spins", "sum(where(s, 1, 0))", "E is a number where a condition is wanted, as in r < rc\n    sum(where(s, 1, 0))\n              ^"},
		{"spins", "sum(1 + (s < 0))", "E is a condition where a number is wanted; write where(condition, 1, 0)\n    sum(1 + (s < 0))\n               ^"},
		{"spins", "sum(where(0 < s < 1, 1, 0))", "E compares three numbers; write a < b and b < c\n    sum(where(0 < s < 1, 1, 0))\n                    ^"},
		{"spins", "sum(where(s = 1, 1, 0))", "E has \"=\"; a comparison is written =="},
		{"spins", "s", "E s differs from item to item, and stands outside of sum(...)"},
		{"spins", "J + 1", "E does not depend on the configuration: write sum(...), neighbours(...) or pairs(...)"},
		{"spins", "sum(s)^2", "E sum(...) can only be added, and multiplied by constants: energies are sums\n    sum(s)^2\n    ^"},
		{"spins", "sum(s)*sum(s)", "E multiplies two sums; sums can only be added"},
		{"spins", "1/sum(s)", "E divides by a sum"},
		{"spins", "sum(s)/0", "E divides by 0\n    sum(s)/0\n          ^"},
		{"spins", "sum(s/(J - J))", "E divides by 0"},
		{"spins", "sum(s*log(-1))", "E has a constant that is not finite"},
		{"spins", "sum(s*sum(s))", "E sum(...) stands in a sum over sites; sums are not nested\n    sum(s*sum(s))\n          ^"},
		{"spins", "sum(s*z)", "E z is the coordinate along axis 3, and there are 2"},
		{"spins", "sum(shift(s, 3))", "E the axis is to be a whole number from 1 to 2\n    sum(shift(s, 3))\n                 ^"},
		{"spins", "sum(shift(s, 1, 0.5))", "E the number of steps is to be a whole number from -100 to 100"},
		{"spins", "sum(shift(s))", "E shift takes what is shifted, an axis, and how many steps"},
		{"spins", "sum(shift(shift(s, 1, 90), 1, 90))", "E shifts by 180 sites; 100 are the most"},
		{"spins", "neighbours(s*s2)", "E s has two values at a bond: write s1 and s2\n    neighbours(s*s2)\n               ^"},
		{"spins", "neighbours(shift(s1, 1))", "E shift stands in neighbours(...); it takes the value at another site"},
		{"spins", "pairs(1/r)", "E pairs are of particles; on a lattice write neighbours(f)"},
		{"spins", "sum(s, s)", "E sum takes one argument, got 2"},
		{"spins", "sum(u*s); u = v; v = u", "E u is defined by itself\n    sum(u*s); u = v; v = u"},
		{"spins", "sum(u*s); u = 1; u = 2", "E defines u twice"},
		{"spins", "sum(u*s); u", "E ends too early: wanted is = and what u is"},
		{"spins", "sum(u*s); 2 = u", "E has \"2\" where the name of a definition, as in u = sigma/r is wanted"},
		{"spins", "sum(s); exp = 1", "E defines exp, which is a word of the language"},
		{"spins", "sum(s); J = 1", "E defines J, which stands in [energy.constants], too"},
		{"spins", "sum(s); s1 = 1", "E defines s1, which has a meaning of its own in neighbours(...)"},
		{"spins", "sum(1e999*s)", "E has a number that is too large: 1e999"},
		{"spins", "sum(" + strings.Repeat("(", 200) + "s", "E is nested deeper than 100"},
		{"spins", strings.Repeat("a", 20001), "E has 20001 characters; 20000 are the most"},
		{"spins", "sum(\xff)", "E has a byte that is no UTF-8\n    sum(\ufffd)\n        ^"},
		{"particles", "neighbours(1)", "E neighbours are those of a lattice; of particles write pairs(f, r < rc)"},
		{"particles", "pairs(x)", "E x is that of one particle, and pairs depend on r, or on dx, dy, dz"},
		{"particles", "pairs(1/r, 3)", "E is a number where a condition is wanted, as in r < rc\n    pairs(1/r, 3)\n               ^"},
		{"particles", "pairs(1/r, r < 3, 1)", "E pairs takes a term, and a condition where it is to hold, got 3"},
		{"box", "sum(r)", "E r is the distance from the origin, which a periodic box does not have"},
		{"field", "sum(" + strings.Repeat("where(s < 0, ", 90) + "exp(s)" + strings.Repeat(", sin(s))", 90) + ")", ""},
	} {
		s := core.Settings{"space": c.space, "E": c.formula, "L": 4, "n": 3, "constants": table{"J": 1}}
		if c.space == "box" {
			s["space"], s["box"] = "particles", []any{2.0}
		}
		full, problems := core.Complete(Part.Params, s)
		if problems != nil {
			t.Fatal(problems)
		}
		_, err := Part.NewEnergy(full)
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%s: %v", core.Shorten(c.formula), err)
		case c.want == "":
		case err == nil:
			t.Errorf("%s is accepted", core.Shorten(c.formula))
		case !strings.Contains(err.Error(), c.want):
			t.Errorf("%s: error\n%v\nwant\n%s", core.Shorten(c.formula), err, c.want)
		}
	}
}

// Settings beside the formula.
func TestBadSettings(t *testing.T) {
	for _, c := range []struct {
		settings core.Settings
		want     string
	}{
		{core.Settings{"space": "spins", "E": "sum(s)"}, "L is required on a lattice"},
		{core.Settings{"space": "particles", "E": "sum(r)"}, "n is required of particles"},
		{core.Settings{"space": "spins", "L": 4, "d": 1, "lattice": "triangular", "E": "sum(s)"}, "lattice triangular has two dimensions, and d is 1"},
		{core.Settings{"space": "particles", "n": 2, "box": []any{1.0}, "density": 1, "E": "sum(x)"}, "density is given together with box"},
		{core.Settings{"space": "particles", "n": 2, "box": []any{1.0, 2.0, 3.0}, "E": "sum(x)"}, "box has 3 edges; give 2, or one for all axes"},
		{core.Settings{"space": "spins", "L": 4, "E": "sum(s)", "constants": table{"x": 1}}, "constants has x, which has a meaning of its own in a sum over sites"},
		{core.Settings{"space": "spins", "L": 4, "E": "sum(s)", "constants": table{"2k": 1}}, "constants has 2k, which is no name"},
		{core.Settings{"space": "spins", "L": 4, "E": "sum(s)", "constants": table{"exp": 1}}, "constants has exp, which is a word of the language"},
		{core.Settings{"space": "field", "L": 4, "E": "2*sum(x^2 + x^4)"}, "is the same for all configurations: x, y, z are the place of a site, and its value is s\n    2*sum"},
		{core.Settings{"space": "field", "L": 10000, "d": 3, "E": "sum(s^2)"}, "eight configurations of 1000000000000 sites"},
		{core.Settings{"space": "particles", "n": 100000, "E": "pairs(1/r)"}, "tables of 4999950000 pairs"},
	} {
		full, problems := core.Complete(Part.Params, c.settings)
		if problems != nil {
			t.Fatal(problems)
		}
		if _, err := Part.NewEnergy(full); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: error %v, want %s", c.settings, err, c.want)
		}
	}
	e := open(t, Part, core.Settings{"space": "field", "L": 4, "E": "sum(s^4) + neighbours(x*axis)"})
	if got := e.Spec().Warnings; len(got) != 1 || !strings.HasPrefix(got[0], "neighbours at sign 12 of the formula is the same for all configurations") {
		t.Errorf("warnings %q", got)
	}
	e = open(t, Part, core.Settings{"space": "angles", "L": 4, "E": "sum(theta^2); u = 2", "constants": table{"k": 1}})
	if got := strings.Join(e.Spec().Warnings, "\n"); !strings.Contains(got, "does not use k") || !strings.Contains(got, "does not use u") || !strings.Contains(got, "period 2 pi") {
		t.Errorf("warnings %q", got)
	}
}

// Nothing that is written as a formula makes the energy panic, nor take long.
func FuzzFormula(f *testing.F) {
	for _, c := range twins {
		f.Add(c.formula["E"].(string))
	}
	for _, text := range []string{"sum(u); u = v + v; v = w*w; w = where(x < y and s != 1 or 1 >= s, pow(s, 2.5), -min(s, 1e3))", "pairs(dx^2^-3, r <= 1)", "((", "sum(s;", "π", "neighbours(tanh(abs(s1)/s2)^64)"} {
		f.Add(text)
	}
	f.Fuzz(harmless)
}

// harmless opens a formula in several systems, and evaluates it where that is possible.
func harmless(t *testing.T, text string) {
	for _, s := range []core.Settings{{"space": "field", "L": 2}, {"space": "spins", "L": 3, "boundary": "open"}, {"space": "particles", "n": 3}, {"space": "angles", "L": 2, "d": 1}} {
		s["E"] = text
		full, problems := core.Complete(Part.Params, s)
		if problems != nil {
			t.Fatal(problems)
		}
		e, err := Part.NewEnergy(full)
		if err != nil {
			continue
		}
		b := &core.Batch{N: 2, X: make([]float64, 2*e.Spec().Space.Size())}
		for i := range b.X {
			b.X[i] = 1
		}
		e.Eval(make([]float64, 2), b) // of any value, or an error that says that it is none
	}
}

// The same of words in any order, and of formulas from which some words are missing or stand twice.
func TestAnyWords(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	vocabulary := strings.Fields("sum( neighbours( pairs( shift( where( exp( min( pow( ( ) ) ) , ; = + - * / ^ < == and or s s1 s2 x r dx phi theta axis u 1 2 0.5 pi 1e300")
	accepted := 0
	for n := range 4000 {
		var all []string
		if n%2 == 0 {
			for range 1 + r.IntN(12) {
				all = append(all, vocabulary[r.IntN(len(vocabulary))])
			}
		} else {
			w, err := words([]string{"sum((s - shift(s,1))^2 + where(x < 1, s^-2.5, 3/s)) + neighbours(s1*s2)", "pairs(4*(u^2 - u) - c, r < 2) + sum(x^2 + r); u = (1/r)^6; c = u*dx"}[r.IntN(2)])
			if err != nil {
				t.Fatal(err)
			}
			for _, word := range w {
				for range 1 + (r.IntN(15)-1)/13 - r.IntN(20)/19 {
					all = append(all, word.text)
				}
			}
		}
		text := strings.Join(all, " ")
		if _, err := parse(text); err == nil {
			accepted++
		}
		harmless(t, text)
	}
	if accepted < 100 {
		t.Errorf("%d of the formulas can be read: the test is about nothing", accepted)
	}
}
