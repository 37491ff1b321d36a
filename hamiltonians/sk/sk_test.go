package sk

import (
	"math"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/coretest"
	"github.com/helmholtz-physics/helmholtz/framework/energy/disorder"
)

var reference = Config{N: 20, Distribution: pm1, Seed: disorder.DefaultSeed}

// The first row of the published instance.
func TestPortableInstance(t *testing.T) {
	var row strings.Builder
	reference.bonds(func(i, _ int, v float64) {
		if math.Abs(math.Abs(v)-1/math.Sqrt(20)) > 1e-16 {
			t.Fatalf("coupling %v is not +-1/sqrt(20)", v)
		}
		if i == 0 {
			row.WriteByte("-+"[int(1+math.Copysign(1, v))/2])
		}
	})
	if want := "+++--+++----+++-+++"; row.String() != want {
		t.Errorf("row 0 is %s, want %s", row.String(), want)
	}
}

// The reference instance, computed independently by float64 enumeration of
// its 2^20 states: totals of ln Z, f, u and s per site.
func TestExact(t *testing.T) {
	e := New(reference)
	for _, row := range [][5]float64{
		{0.1, 13.9108454286, -6.9554227143, -0.0481000910, 0.6907322623},
		{0.5, 15.0889354133, -1.5088935413, -0.2465971561, 0.6311481926},
		{1.0, 18.6864559390, -0.9343227970, -0.4612866935, 0.4730361034},
		{1.5, 24.0044107277, -0.8001470243, -0.5858474169, 0.3214494111},
		{2.0, 30.1516223717, -0.7537905593, -0.6356612776, 0.2362585633},
		{3.0, 43.2461686487, -0.7207694775, -0.6671605579, 0.1608267587},
		{5.0, 70.3605295303, -0.7036052953, -0.6847255841, 0.0943985558},
	} {
		x := exactValues(t, e, row[0])
		for i, got := range []float64{x["log_z"], x["free_energy"] / 20, x["energy"] / 20, x["entropy"] / 20} {
			if math.Abs(got-row[i+1]) > 6e-11 {
				t.Errorf("beta %v, column %d: %.12f, want %.10f", row[0], i+1, got, row[i+1])
			}
		}
	}
}

// The lowest levels, -62, -60 and -58 in 1/sqrt(20) with degeneracies 2, 6 and
// 14, found by an independent enumeration: at low temperature they are all of Z.
func TestLowestLevels(t *testing.T) {
	const beta = 12
	unit := beta / math.Sqrt(20)
	want := math.Log(2*math.Exp(62*unit) + 6*math.Exp(60*unit) + 14*math.Exp(58*unit))
	x := exactValues(t, New(reference), beta)
	if got := x["log_z"]; math.Abs(got-want) > 1e-5 { // the next level weighs about exp(-6 unit)
		t.Errorf("ln Z = %v, three levels give %v", got, want)
	}
}

// The Gaussian instance has the moments it claims: N(N-1)/2 = 44850 couplings,
// so mean and variance are within 5 of their standard errors.
func TestGaussianMoments(t *testing.T) {
	c := Config{N: 300, Distribution: gaussian, Seed: 1}
	n, m1, m2 := 0.0, 0.0, 0.0
	c.bonds(func(_, _ int, v float64) {
		v *= math.Sqrt(300)
		n, m1, m2 = n+1, m1+v, m2+v*v
	})
	if mean := m1 / n; math.Abs(mean) > 5/math.Sqrt(n) {
		t.Errorf("mean %v of %v couplings", mean, n)
	}
	if variance := m2 / n; math.Abs(variance-1) > 5*math.Sqrt(2/n) {
		t.Errorf("variance %v of %v couplings", variance, n)
	}
}

// High temperature: ln Z = N ln 2 + beta^2/2 sum J_ij^2 + O(beta^3), and the
// spins are free to that order: <M^2> = N + beta 2 sum J_ij.
func TestHighTemperature(t *testing.T) {
	c := Config{N: 12, Distribution: gaussian, Seed: 5}
	const beta = 1e-3
	j1, j2 := 0.0, 0.0
	c.bonds(func(_, _ int, v float64) { j1, j2 = j1+v, j2+v*v })
	x := exactValues(t, New(c), beta)
	if want := 12*math.Ln2 + beta*beta/2*j2; math.Abs(x["log_z"]-want) > 1e-8 {
		t.Errorf("ln Z = %.12f, want %.12f", x["log_z"], want)
	}
	if want := (12 + 2*beta*j1) / 144; math.Abs(x["magnetization_squared"]-want) > 1e-6 {
		t.Errorf("<m^2> = %.12f, want %.12f", x["magnetization_squared"], want)
	}
}

func TestConformance(t *testing.T) {
	for _, s := range []core.Settings{{"N": 11}, {"N": 12, "distribution": "pm1", "seed": 5}, {"N": 150}} {
		coretest.EnergyPart(t, Part, s, coretest.EnergyOptions{})
	}
}

func TestPart(t *testing.T) {
	settings, problems := core.Complete(Part.Params, core.Settings{"N": int64(30), "distribution": "pm1"})
	if problems != nil {
		t.Fatal(problems)
	}
	e, err := Part.NewEnergy(settings)
	if err != nil {
		t.Fatal(err)
	}
	spec := e.Spec()
	if spec.Space.Size() != 30 || len(spec.Symmetries) != 1 {
		t.Errorf("spec %+v", spec)
	}
	if len(spec.Powers) != 0 {
		t.Error("30 spins cannot be enumerated, but exact is declared")
	}
	if _, err := e.(core.Exacter).Exact(1); core.KindOf(err) != core.Unsupported {
		t.Errorf("exact values of 30 spins: error %v", err)
	}
	for _, bad := range []core.Settings{{}, {"N": int64(1)}, {"N": int64(20), "distribution": "pm"}} {
		if _, problems := core.Complete(Part.Params, bad); problems == nil {
			t.Errorf("settings %v were accepted", bad)
		}
	}
}

func exactValues(t *testing.T, e core.Exacter, beta float64) map[string]float64 {
	t.Helper()
	x, err := e.Exact(beta)
	if err != nil {
		t.Fatal(err)
	}
	return x.Values
}
