package modular

import (
	"math"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/coretest"
	"github.com/helmholtz-physics/helmholtz/framework/energy/exact/exacttest"
)

func TestConformance(t *testing.T) {
	for name, s := range map[string]core.Settings{
		"xor":  {"relation": "sum", "levels": 2, "sites": 3, "noise": []any{0.9, 0.1}},
		"walk": {"levels": 4, "sites": 3, "noise": []any{0.7, 0.1, 0.05, 0.15}},
		"sum":  {"relation": "sum", "levels": 3, "sites": 4, "noise": []any{2.0, 1.0, 0.5}, "validation": 0},
		"leak": {"levels": 3, "sites": 2, "noise": []any{0.9, 0.05, 0.05}},
	} {
		t.Run(name, func(t *testing.T) {
			coretest.EnergyPart(t, Part, s, coretest.EnergyOptions{Betas: []float64{0.5, 1, 2}})
		})
	}
}

// Entropies in closed form: two even bits have 2 ln 2; a walk of eight sites on ten levels
// ln 10 + 7 h with h = -0.8 ln 0.8 - 0.2 ln 0.1.
func TestEntropies(t *testing.T) {
	for _, c := range []struct {
		config Config
		want   float64
	}{
		{Config{Relation: "sum", Levels: 2, Sites: 3, Noise: []float64{1}}, 1.3862943611198906},
		{Config{Relation: "walk", Levels: 10, Sites: 8, Noise: []float64{0.8, 0.1, 0, 0, 0, 0, 0, 0, 0, 0.1}}, 6.7758081105},
	} {
		e, err := New(c.config)
		got := exacttest.Values(t, e, err, 1)
		if math.Abs(got["entropy"]-c.want) > 1e-10 || got["log_z"] != 0 || got["energy"] != got["entropy"] {
			t.Errorf("%+v: %v, want the entropy %v", c.config, got, c.want)
		}
	}
}

// p of each state is the product of its factors, and rows have these frequencies.
func TestRows(t *testing.T) {
	for _, c := range []Config{
		{Relation: "walk", Levels: 3, Sites: 3, Noise: []float64{0.6, 0.1, 0.3}, Train: 1},
		{Relation: "sum", Levels: 3, Sites: 3, Noise: []float64{0.6, 0.1, 0.3}, Train: 1},
	} {
		m, err := New(c)
		if err != nil {
			t.Fatal(err)
		}
		const n = 20000
		number := make([]int32, n)
		for i := range number {
			number[i] = int32(i)
		}
		x := make([]float64, 3*n)
		if err := m.Rows(x, number); err != nil {
			t.Fatal(err)
		}
		counts := map[[3]int]float64{}
		for i := range n {
			counts[[3]int{int(x[3*i]), int(x[3*i+1]), int(x[3*i+2])}]++
		}
		for code := range 27 {
			s := [3]int{code % 3, code / 3 % 3, code / 9}
			q := func(k int) float64 { return c.Noise[(k+6)%3] }
			want := q(s[1]-s[0]) * q(s[2]-s[1]) / 3
			if c.Relation == "sum" {
				want = q(s[2]-s[0]-s[1]) / 9
			}
			e := make([]float64, 1)
			if err := m.Eval(e, &core.Batch{N: 1, X: []float64{float64(s[0]), float64(s[1]), float64(s[2])}}); err != nil {
				t.Fatal(err)
			}
			if math.Abs(math.Exp(-e[0])-want) > 1e-12 {
				t.Errorf("%s %v: p = %v, want %v", c.Relation, s, math.Exp(-e[0]), want)
			}
			if got := counts[s]; math.Abs(got-n*want) > 4.5*math.Sqrt(n*want) {
				t.Errorf("%s %v: %v rows, want %v", c.Relation, s, got, n*want)
			}
		}
	}
}

// What breaks a relation without noise has no probability.
func TestForbidden(t *testing.T) {
	m, err := New(Config{Relation: "sum", Levels: 2, Sites: 3, Noise: []float64{1}})
	if err != nil {
		t.Fatal(err)
	}
	e := make([]float64, 2)
	if err := m.Eval(e, &core.Batch{N: 2, X: []float64{1, 1, 0, 1, 1, 1}}); err != nil {
		t.Fatal(err)
	}
	if math.Abs(e[0]-2*math.Ln2) > 1e-15 || !math.IsInf(e[1], 1) {
		t.Errorf("energies %v, want 2 ln 2 and +Inf", e)
	}
}

func TestErrors(t *testing.T) {
	for _, c := range []struct {
		noise []float64
		want  string
	}{{[]float64{1, 1, 1}, "noise must have 1 to 2 numbers"}, {nil, "got 0"}, {[]float64{-1, 2}, "must not be below 0, got -1"}, {[]float64{0, 0}, "must have a finite sum above 0, got 0"}} {
		if _, err := New(Config{Levels: 2, Sites: 3, Noise: c.noise}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: error %v, want %q", c.noise, err, c.want)
		}
	}
}
