package gaussian

import (
	"math"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/coretest"
)

func TestConformance(t *testing.T) {
	for name, s := range map[string]core.Settings{
		"one for all": {"dimension": 5, "stiffness": []any{2.0}},
		"covariance":  {"dimension": 2, "covariance": []any{1.0, -0.3, -0.3, 0.5}, "mean": []any{1.0, -2.0}},
		"each":        {"dimension": 3, "stiffness": []any{0.5, 1.0, 20.0}, "mean": []any{1.0, 0.0, -2.5}},
	} {
		t.Run(name, func(t *testing.T) { coretest.EnergyPart(t, Part, s, coretest.EnergyOptions{}) })
	}
}

// With x drawn from its Boltzmann density, ln p = -beta E - ln Z by hand:
// ln p = sum_i [1/2 ln(beta k_i/2 pi) - beta k_i (x_i - mu_i)^2/2].
func TestExact(t *testing.T) {
	const beta = 0.7
	k, mu := []float64{0.5, 1, 20}, []float64{1, 0, -2.5}
	e, err := New(Config{Dimension: 3, Stiffness: k, Mean: mu})
	if err != nil {
		t.Fatal(err)
	}
	if s := e.Spec().Symmetries; len(s) != 0 {
		t.Errorf("symmetries %v with a mean", s)
	}
	x := []float64{1.3, -0.2, -2.4}
	energy := make([]float64, 1)
	if err := e.Eval(energy, &core.Batch{N: 1, X: x}); err != nil {
		t.Fatal(err)
	}
	logP, square := 0.0, 0.0
	for i := range x {
		logP += math.Log(beta*k[i]/(2*math.Pi))/2 - beta*k[i]*(x[i]-mu[i])*(x[i]-mu[i])/2
		square += (1/(beta*k[i]) + mu[i]*mu[i]) / 3
	}
	values, err := e.Exact(beta)
	if err != nil {
		t.Fatal(err)
	}
	lnZ := -logP - beta*energy[0]
	for name, want := range map[string]float64{
		"log_z": lnZ, "free_energy": -lnZ / beta, "energy": 1.5 / beta, "entropy": lnZ + 1.5, "heat_capacity": 1.5, "field_squared": square,
	} {
		if got := values.Values[name]; math.Abs(got-want) > 1e-14*(1+math.Abs(want)) {
			t.Errorf("%s = %.16g, want %.16g", name, got, want)
		}
	}
}

// Of C = [[1, -.3], [-.3, .5]] the inverse is [[.5, .3], [.3, 1]]/.41, and ln Z = ln(2 pi
// sqrt(.41)/beta).
func TestCovariance(t *testing.T) {
	const beta = 0.7
	e, err := New(Config{Dimension: 2, Stiffness: []float64{1}, Covariance: []float64{1, -0.3, -0.3, 0.5}, Mean: []float64{1, -2}})
	if err != nil {
		t.Fatal(err)
	}
	energy := make([]float64, 1)
	if err := e.Eval(energy, &core.Batch{N: 1, X: []float64{2, 0}}); err != nil {
		t.Fatal(err)
	}
	if want := 0.5 * (0.5 + 2*2*0.3 + 4) / 0.41; math.Abs(energy[0]-want) > 1e-14*want {
		t.Errorf("E = %v, want %v", energy[0], want)
	}
	values, err := e.Exact(beta)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]float64{"log_z": math.Log(2 * math.Pi * math.Sqrt(0.41) / beta), "field_squared": (1.5/beta + 5) / 2} {
		if got := values.Values[name]; math.Abs(got-want) > 1e-14*(1+math.Abs(want)) {
			t.Errorf("%s = %.16g, want %.16g", name, got, want)
		}
	}
}

func TestBadSettings(t *testing.T) {
	for _, c := range []struct {
		config Config
		want   string
	}{
		{Config{Dimension: 3, Stiffness: []float64{1, 2}, Mean: []float64{0}}, "gaussian: stiffness must have 1 number or 3, one for each coordinate, got 2"},
		{Config{Dimension: 3, Stiffness: nil, Mean: []float64{0}}, "stiffness must have 1 number or 3, one for each coordinate, got 0"},
		{Config{Dimension: 3, Stiffness: []float64{1}, Mean: []float64{1, 2, 3, 4}}, "mean must have 1 number or 3, one for each coordinate, got 4"},
		{Config{Dimension: 2, Stiffness: []float64{1, 0}, Mean: []float64{0}}, "stiffness must be greater than 0, got 0"},
		{Config{Dimension: 1, Stiffness: []float64{math.Inf(1)}, Mean: []float64{0}}, "stiffness must be finite, got +Inf"},
		{Config{Dimension: 1, Stiffness: []float64{1}, Mean: []float64{math.Inf(-1)}}, "mean must be finite, got -Inf"},
		{Config{Dimension: 1, Stiffness: []float64{math.NaN()}, Mean: []float64{0}}, "stiffness must be finite, got NaN"},
		{Config{Dimension: 1, Stiffness: []float64{1}, Mean: []float64{math.NaN()}}, "mean must be finite, got NaN"},
		{Config{Dimension: 2, Stiffness: []float64{2}, Covariance: []float64{1, 0, 0, 1}, Mean: []float64{0}}, "covariance stands in the place of stiffness"},
		{Config{Dimension: 2, Stiffness: []float64{1}, Covariance: []float64{1, 2}, Mean: []float64{0}}, "covariance must have 4 numbers, row by row, got 2"},
		{Config{Dimension: 2, Stiffness: []float64{1}, Covariance: []float64{1, 0.2, 0.3, 1}, Mean: []float64{0}}, "covariance must be a symmetric matrix, and elements 1, 0 and 0, 1 are 0.3 and 0.2"},
		{Config{Dimension: 2, Stiffness: []float64{1}, Covariance: []float64{1, 2, 2, 1}, Mean: []float64{0}}, "covariance must be a positive definite matrix"},
		{Config{Dimension: 1, Stiffness: []float64{1}, Covariance: []float64{math.NaN()}, Mean: []float64{0}}, "covariance must be finite, got NaN"},
	} {
		_, err := New(c.config)
		if core.KindOf(err) != core.Invalid || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: error %v, want %q", c.config, err, c.want)
		}
	}
}
