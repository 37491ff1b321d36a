package expression

import (
	"math"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// The slope of every function against central differences, whose error is h^2/6 times the third derivative, some 1e-8, and at
// places on both sides of every choice.
func TestDerivatives(t *testing.T) {
	for _, formula := range []string{
		"exp(s)", "log(2 + s)", "sqrt(2 + s)", "sin(s)", "cos(s)", "tanh(s)", "abs(s)", "pow(2 + s, 1.3)", "pow(2 + s, s)", "1.3^s", "min(s, s^2)", "max(s, 0.1)",
		"where(s < 0.5, sin(s), s^3)", "1/(2 + s)", "s/(2 + s)", "(2 + s)^-3", "(2 + s)^2.5", "(2 + s)^-0.5", "s^12 - s^6", "s^7", "-s - -s^2", "(s - 1)*(s + 1)*s*s",
		"where(s > 0, where(s > 0.5, s^2, s^3), where(s == 7, 1, exp(-s)))", "where(s < 0 or s > 0.5 and s < 0.7, s^2, -s)", "where(s > 0.2, log(s), s)", "where(s >= 0.2, sqrt(s - 0.2), 0)",
		"sqrt(s^2)^3 + sqrt(s^2)", "exp(sin(s)*tanh(s))/cos(s/4)", "x*s^2", "shift(s, 1)*s^2", "cos(s - shift(s, 1, 2))", "exp(s*shift(s, 1) - shift(s, 1, -1)^2)",
	} {
		e := open(t, Part, core.Settings{"space": "field", "L": 4, "d": 1, "E": "sum(" + formula + ")"})
		x := []float64{0.31, -0.83, 0.77, 0.62}
		_, slope := evaluate(t, e, &core.Batch{N: 1, X: x})
		zeros := 0
		for i := range x {
			const h = 1e-5
			at := make([]float64, 0, 8)
			for _, step := range []float64{h, -h} {
				moved := append([]float64(nil), x...)
				moved[i] += step
				at = append(at, moved...)
			}
			v := make([]float64, 2)
			if err := e.Eval(v, &core.Batch{N: 2, X: at}); err != nil {
				t.Fatalf("%s: %v", formula, err)
			}
			want := (v[0] - v[1]) / (2 * h)
			if math.Abs(slope[i]-want) > 1e-7*(1+math.Abs(want)) {
				t.Errorf("%s: slope at %v is %v, want %v", formula, x[i], slope[i], want)
			}
			if want == 0 {
				zeros++
			}
		}
		if zeros == len(x) {
			t.Errorf("%s: all slopes are 0", formula)
		}
	}
}

// Whole powers are products that share their parts, distances in even powers need no root, and a sum of equal factors is one product.
func TestSimplification(t *testing.T) {
	for _, c := range []struct {
		space, formula string
		most           int // operations of the value
	}{
		{"field", "sum(s^2)", 2},                                  // s s, total
		{"field", "sum(s^4)", 3},                                  // its square, total
		{"field", "sum(s^12 - s^6 + s^3)", 6},                     // s^2, s^3, s^6, s^12 - s^6 as a fused square, + s^3, total
		{"field", "sum(-J*s*shift(s, 1) - J*s*shift(s, 2))", 5},   // load, add, times s, times J, total
		{"particles", "pairs(4*((1/r)^12 - (1/r)^6), r < 2)", 16}, // 4 for dx, dy; 2 for r^2; 1/, square, times, square, less 1, times 4; less, choose, total
		{"field", "sum(exp(s)*exp(s) + 0*sin(s))", 3},             // exp, square, total
	} {
		full, _ := core.Complete(Part.Params, core.Settings{"space": c.space, "L": 4, "n": 3, "E": c.formula})
		var config Config
		core.Decode(full, &config)
		config.Constants = map[string]float64{"J": 0.7}
		s, err := config.system()
		if err != nil {
			t.Fatal(err)
		}
		f, err := parse(config.E)
		if err != nil {
			t.Fatal(err)
		}
		r := newReader(f, s, config.Constants)
		e, err := r.energy(f.e)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range e.sums() {
			k := newCompiler(s.items(d), &constants{at: map[float64]int{}})
			outputs := []output{{node: e.of[d]}}
			k.fuse(outputs)
			if got := len(k.emit(outputs)); got > c.most {
				t.Errorf("%s takes %d operations, want %d", c.formula, got, c.most)
			}
		}
	}
}
