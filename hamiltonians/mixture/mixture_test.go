package mixture

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/coretest"
	"github.com/helmholtz-physics/helmholtz/framework/energy/exact/exacttest"
)

func TestConformance(t *testing.T) {
	for name, c := range map[string]struct {
		settings core.Settings
		betas    []float64
	}{
		"line":      {core.Settings{"dimension": 1, "weights": []any{0.7, 0.3}, "means": []any{-2.0, 2.0}, "widths": []any{0.5}}, []float64{0.3, 1, 3}},
		"symmetric": {core.Settings{"dimension": 1, "weights": []any{1.0, 2.0, 1.0}, "means": []any{-1.0, 0.0, 1.0}, "widths": []any{0.3, 1.0, 0.3}}, []float64{0.3, 1}},
		"plane":     {core.Settings{"dimension": 2, "weights": []any{0.8, 0.2}, "means": []any{5.0, -5.0}}, []float64{1}},
		"each":      {core.Settings{"dimension": 3, "weights": []any{1.0, 3.0}, "means": []any{0.0, 1.0, 2.0, -1.0, 0.5, 0.0}, "widths": []any{1.0, 0.7}, "validation": 0}, []float64{1}},
	} {
		t.Run(name, func(t *testing.T) { coretest.EnergyPart(t, Part, c.settings, coretest.EnergyOptions{Betas: c.betas}) })
	}
}

// plain is E and dE/dx by the formula.
func plain(w, mu, sigma []float64, d int, x []float64) (e float64, slope []float64) {
	slope = make([]float64, d)
	p := 0.0
	for k, w := range w {
		square := 0.0
		for j, v := range x {
			square += (v - mu[k*d+j]) * (v - mu[k*d+j])
		}
		n := w * math.Pow(2*math.Pi*sigma[k]*sigma[k], -float64(d)/2) * math.Exp(-square/(2*sigma[k]*sigma[k]))
		p += n
		for j, v := range x {
			slope[j] += n * (v - mu[k*d+j]) / (sigma[k] * sigma[k])
		}
	}
	for j := range slope {
		slope[j] /= p
	}
	return -math.Log(p), slope
}

// The sum relative to its largest term is the formula, whichever component comes first;
// weights need not add up to 1.
func TestEnergyIsTheFormula(t *testing.T) {
	e, err := New(Config{Dimension: 2, Weights: []float64{1, 3}, Means: []float64{0, 1, 2, -1}, Widths: []float64{0.6, 1.1}})
	if err != nil {
		t.Fatal(err)
	}
	x := []float64{0.1, 0.8, 2.2, -1.1, 1, 0, -3, 4}
	energies, slope := make([]float64, 4), make([]float64, 8)
	if err := e.Slope(slope, energies, &core.Batch{N: 4, X: x}); err != nil {
		t.Fatal(err)
	}
	for i := range energies {
		want, force := plain([]float64{0.25, 0.75}, []float64{0, 1, 2, -1}, []float64{0.6, 1.1}, 2, x[2*i:2*i+2])
		if math.Abs(energies[i]-want) > 1e-13*(1+math.Abs(want)) || math.Abs(slope[2*i]-force[0]) > 1e-12 || math.Abs(slope[2*i+1]-force[1]) > 1e-12 {
			t.Errorf("at %v: %v, %v, want %v, %v", x[2*i:2*i+2], energies[i], slope[2*i:2*i+2], want, force)
		}
	}
}

// Far out, where every term of the sum is below the least number, E is that of the nearest
// component; further, where its square overflows, the configuration is forbidden.
func TestFarOut(t *testing.T) {
	e, err := New(Config{Dimension: 1, Weights: []float64{0.7, 0.3}, Means: []float64{-2, 2}, Widths: []float64{0.5}})
	if err != nil {
		t.Fatal(err)
	}
	energies, slope := make([]float64, 2), make([]float64, 2)
	if err := e.Slope(slope, energies, &core.Batch{N: 2, X: []float64{102, 1e200}}); err != nil {
		t.Fatal(err)
	}
	want := 20000 - math.Log(0.3) + math.Log(2*math.Pi*0.25)/2 // (100/0.5)^2/2
	if math.Abs(energies[0]-want) > 1e-9 || math.Abs(slope[0]-400) > 1e-9 || !math.IsInf(energies[1], 1) || slope[1] != 0 {
		t.Errorf("E = %v, dE/dx = %v, want %v and 400, then +Inf and 0", energies, slope, want)
	}
}

