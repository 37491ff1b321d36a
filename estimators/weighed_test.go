package estimators

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// The test bed is E = 1/2 sum_i x_i^2 of four sites at beta = 1, and a model whose sites are normal with the standard
// deviation s. Of the Boltzmann density, s = 1, what is estimated has these values.
const normalCount = 4

var normalSites = map[string]float64{
	"energy": normalCount / 2., "heat_capacity": normalCount / 2., "entropy": normalCount / 2. * math.Log(2*math.Pi*math.E),
	"magnetization_squared": 1. / normalCount, "magnetization_abs": math.Sqrt(2 / math.Pi / normalCount), "field_squared": 1, "binder_cumulant": 0,
}

func normalSetting(reweight bool) core.Setting {
	space := core.Space{Kind: core.Field, Shape: []int{normalCount}, Periodic: true}
	return core.Setting{Beta: 1, Energy: core.EnergySpec{Space: space, Units: "J"}, Model: core.ModelSpec{Space: space}, Weights: true, Reweight: reweight}
}

// ofNormalSites reports of n draws, by observable.
func ofNormalSites(t *testing.T, estimators map[string]core.Estimator, s float64, n int, seed uint64) map[string]core.Estimate {
	t.Helper()
	r, found := rand.New(rand.NewPCG(seed, 5)), map[string]core.Estimate{}
	const batch = 500
	for range n / batch {
		b := core.Batch{N: batch}
		for range batch {
			energy, logP := 0.0, 0.0
			for range normalCount {
				x := s * r.NormFloat64()
				b.X = append(b.X, x)
				energy += x * x / 2
				logP -= x*x/(2*s*s) + math.Log(s) + math.Log(2*math.Pi)/2
			}
			b.E, b.LogP = append(b.E, energy), append(b.LogP, logP)
		}
		for name, e := range estimators {
			if err := e.Add(&b); err != nil {
				t.Fatal(name, err)
			}
		}
	}
	for name, e := range estimators {
		reported, err := e.Report()
		if err != nil {
			t.Fatal(name, err)
		}
		for _, e := range reported {
			found[e.Name] = e
		}
	}
	return found
}

// Weights give the values of the Boltzmann density, each within four of its errors, and a model that is off by more than
// the average of 100 draws is told on each row: with s = 1.1, E of a draw has the mean 2.42 and the
// standard deviation 1.71, so that 2 is as far as the mean of 17 draws.
func TestAveragesByWeights(t *testing.T) {
	for s, want := range map[float64][]core.CautionCode{1.1: {core.CautionBiasedAverage}, 1.02: nil, 1: nil} {
		found := ofNormalSites(t, open(t, normalSetting(true)), s, 20000, 2)
		for name, exact := range normalSites {
			e, ok := found[name+core.ReweightedSuffix]
			if !ok {
				t.Fatalf("no %s by weights", name)
			}
			if s != 1 && math.Abs(e.Value[0]-exact) > 4*e.Stderr[0] || !(e.Stderr[0] < 0.05) || len(e.Cautions) > 0 || !e.Reweighted {
				t.Errorf("s = %v: %s by weights is %v +- %v, exactly %v: %v", s, name, e.Value[0], e.Stderr[0], exact, e.Caution())
			}
			if plain := found[name]; s == 1 && math.Abs(plain.Value[0]-e.Value[0]) > 0.01*plain.Stderr[0] {
				t.Errorf("%s: %v, by equal weights %v", name, plain.Value[0], e.Value[0])
			}
			if got := codes(found[name]); name != "binder_cumulant" && !slices.Equal(got, want) {
				t.Errorf("s = %v: %s has %v, want %v", s, name, got, want)
			}
		}
	}
}

