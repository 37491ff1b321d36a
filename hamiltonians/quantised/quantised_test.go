package quantised

import (
	"math"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/coretest"
	"github.com/helmholtz-physics/helmholtz/framework/energy/exact/exacttest"
	"github.com/helmholtz-physics/helmholtz/hamiltonians/mixture"
)

func TestConformance(t *testing.T) {
	for name, s := range map[string]core.Settings{
		"line":  {"dimension": 1, "weights": []any{0.7, 0.3}, "means": []any{-2.0, 2.0}, "widths": []any{0.5}, "levels": 9, "clip": 3.0},
		"plane": {"dimension": 2, "weights": []any{0.8, 0.2}, "means": []any{1.0, -1.0}, "levels": 4, "clip": 1.5, "validation": 0},
	} {
		t.Run(name, func(t *testing.T) {
			coretest.EnergyPart(t, Part, s, coretest.EnergyOptions{Betas: []float64{0.5, 1}})
		})
	}
}

// ring has eight components of width 0.1 on a circle of radius 2, rounded to 91 levels from
// -2.25 to 2.25.
func ring(t *testing.T, rows int) *Quantised {
	t.Helper()
	c := Config{Config: mixture.Config{Dimension: 2, Widths: []float64{0.1}, Seed: 1, Train: rows}, Levels: 91, Clip: 2.25}
	for k := range 8 {
		c.Weights = append(c.Weights, 1)
		sin, cos := math.Sincos(math.Pi * float64(k) / 4)
		c.Means = append(c.Means, 2*cos, 2*sin)
	}
	q, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

// The entropy of the ring, and the sum of those of both coordinates, which is what
// independent sites reach: 6.319963786553 and 7.352218686712 from masses of cells by the
// error function in another program.
func TestEntropyOfTheRing(t *testing.T) {
	q := ring(t, 0)
	got := exacttest.Values(t, q, nil, 1)
	if math.Abs(got["entropy"]-6.319963786553) > 1e-11 {
		t.Errorf("entropy %.13g", got["entropy"])
	}
	marginal := 0.0
	for l := range q.levels {
		p := 0.0
		for k, lnw := range q.lnw {
			p += math.Exp(lnw + q.lnm[k*q.d*q.levels+l])
		}
		marginal -= p * math.Log(p)
	}
	if math.Abs(2*marginal-7.352218686712) > 1e-11 {
		t.Errorf("twice the entropy of a coordinate %.13g", 2*marginal)
	}
}

// Rows have the frequencies of p: those of a coordinate by the chi^2 of cells that expect
// some, and a mean of E that is the entropy.
func TestRows(t *testing.T) {
	const n = 20000
	q := ring(t, n)
	number, x, e := make([]int32, n), make([]float64, 2*n), make([]float64, n)
	for i := range number {
		number[i] = int32(i)
	}
	if err := q.Rows(x, number); err != nil {
		t.Fatal(err)
	}
	if err := q.Eval(e, &core.Batch{N: n, X: x}); err != nil {
		t.Fatal(err)
	}
	mean, square := 0.0, 0.0
	for _, v := range e {
		mean += v / n
		square += v * v / n
	}
	if stderr := math.Sqrt((square - mean*mean) / n); math.Abs(mean-6.319963786553) > 4*stderr {
		t.Errorf("mean energy %v(%v) of the rows", mean, stderr)
	}
	counts := make([]float64, q.levels)
	for i := range n {
		counts[int(x[2*i+1])]++
	}
	chi, cells := 0.0, 0.0
	for l, got := range counts {
		p := 0.0
		for k, lnw := range q.lnw {
			p += math.Exp(lnw + q.lnm[(k*q.d+1)*q.levels+l])
		}
		if want := n * p; want > 5 {
			chi += (got - want) * (got - want) / want
			cells++
		}
	}
	if cells < 40 || math.Abs(chi-cells) > 5*math.Sqrt(2*cells) {
		t.Errorf("chi^2 %v of %v cells", chi, cells)
	}
}

// Where every component underflows the energy is +Inf, not NaN.
func TestFar(t *testing.T) {
	q, err := New(Config{Config: mixture.Config{Dimension: 2, Weights: []float64{1}, Means: []float64{-1}, Widths: []float64{0.001}}, Levels: 3, Clip: 1})
	if err != nil {
		t.Fatal(err)
	}
	if e := q.at([]float64{2, 2}); !math.IsInf(e, 1) {
		t.Errorf("energy %v", e)
	}
	if e := q.at([]float64{0, 0}); math.Abs(e) > 1e-12 {
		t.Errorf("energy %v where all mass is", e)
	}
}

func TestErrors(t *testing.T) {
	c := Config{Config: mixture.Config{Dimension: 1, Weights: []float64{1}, Means: []float64{0}, Widths: []float64{1}}, Levels: 3, Clip: math.Inf(1)}
	if _, err := New(c); err == nil || !strings.Contains(err.Error(), "clip must be") {
		t.Errorf("error %v", err)
	}
	c.Clip, c.Dimension, c.Means, c.Levels = 1, 1000000, make([]float64, 1), 100000
	if _, err := New(c); err == nil || !strings.Contains(err.Error(), "fewer levels") {
		t.Errorf("error %v", err)
	}
}