// With one component all is known by hand: S = d/2 ln(2 pi e sigma^2), and the moments are
// those of a normal density. The entropy of two that do not overlap is -sum_k w_k ln w_k
// higher.
func TestExact(t *testing.T) {
	one, err := New(Config{Dimension: 1, Weights: []float64{5}, Means: []float64{1.5}, Widths: []float64{0.2}})
	got := exacttest.Values(t, one, err, 1)
	s := math.Log(2*math.Pi*math.E*0.04) / 2
	for name, want := range map[string]float64{"log_z": 0, "free_energy": 0, "energy": s, "entropy": s, "heat_capacity": 0.5,
		"magnetization": 1.5, "magnetization_squared": 2.25 + 0.04, "field_squared": 2.25 + 0.04} {
		if v, ok := got[name]; !ok || math.Abs(v-want) > 1e-12 {
			t.Errorf("one component: %s = %v, want %v", name, v, want)
		}
	}
	// exp(-beta E) = (2 pi sigma^2)^(-beta/2) exp(-beta z^2/2).
	for _, beta := range []float64{0.02, 7, 100} {
		want := (1-beta)/2*math.Log(2*math.Pi*0.04) - math.Log(beta)/2
		if v := exacttest.Values(t, one, nil, beta)["log_z"]; math.Abs(v-want) > 1e-11 {
			t.Errorf("beta %v: ln Z = %v, want %v", beta, v, want)
		}
	}
	two, err := New(Config{Dimension: 1, Weights: []float64{0.7, 0.3}, Means: []float64{-20, 20}, Widths: []float64{0.5}})
	want := math.Log(2*math.Pi*math.E*0.25)/2 - 0.7*math.Log(0.7) - 0.3*math.Log(0.3)
	if v := exacttest.Values(t, two, err, 1)["entropy"]; math.Abs(v-want) > 1e-12 {
		t.Errorf("two components: S = %v, want %v", v, want)
	}
	// <m> = <(x_1 + x_2)/2> and its square, by hand.
	plane, err := New(Config{Dimension: 2, Weights: []float64{0.8, 0.2}, Means: []float64{5, -5}, Widths: []float64{1}})
	got = exacttest.Values(t, plane, err, 1)
	for name, want := range map[string]float64{"log_z": 0, "magnetization": 3, "magnetization_squared": 25.5, "field_squared": 26} {
		if v, ok := got[name]; !ok || math.Abs(v-want) > 1e-13 {
			t.Errorf("plane: %s = %v, want %v", name, v, want)
		}
	}
	if _, has := got["entropy"]; has {
		t.Error("an entropy in two dimensions")
	}
	for _, beta := range []float64{0.5, 2} {
		if _, err := plane.Exact(beta); core.KindOf(err) != core.Unsupported {
			t.Errorf("plane at beta %v: %v", beta, err)
		}
	}
}

// Rows are draws: their moments are those of the density, each within 4 standard errors of
// 40000 rows; and so are the shares of the components.
func TestRowsAreDraws(t *testing.T) {
	c := Config{Dimension: 2, Weights: []float64{1, 3}, Means: []float64{-4, -3, 2, 5}, Widths: []float64{0.5, 1.5}, Seed: 3, Train: 40000}
	m, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	x, number := make([]float64, 2*c.Train), make([]int32, c.Train)
	for i := range number {
		number[i] = int32(i)
	}
	if err := m.Rows(x, number); err != nil {
		t.Fatal(err)
	}
	test := func(what string, want float64, of func(x, y float64) float64) {
		t.Helper()
		sum, squares := 0.0, 0.0
		for i := range c.Train {
			v := of(x[2*i], x[2*i+1])
			sum, squares = sum+v, squares+v*v
		}
		n := float64(c.Train)
		mean := sum / n
		stderr := math.Sqrt((squares/n - mean*mean) / n)
		if math.Abs(mean-want) > 4*stderr || math.Abs(want) < 10*stderr {
			t.Errorf("%s: %v +- %v, want %v", what, mean, stderr, want)
		}
	}
	test("<x>", 0.25*-4+0.75*2, func(x, y float64) float64 { return x })
	test("<y>", 0.25*-3+0.75*5, func(x, y float64) float64 { return y })
	test("<x^2>", 0.25*(16+0.25)+0.75*(4+2.25), func(x, y float64) float64 { return x * x })
	test("<xy>", 0.25*12+0.75*10, func(x, y float64) float64 { return x * y })
	// The dividing line is 5 widths or more from both means.
	test("P(first)", 0.25, func(x, y float64) float64 {
		if 6*x+8*y < -25 { // 2.5 from the first mean, 7.5 from the second
			return 1
		}
		return 0
	})
}

