package estimators

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// solved is the chain's setting with its exact ln Z.
func solved() core.Setting {
	s := setting(beta)
	_, lnZ := boltzmann()
	s.Exact = map[string]float64{"log_z": lnZ}
	return s
}

// The value against the definition, summed over the 64 states, within 4 standard errors.
func TestAlphaDivergence(t *testing.T) {
	pi, _ := boltzmann()
	p := tilted()
	var b core.Batch
	p.draw(&b, rand.New(rand.NewPCG(3, 1)), 100000)
	for _, alpha := range []float64{-1, 0, 0.5, 0.75, 1, 2} {
		want := 0.0
		for s := range p {
			a, q := pi[s], p[s]
			switch alpha {
			case 0:
				want += q * math.Log(q/a)
			case 1:
				want += a * math.Log(a/q)
			default:
				want += (alpha*a + (1-alpha)*q - math.Pow(a, alpha)*math.Pow(q, 1-alpha)) / (alpha * (1 - alpha))
			}
		}
		e, err := build("alpha_divergence", core.Settings{"alpha": alpha}, solved())
		if err != nil {
			t.Fatal(err)
		}
		if err := e.Add(&b); err != nil {
			t.Fatal(err)
		}
		got := reportOf(t, e)
		if math.Abs(got.Value[0]-want) > 4*got.Stderr[0] || want < 20*got.Stderr[0] || got.Caution() != "" {
			t.Errorf("alpha %v: %v +- %v, want %v; %s", alpha, got.Value[0], got.Stderr[0], want, got.Caution())
		}
	}
}

// Where p is the Boltzmann density every draw has w = 1, and the divergence is 0 without an
// error.
func TestAlphaDivergenceOfTheSolution(t *testing.T) {
	pi, _ := boltzmann()
	var b core.Batch
	pi.draw(&b, rand.New(rand.NewPCG(3, 1)), 500)
	for _, alpha := range []float64{-1, 0, 1} {
		e, err := build("alpha_divergence", core.Settings{"alpha": alpha}, solved())
		if err != nil {
			t.Fatal(err)
		}
		if err := e.Add(&b); err != nil {
			t.Fatal(err)
		}
		if got := reportOf(t, e); math.Abs(got.Value[0]) > 1e-13 || got.Stderr[0] != 0 || !got.Constant {
			t.Errorf("alpha %v: %+v", alpha, got)
		}
	}
}

// What two have gathered, joined, is what one has that saw all.
func TestAlphaDivergenceIsJoined(t *testing.T) {
	all := batches(0, 6, 100, 3)
	var parts [3]core.Estimator
	for i := range parts {
		var err error
		if parts[i], err = build("alpha_divergence", core.Settings{"alpha": 0.5}, solved()); err != nil {
			t.Fatal(err)
		}
		addAll(t, parts[i], [][]*core.Batch{all, all[:2], all[2:]}[i])
	}
	if err := parts[1].Merge(parts[2].State()); err != nil {
		t.Fatal(err)
	}
	want, got := reportOf(t, parts[0]), reportOf(t, parts[1])
	if got.N != 600 || math.Abs(got.Value[0]-want.Value[0]) > 1e-14 || math.Abs(got.Stderr[0]-want.Stderr[0]) > 1e-14 || !(want.Stderr[0] > 0) {
		t.Errorf("joined %+v, want %+v", got, want)
	}
}

// A value that rests on one draw has a caution, by the weights w^alpha: 100^2 of 99 + 100^2.
func TestAlphaDivergenceIsJudged(t *testing.T) {
	s := setting(1)
	s.Exact = map[string]float64{"log_z": 0}
	b := core.Batch{N: 100, LogP: make([]float64, 100), E: make([]float64, 100)}
	b.E[7] = -math.Log(100)
	for alpha, want := range map[float64]string{2: "weights w^2: effective sample size 1.02 of 100: one configuration holds 99 % of the total weight", 0: ""} {
		e, err := build("alpha_divergence", core.Settings{"alpha": alpha}, s)
		if err != nil {
			t.Fatal(err)
		}
		if err := e.Add(&b); err != nil {
			t.Fatal(err)
		}
		if got := reportOf(t, e).Caution(); !strings.HasPrefix(got, want) || want == "" && got != "" {
			t.Errorf("alpha %v: caution %q, want %q", alpha, got, want)
		}
	}
}

func TestAlphaDivergenceIsRefused(t *testing.T) {
	cold := solved()
	cold.Beta = math.Inf(1)
	for _, c := range []struct {
		given core.Settings
		in    core.Setting
		kind  core.Kind
		want  string
	}{
		{core.Settings{"alpha": 1}, setting(beta), core.Unsupported, "it needs the exact ln Z, which the energy does not know at this temperature"},
		{core.Settings{"alpha": math.Inf(1)}, solved(), core.Invalid, "alpha must be finite, got +Inf"},
		{core.Settings{"alpha": 1}, cold, core.Unsupported, "it needs a temperature above zero"},
	} {
		if _, err := build("alpha_divergence", c.given, c.in); core.KindOf(err) != c.kind || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: error %v, want %q", c.given, err, c.want)
		}
	}
}