// Arrays have weights, too: < x_i x_j > of the Boltzmann density is 1 at distance 0 and else 0, and of a model with s = 1.1 it is
// 1.21 at distance 0 alone.
func TestArraysByWeights(t *testing.T) {
	found := ofNormalSites(t, open(t, normalSetting(true)), 1.1, 20000, 4)
	plain, g := found["two_point_correlation"], found["two_point_correlation"+core.ReweightedSuffix]
	if len(g.Value) < 3 || len(g.Axes) != len(plain.Axes) || len(g.Cautions) > 0 || !slices.Equal(codes(plain), []core.CautionCode{core.CautionBiasedAverage}) {
		t.Fatalf("%+v\n%+v", plain, g)
	}
	for k, v := range g.Value {
		exact := 0.
		if k == 0 {
			exact = 1
		}
		if math.Abs(v-exact) > 4*g.Stderr[k] || !(g.Stderr[k] < 0.02) {
			t.Errorf("at distance %d %v +- %v", k, v, g.Stderr[k])
		}
	}
	if !strings.Contains(plain.Caution(), "at some of its values") {
		t.Error(plain.Caution())
	}
}

// The errors by weights are those that repetitions show, to 12 %: three of the errors that 300 of them leave.
func TestErrorsByWeights(t *testing.T) {
	const repeats = 300
	off := map[string]float64{}
	for k := range repeats {
		for name, e := range ofNormalSites(t, open(t, normalSetting(true)), 1.1, 1000, uint64(100+k)) {
			if exact, ok := normalSites[name[:max(0, len(name)-len(core.ReweightedSuffix))]]; ok {
				d := (e.Value[0] - exact) / e.Stderr[0]
				off[name] += d * d / repeats
			}
		}
	}
	if len(off) != len(normalSites) {
		t.Fatalf("%v", off)
	}
	for name, square := range off {
		if sigma := math.Sqrt(square); math.Abs(sigma-1) > 0.12 {
			t.Errorf("%s is off by %.3g errors, root mean square", name, sigma)
		}
	}
}

// What an energy forbids has no weight. Of five states, of which a model draws each equally and four are allowed, with E = 0, the
// Boltzmann density has the entropy ln 4.
func TestEntropyWithoutTheForbidden(t *testing.T) {
	s := normalSetting(true)
	s.Energy.Forbids = true
	e, err := build("entropy", nil, s)
	if err != nil {
		t.Fatal(err)
	}
	b, r := core.Batch{N: 5000}, rand.New(rand.NewPCG(1, 1))
	for range b.N {
		energy := 0.0
		if r.IntN(5) == 0 {
			energy = math.Inf(1)
		}
		b.E, b.LogP = append(b.E, energy), append(b.LogP, -math.Log(5))
	}
	b.X = make([]float64, normalCount*b.N)
	if err := e.Add(&b); err != nil {
		t.Fatal(err)
	}
	if found, err := e.Report(); err != nil || math.Abs(found[1].Value[0]-math.Log(4)) > 4*found[1].Stderr[0] || !(found[1].Stderr[0] < 0.01) {
		t.Errorf("%+v, %v; ln 4 is %v", found, err, math.Log(4))
	}
}

// What is not asked for is not reported, and a state that is put back, or two that are joined, say what all draws say.
func TestWeighedStates(t *testing.T) {
	for name := range ofNormalSites(t, open(t, normalSetting(false)), 1.1, 1000, 3) {
		if base := name[:max(0, len(name)-len(core.ReweightedSuffix))]; normalSites[base] != 0 {
			t.Errorf("%s although nobody asked", name)
		}
	}
	for _, reweight := range []bool{true, false} {
		whole := open(t, normalSetting(reweight))
		one, other := open(t, normalSetting(reweight)), open(t, normalSetting(reweight))
		ofNormalSites(t, whole, 1.1, 20000, 7)
		ofNormalSites(t, one, 1.1, 20000, 7)
		for _, name := range []string{"energy", "heat_capacity", "entropy", "binder_cumulant"} {
			if err := other[name].Restore(one[name].State()); err != nil {
				t.Fatal(err)
			}
			want, _ := whole[name].Report()
			got, err := other[name].Report()
			if err != nil || len(got) != len(want) || got[len(got)-1].Value[0] != want[len(want)-1].Value[0] || got[0].Caution() != want[0].Caution() || want[0].Caution() == "" && name != "binder_cumulant" {
				t.Errorf("%s: %v, restored %v", name, want, got)
			}
			if err := other[name].Merge(one[name].State()); err != nil {
				t.Fatal(err)
			}
			if got, _ = other[name].Report(); reweight && got[1].N != 40000 {
				t.Errorf("%s: two of 20000 are %d draws", name, got[1].N)
			}
		}
	}
}