// The first rows of the default seed for two components on a line, by another program of
// the same formulas (splitmix64 with Python integers).
func TestRowsAreReproducible(t *testing.T) {
	m, err := New(Config{Dimension: 1, Weights: []float64{0.7, 0.3}, Means: []float64{-2, 2}, Widths: []float64{0.5}, Seed: 20230613, Train: 1000})
	if err != nil {
		t.Fatal(err)
	}
	x := make([]float64, 4)
	if err := m.Rows(x, []int32{0, 1, 2, 999}); err != nil {
		t.Fatal(err)
	}
	for i, want := range []float64{1.5684984260370056, -1.029585804721628, 1.8815642306728115, -2.8747236739024511} {
		if math.Abs(x[i]-want) > 1e-14 {
			t.Errorf("row %v is %.17g, want %.17g", i, x[i], want)
		}
	}
}

func TestRanges(t *testing.T) {
	c := Config{Dimension: 1, Weights: []float64{1}, Means: []float64{0}, Widths: []float64{1}, Train: 5, Test: 3}
	m, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	if want := []core.Range{{Name: "train", From: 0, To: 5}, {Name: "test", From: 5, To: 8}}; !slices.Equal(m.Spec().Rows, want) {
		t.Errorf("rows %v, want %v", m.Spec().Rows, want)
	}
	c.Train, c.Test = 0, 0
	if m, err = New(c); err != nil || len(m.Spec().Rows) != 0 || slices.Contains(m.Spec().Powers, core.PowerRows) {
		t.Errorf("without rows: %+v, %v", m.Spec(), err)
	}
}

// x -> -x is a symmetry where each component has its mirror image.
func TestSymmetry(t *testing.T) {
	for _, row := range []struct {
		w, mu, sigma []float64
		even         bool
	}{
		{[]float64{1, 1}, []float64{-2, 2}, []float64{0.5}, true},
		{[]float64{0.7, 0.3}, []float64{-2, 2}, []float64{0.5}, false},
		{[]float64{1, 1}, []float64{-2, 2}, []float64{0.5, 0.6}, false},
		{[]float64{1, 1, 2}, []float64{-2, -2, 2}, []float64{0.5}, true},
		{[]float64{1, 2}, []float64{0, 0}, []float64{0.5, 0.7}, true},
	} {
		m, err := New(Config{Dimension: 2, Weights: row.w, Means: row.mu, Widths: row.sigma})
		if err != nil || slices.Contains(m.Spec().Symmetries, core.Z2) != row.even {
			t.Errorf("%+v: symmetries %v, %v", row, m.Spec().Symmetries, err)
		}
	}
}

func TestBadSettings(t *testing.T) {
	one := []float64{1}
	for _, c := range []struct {
		config Config
		want   string
	}{
		{Config{Dimension: 1, Means: one, Widths: one}, "mixture: weights must have at least one number"},
		{Config{Dimension: 2, Weights: []float64{1, 1}, Means: []float64{1, 2, 3}, Widths: one}, "means must have 2 numbers, one for each of weights, or 4, one for each coordinate of each, got 3"},
		{Config{Dimension: 1, Weights: one, Means: one, Widths: []float64{1, 2}}, "widths must have 1 number or 1, one for each of weights, got 2"},
		{Config{Dimension: 1, Weights: []float64{0}, Means: one, Widths: one}, "weights must be greater than 0, got 0"},
		{Config{Dimension: 1, Weights: one, Means: one, Widths: []float64{-1}}, "widths must be greater than 0, got -1"},
		{Config{Dimension: 1, Weights: one, Means: []float64{math.NaN()}, Widths: one}, "means must be finite, got NaN"},
		{Config{Dimension: 1, Weights: []float64{1e308, 1e308}, Means: []float64{1, 2}, Widths: one}, "weights must be finite"},
		{Config{Dimension: 1, Weights: one, Means: one, Widths: []float64{math.Inf(1)}}, "widths must be finite, got +Inf"},
	} {
		_, err := New(c.config)
		if core.KindOf(err) != core.Invalid || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: error %v, want %q", c.config, err, c.want)
		}
	}
}
