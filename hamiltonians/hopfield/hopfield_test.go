package hopfield

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/coretest"
	"github.com/helmholtz-physics/helmholtz/framework/energy"
	"github.com/helmholtz-physics/helmholtz/framework/energy/disorder"
	"github.com/helmholtz-physics/helmholtz/framework/energy/exact"
)

func TestTwoPatternsAreOrthogonalWithZeroMean(t *testing.T) {
	for _, n := range []int{4, 20, 100} {
		xi := draw(n, 2, 7)
		ones := make([]float64, n)
		for i := range ones {
			ones[i] = 1
		}
		if o := []float64{energy.Dot(xi[0], xi[1]), energy.Dot(xi[0], ones), energy.Dot(xi[1], ones)}; o[0] != 0 || o[1] != 0 || o[2] != 0 {
			t.Errorf("N = %d: overlaps %v", n, o)
		}
		if o := energy.Dot(xi[0], xi[0]); o != float64(n) {
			t.Errorf("N = %d: entries are not signs, norm %v", n, o)
		}
	}
	if a, b := fmt.Sprint(draw(100, 2, 1)), fmt.Sprint(draw(100, 2, 2)); a == b {
		t.Error("the patterns do not depend on the seed")
	}
}

// Energies against the definition by a matrix of couplings.
func TestEvalIsTheMatrixForm(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, c := range []Config{{N: 4, Patterns: 2}, {N: 100, Patterns: 2, Seed: 3}, {N: 33, Patterns: 1}, {N: 33, Patterns: 5, Seed: 4}} {
		e, err := New(c)
		if err != nil {
			t.Fatal(err)
		}
		b := &core.Batch{N: 2000, X: make([]float64, 2000*c.N)}
		for i := range b.X {
			b.X[i] = 1 - 2*float64(r.IntN(2))
		}
		got := make([]float64, b.N)
		if err := e.Eval(got, b); err != nil {
			t.Fatal(err)
		}
		p := draw(c.N, c.Patterns, disorder.Stream(c.Seed)).pairs()
		for k, e := range got {
			s := b.X[k*c.N : (k+1)*c.N]
			want := 0.0
			for i := range s {
				want -= s[i] * energy.Dot(p.J[i*c.N:(i+1)*c.N], s) / 2
			}
			if math.Abs(e-want) > 1e-12*float64(c.N) {
				t.Fatalf("%+v: E(x_%d) = %v, want %v", c, k, e, want)
			}
		}
	}
}

// N = 100, two orthogonal patterns, whatever the seed: computed independently
// from the closed form ln Z = 2 ln sum_k C(50,k) exp(beta (50-2k)^2/100) - beta.
// ln Z in total, f, u, s per site.
func TestExactTable(t *testing.T) {
	for _, seed := range []int{disorder.DefaultSeed, 1} {
		e, err := New(Config{N: 100, Patterns: 2, Seed: seed})
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range [][5]float64{
			{0.3, 69.36958543, -2.31231951, -0.00411532, 0.69246126},
			{0.5, 69.49835236, -1.38996705, -0.00926565, 0.69035070},
			{0.8, 70.01040075, -0.87513001, -0.02884127, 0.67703099},
			{1.0, 70.93002781, -0.70930028, -0.07024350, 0.63905678},
			{1.2, 73.25197256, -0.61043310, -0.17387977, 0.52386400},
			{1.5, 81.28228766, -0.54188192, -0.34409023, 0.29668753},
		} {
			x := exactValues(t, e, row[0])
			for i, got := range []float64{x["log_z"], x["free_energy"] / 100, x["energy"] / 100, x["entropy"] / 100} {
				if math.Abs(got-row[i+1]) > 6e-9 {
					t.Errorf("beta %v, column %d: %.12f, want %.8f", row[0], i+1, got, row[i+1])
				}
			}
		}
	}
}

// The sum over group magnetisations against the enumeration of all states.
func TestGroupSumIsEnumeration(t *testing.T) {
	for _, c := range []Config{{N: 12, Patterns: 2}, {N: 13, Patterns: 1}, {N: 13, Patterns: 3, Seed: 2}, {N: 14, Patterns: 4, Seed: 9}} {
		xi := draw(c.N, c.Patterns, disorder.Stream(c.Seed))
		groups, terms := xi.groups()
		if len(groups) < c.Patterns || terms < 2 {
			t.Fatalf("%+v: %d groups", c, len(groups))
		}
		for _, beta := range []float64{1e-300, 0.1, 1, 20, 1e13, math.Inf(1)} {
			got := xi.sumGroups(groups, beta).Values
			for name, want := range exact.Enumerate(beta, xi.pairs()).Values {
				if strings.HasPrefix(name, "magnetization") {
					continue // which the groups do not know
				}
				if g, ok := got[name]; !ok || math.Abs(g-want) > 1e-11*(1+math.Abs(want)) {
					t.Errorf("%+v beta %v: %s of the group sum %v, of the enumeration %v", c, beta, name, g, want)
				}
			}
		}
	}
}

func TestExactIsDeclaredWhereItIsKnown(t *testing.T) {
	for c, want := range map[Config]bool{
		{N: 24, Patterns: 10}:  true, // 2^24 states
		{N: 100, Patterns: 3}:  true, // 4 groups of about 25
		{N: 100, Patterns: 10}: false,
		{N: 4000, Patterns: 2}: true,
	} {
		e, err := New(c)
		if err != nil {
			t.Fatal(err)
		}
		if got := len(e.Spec().Powers) == 2; got != want {
			t.Errorf("%+v: exact declared %v, want %v", c, got, want)
		}
		if _, err := e.Exact(-1); err == nil {
			t.Errorf("%+v: exact values at beta = -1", c)
		}
	}
}

func TestConformance(t *testing.T) {
	for _, s := range []core.Settings{{"N": 12}, {"N": 13, "patterns": 3}, {"N": 100}, {"N": 60, "patterns": 3, "seed": 8}} {
		coretest.EnergyPart(t, Part, s, coretest.EnergyOptions{})
	}
}

func TestBadSettings(t *testing.T) {
	for key, s := range map[string]core.Settings{
		"N":        {},
		"patterns": {"N": int64(8), "patterns": int64(0)},
	} {
		_, problems := core.Complete(Part.Params, s)
		if len(problems) != 1 || problems[0].Key != key {
			t.Errorf("%v: problems %v, want one with %s", s, problems, key)
		}
	}
	settings, problems := core.Complete(Part.Params, core.Settings{"N": int64(102)})
	if problems != nil {
		t.Fatal(problems)
	}
	_, err := Part.NewEnergy(settings)
	if core.KindOf(err) != core.Invalid || !strings.Contains(err.Error(), "N must be divisible by 4") {
		t.Errorf("N = 102: error %v", err)
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
